package cli

import (
	"io"
	"os"
	"strconv"
	"strings"

	"assay.rs/check"
	"assay.rs/check/reference"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"assay.rs/core/spec"
)

func (p *program) docCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "doc [NAME]",
		Short: "Show the documentation of a builtin or an embedded module",
		Long: `Shows the documentation of a builtin: a table such as http, a function such as http.get, a class such
as http.Response or one of its methods; of an embedded module, such as assay.vault, or what is in it; of what
Lua itself brings, such as string.gsub, pcall or patterns; or of a key of check files, such as checks.retry or
checks.http.expect. Without a name it lists the tables and the modules, as assay modules does.`,
		Example:           "  assay doc http.get\n  assay doc checks.retry\n  assay doc assay.prometheus.query\n  assay doc --format markdown http",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: p.completeNames,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return p.listModules()
			}
			return p.doc(args[0], format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, markdown (a reference page) or luals (an editor stub); the latter two are of a whole table")
	return cmd
}

func (p *program) doc(name, format string) error {
	if name == "checks" || strings.HasPrefix(name, "checks.") {
		return p.docChecks(name)
	}
	known := p.of.explained
	if format != "text" {
		known = p.of.Documented // pages and stubs are of builtins: editors know Lua
	}
	specs, err := known()
	if err != nil {
		return err
	}
	entry, err := spec.Lookup(specs, name)
	if err != nil {
		return err
	}
	switch format {
	case "text":
		width, colour := terminal(p.stdout)
		return spec.Terminal(p.stdout, entry, width, colour)
	case "markdown", "luals":
		owned := spec.Owned(specs)
		for _, m := range owned {
			if m.Name != entry.Module.Name || m.Require != entry.Module.Require {
				continue
			}
			if format == "luals" {
				return spec.LuaLS(p.stdout, m)
			}
			return spec.Markdown(p.stdout, m, owned...)
		}
	}
	return &usageError{message: "unknown format " + strconv.Quote(format), hint: "use text, markdown or luals"}
}

// docChecks tells about keys of check files.
func (p *program) docChecks(name string) error {
	schema, err := check.JSONSchema(p.of.types()...)
	if err != nil {
		return err
	}
	all, err := reference.Read(schema)
	if err != nil {
		return err
	}
	keys, err := all.Lookup(name)
	if err != nil {
		return err
	}
	width, _ := terminal(p.stdout)
	return reference.Terminal(p.stdout, keys, width)
}

// terminal is the width of w and whether it shows colours; a pipe is 80 wide and shows none.
func terminal(w io.Writer) (width int, colour bool) {
	const usual = 80
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return usual, false
	}
	_, plain := os.LookupEnv("NO_COLOR")
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		width = usual
	}
	return width, !plain
}

func (p *program) completeNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	specs, err := p.of.explained()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	for _, entry := range spec.Entries(specs) {
		names = append(names, entry.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
