// Command sizes tells where the bytes of the binaries are, and writes test/bench/sizes/latest.md.
//
//	go -C test run ./bench/sizes
//
// A binary is built as it is shipped, but with its symbols, and the size of each symbol counts for the package that it is of.
// What the linker writes for all of them together (tables of functions, of lines, of types and texts) stands on lines of its
// own: the tables of functions and lines are about proportional to the code.
package main

import (
	"cmp"
	"context"
	"debug/buildinfo"
	"debug/elf"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/deploy/release"
	"assay.rs/test/internal/workspace"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "sizes: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	w, err := workspace.Open(".")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sizes")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var out strings.Builder
	out.WriteString("# Where the bytes are\n\n`task bench:sizes` writes this page: linux/amd64, thousands of bytes. A binary is built as it is shipped, with symbols; a group\nis a module, or a part of Go's standard library.\n")
	for _, b := range release.Binaries() {
		name, err := b.Build(ctx, w.Root, dir, release.Target{OS: "linux", Arch: "amd64", Symbols: true})
		if err != nil {
			return err
		}
		r, err := read(name)
		if err != nil {
			return fmt.Errorf("%s: %w", b.Name, err)
		}
		shipped, err := b.Build(ctx, w.Root, filepath.Join(dir, "shipped"), release.Target{OS: "linux", Arch: "amd64"})
		if err != nil {
			return err
		}
		plain, zipped, err := release.Sizes(shipped)
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "\n## %s: %s, %s with gzip -9\n\n", b.Name, thousands(plain), thousands(zipped))
		r.print(&out)
	}
	return os.WriteFile(filepath.Join(w.Root, "test", "bench", "sizes", "latest.md"), []byte(out.String()), 0o644)
}

// thousands of bytes, as a person reads them
func thousands(n int64) string { return fmt.Sprintf("%d kB", (n+500)/1000) }

// size is what symbols take, by the kind of what they stand for.
type size struct{ code, data int64 }

// report is the bytes of a binary.
type report struct {
	groups   map[string]size
	sections []section
}

// section is a part of the file that is loaded into memory.
type section struct {
	name          string
	bytes, zipped int64
	unnamed       int64 // bytes that no symbol of a package accounts for
}

func read(name string) (*report, error) {
	info, err := buildinfo.ReadFile(name)
	if err != nil {
		return nil, err
	}
	modules := []string{info.Main.Path}
	for _, m := range info.Deps {
		modules = append(modules, m.Path)
	}
	// The longest path first: it is the module of what is below it.
	slices.SortFunc(modules, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	f, err := elf.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &report{groups: map[string]size{}}
	sections := make([]*section, len(f.Sections))
	for i, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC == 0 || s.Type == elf.SHT_NOBITS {
			continue
		}
		data, err := s.Data()
		if err != nil {
			return nil, err
		}
		zipped, err := release.Zipped(data)
		if err != nil {
			return nil, err
		}
		sections[i] = &section{s.Name, int64(len(data)), zipped, int64(len(data))}
	}
	symbols, err := f.Symbols()
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		pkg := packageOf(s.Name)
		if int(s.Section) >= len(sections) || sections[s.Section] == nil || pkg == "" {
			continue
		}
		in := sections[s.Section]
		g := groupOf(pkg, modules)
		total := r.groups[g]
		if in.name == ".text" {
			total.code += int64(s.Size)
		} else {
			total.data += int64(s.Size)
		}
		r.groups[g] = total
		in.unnamed -= int64(s.Size)
	}
	for _, s := range sections {
		if s != nil {
			r.sections = append(r.sections, *s)
		}
	}
	slices.SortFunc(r.sections, func(a, b section) int { return cmp.Compare(b.bytes, a.bytes) })
	return r, nil
}

// packageOf is the path of the package that a symbol is of, or empty if the linker made it for all.
func packageOf(symbol string) string {
	for _, prefix := range []string{"type:.eq.", "type:.hash.", "go:itab.*", "go:itab."} {
		symbol = strings.TrimPrefix(symbol, prefix)
	}
	if strings.HasPrefix(symbol, "go:") || strings.HasPrefix(symbol, "type:") || strings.HasPrefix(symbol, "runtime.") && !strings.Contains(symbol, "(") && strings.HasSuffix(symbol, "tab") {
		return ""
	}
	symbol, _, _ = strings.Cut(symbol, "[") // arguments of types
	slash := strings.LastIndexByte(symbol, '/') + 1
	dot := strings.IndexByte(symbol[slash:], '.')
	if dot < 0 {
		return ""
	}
	return strings.ReplaceAll(symbol[:slash+dot], "%2e", ".")
}

// groupOf is the module of a package, or the part of the standard library.
func groupOf(pkg string, modules []string) string {
	for _, m := range modules {
		if pkg == m || strings.HasPrefix(pkg, m+"/") {
			return m
		}
	}
	if pkg == "main" {
		return modules[len(modules)-1]
	}
	if strings.HasPrefix(pkg, "vendor/") {
		return "vendor/golang.org/x"
	}
	if strings.HasPrefix(pkg, "net/http") {
		return "net/http"
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(pkg, "internal/"), "/")
	return first
}

// shown is how many groups have a line.
const shown = 24

func (r *report) print(out *strings.Builder) {
	names := make([]string, 0, len(r.groups))
	for name := range r.groups {
		names = append(names, name)
	}
	total := func(name string) int64 { return r.groups[name].code + r.groups[name].data }
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(total(b), total(a)) })
	out.WriteString("| group | code | data | together |\n| --- | ---: | ---: | ---: |\n")
	line := func(name string, s size) {
		fmt.Fprintf(out, "| %s | %d | %d | %d |\n", name, (s.code+500)/1000, (s.data+500)/1000, (s.code+s.data+500)/1000)
	}
	var rest size
	for i, name := range names {
		if i < shown {
			line("`"+name+"`", r.groups[name])
			continue
		}
		rest.code += r.groups[name].code
		rest.data += r.groups[name].data
	}
	line(fmt.Sprintf("%d more", max(len(names)-shown, 0)), rest)
	for _, s := range r.sections {
		if s.unnamed > 50_000 {
			line("of all together: "+s.name, size{data: s.unnamed})
		}
	}
	out.WriteString("\n| section | bytes | gzip -9 |\n| --- | ---: | ---: |\n")
	for _, s := range r.sections {
		if s.bytes > 50_000 {
			fmt.Fprintf(out, "| `%s` | %d | %d |\n", s.name, (s.bytes+500)/1000, (s.zipped+500)/1000)
		}
	}
}
