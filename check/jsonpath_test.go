package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSONPath(t *testing.T) {
	object := map[string]any{
		"status": map[string]any{"phase": "Running", "none": nil, "list": []any{map[string]any{"ip": "a"}, map[string]any{"ip": "b"}}},
		"labels": map[string]any{"a.b/c": "d", "it's": "x"},
	}
	for text, want := range map[string]struct {
		value  string
		values []any
	}{
		"{.status.phase}=Running":      {"Running", []any{"Running"}},
		"{.status.phase}='Running'":    {"Running", []any{"Running"}},
		`{.status.phase} = "a=b"`:      {"a=b", []any{"Running"}},
		".status.phase=Running":        {"Running", []any{"Running"}},
		"status.phase":                 {"", []any{"Running"}},
		"{$.status.phase}":             {"", []any{"Running"}},
		"{.status['phase']}":           {"", []any{"Running"}},
		"{['status'].list[0].ip}":      {"", []any{"a"}},
		"{.status.list[-1].ip}":        {"", []any{"b"}},
		"{.status.list[*].ip}":         {"", []any{"a", "b"}},
		"{.status.list[2].ip}":         {"", nil},
		"{.status.phase.deeper}":       {"", nil},
		"{.status.none}":               {"", nil},
		`{.labels.a\.b/c}=d`:           {"d", []any{"d"}},
		`{.labels["a.b/c"]}=d`:         {"d", []any{"d"}},
		`{.labels["it's"]}`:            {"", []any{"x"}},
		"{.status.list.*.ip}":          {"", []any{"a", "b"}},
		"{.status.phase}=$x":           {"$x", []any{"Running"}},
		"{ .status.phase }":            {"", []any{"Running"}},
		"{.status.phase}=with a blank": {"with a blank", []any{"Running"}},
	} {
		path, value, _, err := parseJSONPath(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := path.values(object); value != want.value || !cmp.Equal(got, want.values) {
			t.Errorf("%s: value %q, values %v, want %q, %v", text, value, got, want.value, want.values)
		}
	}
}

func TestJSONPathRefusesWhatItDoesNotDo(t *testing.T) {
	const advice = ", which is not supported: use 'json' with a jq expression"
	for text, want := range map[string]string{
		"{.items[?(@.a==1)].b}=c":    `the jsonpath ".items[?(@.a==1)].b" has a filter` + advice,
		"{..phase}":                  `the jsonpath "..phase" has '..'` + advice,
		"{.a[0:2]}":                  `the jsonpath ".a[0:2]" has a slice or several indexes` + advice,
		"{.a[0,1]}":                  `the jsonpath ".a[0,1]" has a slice or several indexes` + advice,
		"{.a['b','c']}":              `the jsonpath ".a['b','c']" has several keys in brackets, or none` + advice,
		"{range .items[*]}{.a}{end}": `after the jsonpath "{range .items[*]}" there may be =value, not "{.a}{end}"`,
		"{range .items}":             `the jsonpath "range .items" has a template` + advice,
		"{.a}=":                      `the jsonpath "{.a}=" is compared with nothing`,
		"{.a}==b":                    `the jsonpath "{.a}==b" is compared with one '=', not two`,
		"{.a} b":                     `after the jsonpath "{.a}" there may be =value, not "b"`,
		"{.a":                        `the jsonpath "{.a" has no '}'`,
		"{}":                         `the jsonpath "" leads nowhere`,
		"{.}":                        `the jsonpath "." has no key after a dot`,
		"{.a[b]}":                    `the jsonpath ".a[b]": "b" is no index: write [0], [*] or ['key']`,
		"{.a[0}":                     `the jsonpath "{.a[0}" has no '}'`,
		"{.a['b}":                    `the jsonpath "{.a['b}" has no '}'`,
		".a[0":                       `the jsonpath ".a[0": a bracket is not closed`,
		"{.a b}":                     `the jsonpath ".a b": "a b" is no key: write ['a b'] if it is meant`,
		"{.status.phase=='Running'}": `the jsonpath ".status.phase=='Running'": "phase=='Running'" is no key: write ['phase=='Running''] if it is meant`,
	} {
		_, _, _, err := parseJSONPath(text)
		if got := errorText(err); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
