package modules

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay.rs/deploy/release"
)

// heavy names what assay-check must do without: packages that it may not even
// import, by path.
var heavy = []string{
	"database/sql", "github.com/jackc/pgx", "github.com/go-sql-driver/mysql", "modernc.org/sqlite", // drivers
	"github.com/go-chi/chi",                                                                                       // server
	"html/template", "github.com/nikolalohinka/gonja", "github.com/Masterminds/sprig", "github.com/flosch/pongo2", // template engines
}

// engines names the symbols by which the linker shows that a program can do one of
// these. cobra imports text/template for a corner that is
// never reached, so the import says nothing: what counts is whether the executor
// of templates survives the linker, since that costs megabytes.
var engines = []string{
	"text/template.(*state)", "text/template.(*Template).execute",
	"net/http.(*Server).Serve", "net/http.(*Server).ListenAndServe",
	"database/sql.(*DB)",
}

func TestSlimImports(t *testing.T) {
	w := open(t)
	for _, p := range listPackages(t, w, w.Module("assay.rs/cmd/assay-check")) {
		for _, dep := range p.Deps {
			// database/sql/driver is a set of interfaces that libraries of values implement.
			if slices.ContainsFunc(heavy, func(h string) bool { return within(dep, h) }) && dep != "database/sql/driver" {
				t.Errorf("%s needs %s", p.ImportPath, dep)
			}
		}
	}
}

func TestSlimLinks(t *testing.T) {
	w := open(t)
	slim := release.Binaries()[slices.IndexFunc(release.Binaries(), func(b release.Binary) bool { return b.Name == "assay-check" })]
	name, err := slim.Build(t.Context(), w.Root, t.TempDir(), release.Target{Symbols: true})
	if err != nil {
		t.Fatal(err)
	}
	got := symbols(t, name)
	if len(linked(got, "net/http.(*Transport).roundTrip")) == 0 {
		t.Fatalf("no HTTP client in %d symbols of %s: this test reads them wrongly", len(got), slim.Name)
	}
	for _, engine := range engines {
		if found := linked(got, engine); len(found) > 0 {
			t.Errorf("%s links %d symbols of %s, such as %s", slim.Name, len(found), engine, found[0])
		}
	}
}

// What executes templates of package text/template looks methods up by their names, which keeps every method of
// every type.
func TestFullLinksNoExecutorOfTemplates(t *testing.T) {
	w := open(t)
	full := release.Binaries()[slices.IndexFunc(release.Binaries(), func(b release.Binary) bool { return b.Name == "assay" })]
	name, err := full.Build(t.Context(), w.Root, t.TempDir(), release.Target{Symbols: true})
	if err != nil {
		t.Fatal(err)
	}
	got := symbols(t, name)
	if len(linked(got, "net/http.(*Server).Serve")) == 0 {
		t.Fatalf("no HTTP server in %d symbols of %s: this test reads them wrongly", len(got), full.Name)
	}
	for _, executor := range []string{"text/template.(*state)", "text/template.(*Template).execute"} {
		if found := linked(got, executor); len(found) > 0 {
			t.Errorf("%s links %d symbols of %s, such as %s", full.Name, len(found), executor, found[0])
		}
	}
}

// The symbols looked for above are those of this version of Go: a program that
// does all three has them all.
func TestEnginesAreRecognised(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/heavy\n")
	write(t, filepath.Join(dir, "main.go"), `package main

import (
	"database/sql"
	"net/http"
	"os"
	"text/template"
)

func main() {
	_ = template.Must(template.New("t").Parse("{{.}}")).Execute(os.Stdout, 1)
	_ = http.ListenAndServe("", nil)
	db, _ := sql.Open("", "")
	_ = db.Ping()
}
`)
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", "heavy", ".")
	cmd.Dir, cmd.Env = dir, append(cmd.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	got := symbols(t, filepath.Join(dir, "heavy"))
	for _, engine := range engines {
		if len(linked(got, engine)) == 0 {
			t.Errorf("a program that uses it has no symbol %s", engine)
		}
	}
}

// symbols lists the names that the linker left in a program.
func symbols(t *testing.T, program string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "tool", "nm", program).Output()
	if err != nil {
		t.Fatalf("go tool nm: %v", err)
	}
	var names []string
	for line := range bytes.Lines(out) {
		if fields := strings.Fields(string(line)); len(fields) >= 3 {
			names = append(names, fields[2])
		}
	}
	return names
}

func linked(names []string, prefix string) []string {
	var out []string
	for _, n := range names {
		if strings.HasPrefix(n, prefix) {
			out = append(out, n)
		}
	}
	return out
}
