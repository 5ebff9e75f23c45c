package core

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// rootIn gives a Root that permits the folder inside alone, and the folder that holds it.
func rootIn(t *testing.T) (Root, string) {
	t.Helper()
	top := t.TempDir()
	for _, folder := range []string{"inside/sub", "outside"} {
		if err := os.MkdirAll(filepath.Join(top, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"inside/a", "inside/sub/b", "outside/secret"} {
		if err := os.WriteFile(filepath.Join(top, file), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"inside/out": "../outside", "inside/file": "../outside/secret", "inside/near": "a"} {
		if err := os.Symlink(to, filepath.Join(top, link)); err != nil {
			t.Fatal(err)
		}
	}
	inside := []string{filepath.Join(top, "inside")}
	return Root{ctx: context.Background(), policy: &Policy{Level: Script, Needs: AllNeeds, Roots: inside, ChangeRoots: inside}}, top
}

// operations are all that a Root can do with a path.
func operations(r Root) map[string]func(path string) error {
	return map[string]func(path string) error{
		"Open":      func(path string) error { return closed(r.Open(path)) },
		"OpenFile":  func(path string) error { return closed(r.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)) },
		"ReadFile":  func(path string) error { return second(r.ReadFile(path, 100)) },
		"Stat":      func(path string) error { return second(r.Stat(path)) },
		"Lstat":     func(path string) error { return second(r.Lstat(path)) },
		"ReadDir":   func(path string) error { return second(r.ReadDir(path)) },
		"Readlink":  func(path string) error { return second(r.Readlink(path)) },
		"MkdirAll":  r.MkdirAll,
		"Mkdir":     func(path string) error { return r.Mkdir(path, 0o700) },
		"Remove":    r.Remove,
		"RemoveAll": r.RemoveAll,
		"Chmod":     func(path string) error { return r.Chmod(path, 0o600) },
		"Symlink":   func(path string) error { return r.Symlink("a", path) },
		"WriteFile": func(path string) error { return r.WriteFile(path, writes("new")) },
	}
}

func writes(s string) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func second[T any](_ T, err error) error { return err }

func closed(f *os.File, err error) error {
	if err != nil {
		return err
	}
	return f.Close()
}

// snapshot is what the folder outside holds.
func snapshot(t *testing.T, top string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(filepath.Join(top, "outside"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && !d.IsDir() {
			var text []byte
			text, err = os.ReadFile(path)
			b.WriteString(path + " " + info.Mode().String() + " " + string(text) + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRootRefusesWhatIsOutside(t *testing.T) {
	r, top := rootIn(t)
	before := snapshot(t, top)
	for name, operation := range operations(r) {
		for _, path := range []string{"outside/secret", "outside/new", "outside", "inside/../outside/secret"} {
			var e *Error
			if err := operation(top + "/" + path); !errors.As(err, &e) || e.Code != ErrDenied || e.Hint == "" {
				t.Errorf("%s(%s) = %v, want the code %s and a hint", name, path, err, ErrDenied.Name())
			}
		}
		for _, path := range []string{"inside/out/secret", "inside/out/new"} {
			if name == "RemoveAll" {
				continue // below
			}
			if err := operation(top + "/" + path); err == nil {
				t.Errorf("%s(%s) went through a link that leads out", name, path)
			}
		}
	}
	if err := r.RemoveAll(top + "/inside/out/secret"); err == nil {
		t.Error("RemoveAll went through a link that leads out")
	}
	for name, operation := range operations(r) {
		if name == "Lstat" || name == "Readlink" || strings.HasPrefix(name, "Remove") {
			continue // they are about the link itself
		}
		if err := operation(top + "/inside/file"); err == nil {
			t.Errorf("%s followed a link that leads out", name)
		}
	}
	if err := r.Rename(top+"/inside/a", top+"/outside/a"); !isDenied(err) {
		t.Errorf("Rename to the outside = %v, want %s", err, ErrDenied.Name())
	}
	if err := r.Rename(top+"/outside/secret", top+"/inside/c"); err == nil {
		t.Error("Rename from the outside: no error")
	}
	if err := r.Rename(top+"/inside/a", top+"/inside/out/a"); err == nil {
		t.Error("Rename through a link: no error")
	}
	if after := snapshot(t, top); after != before {
		t.Errorf("outside is now\n%swant\n%s", after, before)
	}
}

func isDenied(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == ErrDenied
}

func TestRootWithin(t *testing.T) {
	r, top := rootIn(t)
	in := top + "/inside/"
	for _, step := range []struct {
		name string
		err  error
	}{
		{"MkdirAll", r.MkdirAll(in + "x/y")},
		{"Mkdir", r.Mkdir(in+"x/z", 0o700)},
		{"WriteFile", r.WriteFile(in+"x/y/f", writes("new"))},
		{"WriteFile through a link", r.WriteFile(in+"near", writes("near"))},
		{"Chmod", r.Chmod(in+"x/y/f", 0o640)},
		{"Rename", r.Rename(in+"x/y/f", in+"x/g")},
		{"Symlink", r.Symlink("g", in+"x/link")},
		{"Remove", r.Remove(in + "file")},
		{"RemoveAll", r.RemoveAll(in + "out")},
		{"RemoveAll of nothing", r.RemoveAll(in + "none")},
	} {
		if step.err != nil {
			t.Errorf("%s: %v", step.name, step.err)
		}
	}
	if got, err := r.ReadFile(in+"x/link", 10); err != nil || string(got) != "new" {
		t.Errorf("x/link = %q, %v, want new", got, err)
	}
	if got, err := r.ReadFile(in+"a", 10); err != nil || string(got) != "near" {
		t.Errorf("a = %q, %v, want near", got, err)
	}
	entries, err := r.ReadDir(in)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); err != nil || got != "a near sub x" {
		t.Errorf("ReadDir = %s, %v, want a near sub x", got, err)
	}
	if err := r.Rename(in+"none", in+"a"); !errors.Is(err, fs.ErrNotExist) || err.Error() != "rename "+in+"none: no such file or directory" {
		t.Errorf("Rename of nothing = %v", err)
	}
	if _, err := r.Stat(in + "none"); !errors.Is(err, fs.ErrNotExist) || err.Error() != "stat "+in+"none: no such file or directory" {
		t.Errorf("Stat of nothing = %v", err)
	}
}

func TestRootReadOnly(t *testing.T) {
	r, top := rootIn(t)
	r.policy.ChangeRoots, r.policy.Needs = nil, AllNeeds&^Write
	changing := []string{"OpenFile", "MkdirAll", "Mkdir", "Remove", "RemoveAll", "Chmod", "Symlink", "WriteFile"}
	all := operations(r)
	for _, name := range changing {
		var e *Error
		if err := all[name](top + "/inside/a"); !errors.As(err, &e) || e.Code != ErrDenied || e.Hint != "leave out --readonly" {
			t.Errorf("%s = %v, want %s with a hint", name, err, ErrDenied.Name())
		}
	}
	if err := all["Open"](top + "/inside/a"); err != nil {
		t.Errorf("Open = %v", err)
	}
}

func TestWriteFile(t *testing.T) {
	r := Root{ctx: context.Background(), policy: &Policy{Level: Script, Needs: AllNeeds, Files: true, Changes: true}}
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	write := func(s string) {
		t.Helper()
		if err := r.WriteFile(path, writes(s)); err != nil {
			t.Fatal(err)
		}
	}
	want := func(s string, mode fs.FileMode) {
		t.Helper()
		got, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || string(got) != s || info.Mode() != mode {
			t.Errorf("%s is %q with mode %s (%v), want %q with %s", path, got, info.Mode(), err, s, mode)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("the folder has %d entries, want 1", len(entries))
		}
	}
	write("one")
	if err := os.Chmod(path, 0o741); err != nil {
		t.Fatal(err)
	}
	write("two")
	want("two", 0o741)
	broken := errors.New("broken")
	err := r.WriteFile(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "thr")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("WriteFile = %v, want %v", err, broken)
	}
	want("two", 0o741)
	if err := r.WriteFile(dir, writes("x")); err == nil || err.Error() != "write "+dir+": is a directory" {
		t.Errorf("WriteFile of a folder = %v", err)
	}
	if err := r.WriteFile(dir+"/no/f", writes("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WriteFile in no folder = %v, want %v", err, fs.ErrNotExist)
	}
}

func TestWriteFileInPlace(t *testing.T) {
	r := Root{ctx: context.Background(), policy: &Policy{Level: Script, Needs: AllNeeds, Files: true, Changes: true}}
	if err := r.WriteFile("/dev/null", writes("x")); err != nil {
		t.Errorf("/dev/null: %v", err)
	}
	if info, err := os.Lstat("/dev/null"); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Fatalf("/dev/null is no device any more: %v, %v", info.Mode(), err)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := r.WriteFile("/dev/fd/"+strconv.Itoa(int(writer.Fd())), writes("through")); err != nil {
		t.Error(err)
	}
	_ = writer.Close()
	if got, err := io.ReadAll(reader); err != nil || string(got) != "through" {
		t.Errorf("the pipe got %q, %v, want through", got, err)
	}
	loop := filepath.Join(t.TempDir(), "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteFile(loop, writes("x")); err == nil {
		t.Error("a link to itself: no error")
	}
}
