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

// Before a version is published, the same file is built beside a clone, as the page says.
func TestOwnAssayBesideAClone(t *testing.T) {
	w := open(t)
	page, err := os.ReadFile(filepath.Join(w.Root, "docs/extend/own-assay.md"))
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	dir := filepath.Join(parent, "own")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(w.Root, filepath.Join(parent, "assay")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "main.go"), sample(t, string(page), "go"))
	write(t, filepath.Join(dir, "hello.lua"), sample(t, string(page), "lua"))
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", sample(t, string(page), "sh")+"./own hello.lua\n")
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
