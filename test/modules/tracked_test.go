package modules

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A program that was built in the tree and committed stays in every clone.
func TestNoPrograms(t *testing.T) {
	w := open(t)
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z")
	list.Dir = w.Root
	names, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		program, err := isProgram(filepath.Join(w.Root, name))
		switch {
		case os.IsNotExist(err): // removed, and not yet committed
		case err != nil:
			t.Error(err)
		case program:
			t.Errorf("%s is a compiled program: remove it with git rm", name)
		}
	}
}

// isProgram tells programs of Linux, of Windows, of macOS, and WebAssembly by their first bytes.
func isProgram(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return false, nil // a folder of another repository, or a file too short for a program
	}
	for _, magic := range []string{"\x7fELF", "MZ\x90\x00", "\xcf\xfa\xed\xfe", "\x00asm"} {
		if bytes.Equal(head, []byte(magic)) {
			return true, nil
		}
	}
	return false, nil
}
