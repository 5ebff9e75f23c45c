package stdlib

import (
	"io/fs"
	"strings"
	"testing"
)

// Each module says what it is for in its first line, and ends by giving itself.
func TestModules(t *testing.T) {
	modules := 0
	err := fs.WalkDir(Files(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		modules++
		if !strings.HasSuffix(path, ".lua") {
			t.Errorf("%s is not a Lua module", path)
		}
		source, err := fs.ReadFile(Files(), path)
		if err != nil {
			return err
		}
		if text := string(source); !strings.HasPrefix(text, "--- ") || !strings.Contains(text, "\nreturn ") {
			t.Errorf("%s: want a comment that begins with --- at the top, and a module that it returns", path)
		}
		return nil
	})
	if err != nil || modules == 0 {
		t.Fatalf("%d modules, %v", modules, err)
	}
}
