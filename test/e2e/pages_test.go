package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// block is a Lua example in a page of the documentation.
var block = regexp.MustCompile("(?ms)^```lua\n(.*?)^```$")

// Each example of these pages runs by itself, in an empty folder and without input, as it stands.
func TestPages(t *testing.T) {
	for _, page := range []string{"files.md", "crypto-and-jwt.md", "data.md"} {
		text, err := os.ReadFile(filepath.Join(root, "docs", "how-to", page))
		if err != nil {
			t.Fatal(err)
		}
		blocks := block.FindAllSubmatch(text, -1)
		if len(blocks) == 0 {
			t.Errorf("%s has no examples", page)
		}
		for i, b := range blocks {
			t.Run(fmt.Sprintf("%s example %d", page, i+1), func(t *testing.T) {
				r := run(t, filepath.Join(built, "assay"), "exec", "-e", string(b[1]))
				if r.code != 0 {
					t.Errorf("exit status %d, want 0\n%s\n%s", r.code, b[1], r.stderr)
				}
			})
		}
	}
}
