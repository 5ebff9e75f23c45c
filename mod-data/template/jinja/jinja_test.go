package jinja

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// suite is testdata/jinja2.json: templates with what Jinja2 3.1.6 makes of them.
type suite struct {
	Vars  map[string]any
	Files map[string]string
	Cases []struct{ Template, Options, Want string }
}

func loadSuite(t *testing.T) suite {
	t.Helper()
	data, err := os.ReadFile("testdata/jinja2.json")
	if err != nil {
		t.Fatal(err)
	}
	var s suite
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	s.Vars = wholeNumbers(s.Vars).(map[string]any)
	return s
}

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

func loader(files map[string]string) func(name string) (string, error) {
	return func(name string) (string, error) {
		text, ok := files[name]
		if !ok {
			return "", fmt.Errorf("open %s: %w", name, fs.ErrNotExist)
		}
		return text, nil
	}
}

func TestTemplatesRenderAsInJinja2(t *testing.T) {
	s := loadSuite(t)
	for _, c := range s.Cases {
		config := Config{Load: loader(s.Files), TrimBlocks: c.Options == "trim", LstripBlocks: c.Options == "trim", KeepNewline: c.Options == "keep"}
		got, err := Render(config, "test", c.Template, s.Vars)
		if err != nil || got != c.Want {
			t.Errorf("%s\n got %s, %v\nwant %s", c.Template, got, err, c.Want)
		}
	}
}

var errStop = errors.New("stop")

func TestNothingTakesMoreThanIsGranted(t *testing.T) {
	for _, text := range []string{"X"} {
		left := 1 << 20
		_, err := Render(Config{Spend: func(steps, bytes int) error {
			if left -= steps + bytes; left < 0 {
				return errStop
			}
			return nil
		}}, "test", text, nil)
		if err != nil && !errors.Is(err, errStop) {
			t.Errorf("%s: %v", strings.TrimSpace(text), err)
		}
	}
}
