package modules

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An assay with a builtin of one's own is one short file outside of the repository: that of docs/extend/own-assay.md, which
// is built here as its reader would build it.
func TestOwnAssay(t *testing.T) {
	w := open(t)
	page, err := os.ReadFile(filepath.Join(w.Root, "docs/extend/own-assay.md"))
	if err != nil {
		t.Fatal(err)
	}
	source, script := sample(t, string(page), "go"), sample(t, string(page), "lua")
	if lines := strings.Count(source, "\n"); lines > 40 {
		t.Errorf("the program has %d lines, want 40 at most", lines)
	}
	env := published(t, w)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.go"), source)
	write(t, filepath.Join(dir, "hello.lua"), script)
	write(t, filepath.Join(dir, "checks.yaml"), "checks: [{name: own, type: script, script: 'assert.eq(greet.hello(\"you\"), \"HELLO YOU\")'}]\n")
	goCommand(t, dir, env, "mod", "init", "example.com/own")
	goCommand(t, dir, env, "mod", "tidy")
	goCommand(t, dir, env, "build", "-o", "own", ".")
	const greeting = "{\"greeting\":\"HELLO WORLD\"}\n"
	for args, want := range map[string]string{
		"hello.lua":           greeting,
		"--sandbox hello.lua": greeting,
		"doc greet.hello":     "Greets somebody.",
		"check checks.yaml":   `"passed": true`,
		"exec -e print(db)":   "nil",
		"modules greet":       "greet.hello(name)",
	} {
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "own"), strings.Fields(args)...)
		cmd.Dir = dir
		if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("own %s = %q (%v), want %q", args, out, err, want)
		}
	}
}

// Before a version is published, the same file is built beside a clone, as the page says; and so are the samples of the other
// pages for Go programs.
func TestOwnAssayBesideAClone(t *testing.T) {
	w := open(t)
	page := func(name string) string {
		text, err := os.ReadFile(filepath.Join(w.Root, "docs/extend", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	parent := t.TempDir()
	if err := os.Symlink(w.Root, filepath.Join(parent, "assay")); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, "own")
	own, builtin, embedded := page("own-assay.md"), page("modules.md"), page("embed.md")
	_, tested, _ := strings.Cut(builtin, "## Test it")
	_, checks, _ := strings.Cut(embedded, "## Run checks")
	for name, text := range map[string]string{
		"main.go": sample(t, own, "go"), "hello.lua": sample(t, own, "lua"),
		"greet/greet.go": sample(t, builtin, "go"), "greet/greet_test.go": sample(t, tested, "go"), "greet/testdata/hello.lua": sample(t, tested, "lua"),
		"embed/run.go": "package embed\n\nimport (\n\"context\"\n\"os\"\n\n\"assay.rs/core\"\n\"assay.rs/core/prelude\"\n\"assay.rs/mod-data/json\"\n\"assay.rs/mod-http\"\n)\n\n" +
			"func run(ctx context.Context, source []byte) error {\n" + sample(t, embedded, "go") + "return err\n}\n",
		"embed/check.go": "package embed\n\nimport (\n\"context\"\n\"os\"\n\n\"assay.rs/check\"\n\"assay.rs/core\"\n)\n\n" +
			"func checks(ctx context.Context, modules []core.Module) error {\n" + sample(t, checks, "go") + "return err\n}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, text)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", sample(t, own, "sh")+"go vet ./...\ngo test ./greet\n./own hello.lua\n")
	cmd.Dir, cmd.Env = dir, append(cmd.Environ(), "GOWORK=", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "{\"greeting\":\"HELLO WORLD\"}\n") {
		t.Errorf("the commands of the page: %v\n%s", err, out)
	}
}

// sample is the first block of a language on a page.
func sample(t *testing.T, page, language string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, "```"+language+"\n")
	text, _, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("the page has no block of %s", language)
	}
	return text
}
