package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"assay.rs/analysis/luarc"
	"assay.rs/core/spec"
)

func (p *program) typesCommand() *cobra.Command {
	var out string
	var config bool
	cmd := &cobra.Command{
		Use:   "types",
		Short: "Write stubs of the builtins for lua-language-server",
		Long: `Writes a file of LuaCATS annotations for each table of builtins and each module, for lua-language-server and
others that read them. With --luarc the folder is added to .luarc.json in the current one; what else stands there stays.`,
		Example: "  assay types --luarc\n  assay types --out lua/types",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := p.writeTypes(out); err != nil || !config {
				return err
			}
			return mergeConfig(".luarc.json", out)
		},
	}
	cmd.Flags().StringVar(&out, "out", ".assay/types", "the folder to write to")
	cmd.Flags().BoolVar(&config, "luarc", false, "name the folder in .luarc.json")
	return cmd
}

func (p *program) writeTypes(folder string) error {
	specs, err := p.of.Documented()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // others may read the stubs of a project
		return err
	}
	for _, m := range spec.Owned(specs) {
		var stub bytes.Buffer
		if err := spec.LuaLS(&stub, m); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, m.Title()+".lua"), stub.Bytes(), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	return nil
}

// mergeConfig names a folder of stubs in the configuration of lua-language-server.
func mergeConfig(name, folder string) error {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	merged, err := luarc.Merge(text, filepath.ToSlash(folder))
	if err != nil {
		return &usageError{message: fmt.Sprintf("%s: %v", name, err), hint: fmt.Sprintf("add %q to workspace.library yourself", filepath.ToSlash(folder))}
	}
	if bytes.Equal(merged, text) {
		return nil
	}
	return os.WriteFile(name, merged, 0o644) //nolint:gosec // a file of the project
}
