package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/analysis/rules"
)

const sample = "\uFEFF# ours\r\n[severity]\r\nunused-local = \"off\" # noise\nliteral='hint'\n\n[severity.\"tests/**/*_test.lua\"]\nundefined-global = \"warning\"\n'literal' = \"error\"\n"

func TestSettingsOfTheNearestFolderCount(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{Name: sample, "near/" + Name: "[severity]\nliteral = \"info\"\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	findings := []rules.Finding{{Code: "unused-local", Severity: rules.Warning}, {Code: "literal", Severity: rules.Error}, {Code: "undefined-global", Severity: rules.Error}}
	for name, want := range map[string]string{
		"a.lua":                  "literal:hint undefined-global:error",
		"tests/a.lua":            "literal:hint undefined-global:error",
		"tests/a_test.lua":       "literal:error undefined-global:warning",
		"tests/deep/a_test.lua":  "literal:error undefined-global:warning",
		"other/tests/a_test.lua": "literal:hint undefined-global:error",
		"near/below/a.lua":       "unused-local:warning literal:info undefined-global:error",
	} {
		s, err := For(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range s.Adjusted(filepath.Join(dir, name), findings) {
			got = append(got, f.Code+":"+string(f.Severity))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %s, want %s", name, text, want)
		}
	}
}

func TestMistakesNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"[severity]\nunused-locl = \"off\"":                "2: unknown code 'unused-locl'; did you mean 'unused-local'?",
		"[severity]\nliteral = \"of\"":                     "2: unknown severity 'of': it is off, hint, info, warning, error; did you mean 'off'?",
		"[severty]":                                        "1: unknown table 'severty'; did you mean 'severity'?",
		"literal = \"off\"":                                "1: 'literal' stands in no table: write [severity] above",
		"[severity]\nliteral = off":                        "2: expected a severity in quotes, such as \"off\"",
		"[severity]\nliteral \"off\"":                      "2: expected '=' behind 'literal'",
		"[severity]\nliteral = \"off":                      "2: a text has no end",
		"[severity]\nliteral = \"off\" \"on\"":             "2: expected the end of the line",
		"[severity]\nliteral = \"off\"\nliteral = \"off\"": "3: 'literal' is there already",
		"[severity]\n[severity]":                           "2: the table is there already",
		"[severity":                                        "1: expected ']' and the end of the line",
		"[severity.\"a[\"]":                                "1: bad pattern 'a['",
		"[severity.\"a\\n\"]":                              "1: a text has no escapes here: write it in single quotes",
		"[[severity]]":                                     "1: there are no arrays of tables here",
		"[severity]\nsyntax = \"off\"":                     "2: what cannot be read stays an error",
		"[severity]\n= \"off\"":                            "2: expected a name",
	} {
		if _, err := Read(text); err == nil || err.Error() != want {
			t.Errorf("Read(%q) = %v, want %s", text, err, want)
		}
	}
}
