package gotemplate

import (
	"errors"
	"testing"
)

// Whatever a template says, it ends within what is granted, in a text or in an [*Error].
func FuzzRender(f *testing.F) {
	for _, text := range []string{
		`{{ range $i, $x := .list }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ $x }}{{ else }}none{{ end }}`,
		`{{ define "a" }}{{ .b.c | default "d" | upper }}{{ end }}{{ template "a" .map }}{{ include "a" . }}{{ tpl "{{ . }}" 1 }}`,
		`{{ with $v := index .map "a" }}{{ $v.x }}{{ else with 1.5e3 }}{{ . }}{{ end }}{{ $z := "a" }}{{ $z = 'b' }}`,
		`{{ (.time.Add .wait).Format "15" }}{{ .version.Compare (semver "1.0.0") }}{{ printf "%v %*d" .struct 3 .small }}`,
		`{{ and .null (or .none 1) | not | len }}{{ lt 1i 2 }}{{ call .n }}{{ slice .list 0 1 }}{{ index .numbers 9 }}{{ break }}`,
	} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, strict bool) {
		left := 1 << 20
		spend := func(steps, bytes int) error {
			if left -= steps + bytes; left < 0 {
				return errStop
			}
			return nil
		}
		_, err := Render(Config{Strict: strict, Escape: strict, Spend: spend, Slow: func(float64) error { return errStop }}, "t", text, values())
		var located *Error
		if err != nil && !errors.As(err, &located) && !errors.Is(err, errStop) {
			t.Errorf("%q: error = %v, want an *Error", text, err)
		}
	})
}
