package document

import (
	"os"
	"path/filepath"
	"strings"

	"assay.rs/core/syntax"
)

// Required is the file that require gives for a name to a script, as far as it is beside the script or in the
// folder modules, and its text.
func Required(script, name string) (path, text string, ok bool) {
	name = filepath.FromSlash(name)
	place := filepath.Join(filepath.Dir(script), name)
	if !strings.HasPrefix(name, ".") {
		place = filepath.Join("modules", strings.ReplaceAll(name, ".", string(filepath.Separator)))
	}
	for _, path := range []string{place + ".lua", filepath.Join(place, "init.lua")} {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > syntax.MaxSource {
			continue
		}
		if text, err := os.ReadFile(path); err == nil {
			return path, string(text), true
		}
	}
	return "", "", false
}
