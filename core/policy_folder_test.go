package core

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// inRuntime is r as the scripts of a Runtime have it: its folders are opened.
func inRuntime(t *testing.T, r Root) Root {
	t.Helper()
	policy, err := r.policy.fixed()
	if err != nil {
		t.Fatal(err)
	}
	r.policy = &policy
	return r
}

func TestWhatTakesThePlaceOfAFolderIsNotPermitted(t *testing.T) {
	r, top := rootIn(t)
	r = inRuntime(t, r)
	for _, step := range []error{
		os.Rename(top+"/inside", top+"/moved"), os.Symlink("outside", top+"/inside"),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if text, err := r.ReadFile(top+"/inside/secret", 100); err == nil {
		t.Errorf("ReadFile through a link that took the folder's place = %q", text)
	}
	if text, err := r.ReadFile(top+"/inside/a", 100); err != nil || string(text) != "inside/a" {
		t.Errorf("ReadFile of a file in the folder = %q, %v, want what is in the folder that was opened", text, err)
	}
	if path, err := r.Path(top+"/inside/secret", false); !isDenied(err) {
		t.Errorf("Path through a link that took the folder's place = %q, %v, want the code %s", path, err, ErrDenied.Name())
	}
}

func TestFolderThatWasNotThereAtTheStartPermitsNothing(t *testing.T) {
	r, top := rootIn(t)
	r.policy.Roots = []string{top + "/later"}
	r = inRuntime(t, r)
	if err := os.Symlink("outside", top+"/later"); err != nil {
		t.Fatal(err)
	}
	if text, err := r.ReadFile(top+"/later/secret", 100); !isDenied(err) {
		t.Errorf("ReadFile = %q, %v, want the code %s", text, err, ErrDenied.Name())
	}
	if path, err := r.Path(top+"/later/secret", false); !isDenied(err) {
		t.Errorf("Path = %q, %v, want the code %s", path, err, ErrDenied.Name())
	}
}

// R/a leads to R/x/y, and R/x/y/l to ../z, which is R/x/z and not R/z.
func TestParentBehindALinkIsThatOfWhereItLeads(t *testing.T) {
	for _, limited := range []bool{false, true} {
		top := t.TempDir()
		for _, step := range []error{
			os.MkdirAll(top+"/x/y", 0o700), os.Symlink("x/y", top+"/a"), os.Symlink("../z", top+"/x/y/l"),
			os.WriteFile(top+"/x/f", []byte("right"), 0o600), os.WriteFile(top+"/f", []byte("wrong"), 0o600),
		} {
			if step != nil {
				t.Fatal(step)
			}
		}
		policy := FullPolicy()
		if limited {
			policy.Files, policy.Roots, policy.Changes, policy.ChangeRoots = false, []string{top}, false, []string{top}
		}
		r := inRuntime(t, Root{policy: &policy, ctx: t.Context()})
		if err := r.WriteFile(top+"/a/l", writes("new")); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(top + "/x/z"); err != nil || string(text) != "new" {
			t.Errorf("limited %v: x/z is %q, %v, want it written", limited, text, err)
		}
		if _, err := os.Stat(top + "/z"); err == nil {
			t.Errorf("limited %v: z was written, beside the link", limited)
		}
		if text, err := r.ReadFile(top+"/a/../f", 100); err != nil || string(text) != "right" {
			t.Errorf("limited %v: ReadFile(a/../f) = %q, %v, want x/f as the system reads it", limited, text, err)
		}
		if path, err := r.Path(top+"/a/../f", true); err != nil || filepath.Base(filepath.Dir(path)) != "x" {
			t.Errorf("limited %v: Path(a/../f) = %q, %v, want x/f", limited, path, err)
		}
	}
}

func TestParentBehindALinkThatLeadsOutIsOutside(t *testing.T) {
	r, top := rootIn(t)
	r = inRuntime(t, r)
	if err := os.MkdirAll(top+"/outside/deep", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../outside/deep", top+"/inside/deep"); err != nil {
		t.Fatal(err)
	}
	// As text this is inside/secret.
	before := snapshot(t, top)
	for name, operation := range operations(r) {
		if err := operation(top + "/inside/deep/../secret"); err == nil {
			t.Errorf("%s(inside/deep/../secret) went to the parent of where the link leads", name)
		}
	}
	if path, err := r.Path(top+"/inside/deep/../secret", false); err == nil {
		t.Errorf("Path = %q, want it refused", path)
	}
	if after := snapshot(t, top); after != before {
		t.Errorf("outside holds\n%s\nwant\n%s", after, before)
	}
}

// A reader gives its content away once.
func TestFileThatCannotBeReplacedIsWrittenFromTheOneRead(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/mounted"
	if err := os.WriteFile(path, []byte("old, and longer than what is new"), 0o600); err != nil {
		t.Fatal(err)
	}
	policy := FullPolicy()
	source := io.Reader(strings.NewReader("new"))
	calls := 0
	err := Root{policy: &policy, ctx: t.Context()}.replace(path, func(w io.Writer) error {
		calls++
		_, err := io.Copy(w, source)
		return err
	}, func(_ Root, from, to string) error {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.EBUSY}
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "new" || calls != 1 {
		t.Errorf("after %d calls the file is %q, %v, want %q after one", calls, text, err, "new")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v, want the file alone", left, err)
	}
}
