package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"assay.rs/mod-data/template/jinja"
)

type jinjaCase struct {
	Template string `json:"template"`
	Options  string `json:"options"`
}

// jinjaSuite is what templates are rendered with.
type jinjaSuite struct {
	Vars  map[string]any    `json:"vars"`
	Files map[string]string `json:"files"`
	Cases []jinjaCase       `json:"cases"`
}

type verdict struct {
	Text  *string
	Error string
}

// judged is what Jinja2 makes of the templates.
func (s jinjaSuite) judged(t *testing.T) []verdict {
	t.Helper()
	needed(t, "Debian's python3-jinja2", exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", "import jinja2").Run())
	request, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "testdata/judge.py")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(request), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []verdict
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var v verdict
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, v)
	}
	if len(verdicts) != len(s.Cases) {
		t.Fatalf("%d verdicts for %d templates", len(verdicts), len(s.Cases))
	}
	return verdicts
}

// agreed is in how many cases ours gives the text that Jinja2 gives, or fails as it does.
func (s jinjaSuite) agreed(t *testing.T) int {
	t.Helper()
	load := func(name string) (string, error) {
		text, ok := s.Files[name]
		if !ok {
			return "", fmt.Errorf("open %s: %w", name, fs.ErrNotExist)
		}
		return text, nil
	}
	vars, _ := wholeNumbers(s.Vars).(map[string]any)
	agreed, told := 0, 0
	for i, want := range s.judged(t) {
		c := s.Cases[i]
		config := jinja.Config{Load: load, TrimBlocks: c.Options == "trim", LstripBlocks: c.Options == "trim", KeepNewline: c.Options == "keep", Autoescape: c.Options == "escape"}
		got, err := jinja.Render(config, "test", c.Template, vars)
		if err == nil && want.Text != nil && got == *want.Text || err != nil && want.Text == nil {
			agreed++
			continue
		}
		if told++; told <= 20 {
			text := want.Error
			if want.Text != nil {
				text = *want.Text
			}
			t.Logf("%q (%s)\n  ours %q, %v\nJinja2 %q", c.Template, c.Options, got, err, text)
		}
	}
	return agreed
}

// wholeNumbers makes integers of the numbers that are whole, as Python reads them.
func wholeNumbers(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	case []any:
		for i := range v {
			v[i] = wholeNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = wholeNumbers(v[key])
		}
	}
	return v
}

// TestJinjaOfTheTests: the templates of the module's own tests.
func TestJinjaOfTheTests(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "mod-data", "template", "jinja", "testdata", "jinja2.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s jinjaSuite
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	tally(t, "Jinja2, templates of our tests", s.agreed(t), len(s.Cases))
}

// TestJinjaRandom: templates that nobody wrote, the same ones each time.
func TestJinjaRandom(t *testing.T) {
	s := jinjaSuite{
		Vars: map[string]any{
			"n": 3, "z": 0, "f": 2.5, "s": "ab Cd", "e": "", "h": "<b>&'x'</b>", "l": []any{3, 1, 2}, "w": []any{"b", "A", "c"}, "t": true,
			"d": map[string]any{"a": 1, "b": "x"}, "u": []any{map[string]any{"k": "x", "v": 1}, map[string]any{"k": "y", "v": 2}, map[string]any{"k": "x", "v": 3}},
		},
		Files: map[string]string{"inc": "[{{ n }}{{ s }}]\n", "lib": "{% macro m(a, b=2) %}({{ a }},{{ b }}){% endmacro %}", "base": "<{% block x %}base{% endblock %}>"},
	}
	g := generator{rand.New(rand.NewPCG(1, 2))}
	options := []string{"", "", "trim", "trim", "keep", "escape"}
	for range 4000 {
		s.Cases = append(s.Cases, jinjaCase{g.template(), options[g.IntN(len(options))]})
	}
	tally(t, "Jinja2, random templates", s.agreed(t), len(s.Cases))
}
