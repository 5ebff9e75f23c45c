package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tree makes a workspace where app needs lib and neither is published.
func tree(t *testing.T) {
	t.Helper()
	t.Setenv("GOPROXY", "off") // what is not served by tidy is an error
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"go.work":    "go 1.26.0\n",
		"lib/go.mod": "module assay.rs/lib\n\ngo 1.26.0\n",
		"lib/lib.go": "package lib\n",
		"app/go.mod": "module assay.rs/app\n\ngo 1.26.1\n",
		"app/app.go": "package main\n\nimport _ \"assay.rs/lib\"\n\nfunc main() {}\n",
	} {
		put(t, name, text)
	}
	if out, err := exec.CommandContext(t.Context(), "git", "init", "-q", ".").CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTidy(t *testing.T) {
	tree(t)
	if err := run(true, ""); err == nil || !strings.Contains(err.Error(), "out of date") {
		t.Fatalf("check before tidy = %v, want out of date", err)
	}
	if got := get(t, "app/go.mod"); strings.Contains(got, "require") {
		t.Fatalf("check has written app/go.mod:\n%s", got)
	}
	if err := run(false, ""); err != nil {
		t.Fatal(err)
	}
	if err := run(true, ""); err != nil {
		t.Errorf("check after tidy = %v, want none", err)
	}
	if got := get(t, "app/go.mod"); !strings.Contains(got, "require assay.rs/lib v0.1.0") {
		t.Errorf("app/go.mod =\n%s\nwant lib required at v0.1.0", got)
	}
	work := get(t, "go.work")
	for _, want := range []string{"\ngo 1.26.1\n", "\t./app\n\t./lib\n", "\tassay.rs/lib v0.1.0 => ./lib\n"} {
		if !strings.Contains(work, want) {
			t.Errorf("go.work =\n%s\nwant %q in it", work, want)
		}
	}
	if strings.Contains(work, "assay.rs/app v0.1.0") {
		t.Errorf("go.work replaces app, which nobody needs:\n%s", work)
	}
}

func TestAnEditOfWhatIsNeededIsSeen(t *testing.T) {
	tree(t)
	if err := run(false, ""); err != nil {
		t.Fatal(err)
	}
	before := get(t, "app/go.sum")

	put(t, "lib/.gitignore", "*.out\n")
	put(t, "lib/cpu.out", "no part of the module")
	if err := run(false, ""); err != nil {
		t.Fatal(err)
	}
	ignored := get(t, "app/go.sum")
	put(t, "lib/cpu.out", "still none")
	if err := run(true, ""); err != nil {
		t.Errorf("check after a change of an ignored file = %v, want none", err)
	}

	put(t, "lib/lib.go", "package lib\n\n// An edit.\n")
	if err := run(true, ""); err == nil {
		t.Error("check after an edit of lib = nil, want app/go.sum out of date")
	}
	if err := run(false, ""); err != nil {
		t.Fatal(err)
	}
	if after := get(t, "app/go.sum"); after == ignored || ignored == before {
		t.Errorf("app/go.sum did not follow the files of lib:\n%s%s%s", before, ignored, after)
	}
}

func TestNextVersion(t *testing.T) {
	tree(t)
	for _, next := range []string{"", "v0.2.0", ""} {
		if err := run(false, next); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"app/go.mod": "require assay.rs/lib v0.2.0",
		"app/go.sum": "assay.rs/lib v0.2.0 h1:",
		"go.work":    "assay.rs/lib v0.2.0 => ./lib",
	} {
		if got := get(t, name); !strings.Contains(got, want) || strings.Contains(got, "v0.1.0") {
			t.Errorf("%s =\n%s\nwant %q and no v0.1.0", name, got, want)
		}
	}
}

// One module that the go command refuses does not keep the others from being tidied.
func TestOneBrokenModule(t *testing.T) {
	tree(t)
	put(t, "bad/go.mod", "module assay.rs/bad\n\ngo 1.26.0\n")
	put(t, "bad/bad.go", "package bad\n\nimport _ \"example.com/absent\"\n")
	if err := run(false, ""); err == nil || !strings.Contains(err.Error(), "example.com/absent") {
		t.Errorf("run = %v, want an error that names example.com/absent", err)
	}
	if got := get(t, "app/go.sum"); !strings.Contains(got, "assay.rs/lib v0.1.0 h1:") {
		t.Errorf("app/go.sum =\n%s\nwant the hash of lib", got)
	}
}
