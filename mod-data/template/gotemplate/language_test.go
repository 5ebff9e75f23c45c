package gotemplate

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/Masterminds/sprig/v3"
)

// theirs is what package text/template makes of a template.
func theirs(text string, values map[string]any, strict bool) (string, error) {
	t := template.New("t").Funcs(sprig.GenericFuncMap())
	if strict {
		t.Option("missingkey=error")
	}
	if _, err := t.Parse(text); err != nil {
		return "", err
	}
	var out bytes.Buffer
	err := t.Execute(&out, values)
	return strings.ReplaceAll(out.String(), "<no value>", ""), err
}

func values() map[string]any {
	all := data()
	all["small"], all["big"], all["floats"], all["empty"] = uint8(7), uint64(1<<63), []float64{1.5, -2}, []any{}
	all["time"], all["version"] = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC), semver.MustParse("v1.2.3-rc.1+b")
	all["wait"], all["nothing"], all["numbers"] = 90*time.Second, (*semver.Version)(nil), map[int]string{10: "ten", 9: "nine"}
	inner := map[string]any{"name": "inner", "list": []any{1}}
	all["pointer"], all["struct"] = &inner, struct {
		Name string
		List []int
		any  int
	}{"s", []int{1}, 0}
	return all
}

// same compares our executor with that of package text/template.
func same(t *testing.T, text string, strict bool) {
	t.Helper()
	values := values()
	want, wrong := theirs(text, values, strict)
	left := 1 << 22
	got, err := Render(Config{Strict: strict, Spend: func(steps, bytes int) error {
		if left -= steps + bytes; left < 0 {
			return errStop
		}
		return nil
	}}, "t", text, values)
	if errors.Is(err, errStop) {
		return
	}
	if (err == nil) != (wrong == nil) || err == nil && got != want {
		t.Errorf("%s\n got %q, %v\nwant %q, %v", text, got, err, want, wrong)
	}
	if err == nil || wrong == nil {
		return
	}
	message := strings.TrimPrefix(wrong.Error(), "template: ")
	if own, ok := ownMessages()[text]; ok {
		message = own
	}
	if err.Error() != message {
		t.Errorf("%s\n got error %v\nwant error %v", text, err, message)
	}
}

// ownMessages are where ours are not those of package text/template, by template.
func ownMessages() map[string]string {
	return map[string]string{
		"{{ .struct.any }}":                `t:1:10: executing "t" at <.struct.any>: can't evaluate field any in type interface {}`,
		"{{ .struct.Name 1 }}":             `t:1:10: executing "t" at <.struct.Name>: Name is not a method but has arguments`,
		"{{ (1) 2 }}":                      `t:1:4: executing "t" at <1>: can't give argument to non-function 1`,
		"{{ .nothing.Major }}":             `t:1:11: executing "t" at <.nothing.Major>: nil pointer evaluating interface {}.Major`,
		"{{ .version.Compare nil }}":       `t:1:11: executing "t" at <.version.Compare>: error calling Compare: invalid memory address or nil pointer dereference`,
		"{{ range $i, $x := 3 }}{{ end }}": `t:1:9: executing "t" at <$i, $x := 3>: can't use 3 to iterate over more than one variable`,
		"{{ (list 1 2).x }}":               `t:1:13: executing "t" at <(list 1 2).x>: can't evaluate field x in type []interface {}`,
		"{{ index .list 3 }}":              `t:1:3: executing "t" at <index .list 3>: error calling index: index out of range: 3`,
		"{{ index .list .big }}":           `t:1:3: executing "t" at <index .list .big>: error calling index: index out of range: 9223372036854775808`,
	}
}

func TestLanguageIsThatOfTextTemplate(t *testing.T) {
	for _, text := range []string{
		// literals
		`{{ 1 }} {{ -1.5 }} {{ 1e3 }} {{ 0x1F }} {{ -0x1e }} {{ 'a' }} {{ '\x65' }} {{ 2i }} {{ 0x1p4 }} {{ "a\n" }} {{ true }} {{ 1_000 }} {{ 0b11 }}`,
		"{{ 9223372036854775808 }}", "{{ nil }}", `{{ "a" "b" }}`, "{{ 1 | 2 }}", "{{ . | . }}", `{{ ` + "`raw`" + ` }}`,
		// fields
		"{{ .name }} {{ $.name }} {{ .map.a.x }} {{ (.map).b }} {{ .none }} {{ .none.none }} {{ .struct.Name }} {{ .struct }} {{ .pointer.name }}",
		"{{ .null.x }}", "{{ .name.x }}", "{{ .struct.any }}", "{{ .struct.nope }}", "{{ .name 1 }}", "{{ 1 | .name }}", "{{ .struct.Name 1 }}", "{{ $x := 1 }}{{ $x 1 }}", "{{ (1) 2 }}", "{{ nil.x }}", "{{ .numbers.x }}", "{{ .nothing.Major }}",
		// methods
		`{{ .time.Year }} {{ .time.Format "15:04" }} {{ "06" | .time.Format }} {{ .time.Month }} {{ .time.Weekday.String }} {{ .time.Location }} {{ (.time.Add .wait).Unix }} {{ .wait.Seconds }} {{ .time }} {{ .wait }}`,
		`{{ .version.Major }} {{ .version }} {{ .version.Original }} {{ .version.Prerelease }} {{ .version.IncMinor }} {{ (semver "2.0.0").GreaterThan .version }} {{ (semver "1.0.0").Compare (semver "2.0.0") }} {{ (.version.SetMetadata "x").Metadata }}`,
		"{{ .time.Format }}", "{{ .time.Year 1 }}", "{{ .time.Nope }}", "{{ .time.Format 1 }}", `{{ .version.SetMetadata "_" }}`, `{{ .version.Compare "1" }}`, "{{ .time.Add 1 }}", "{{ .version.Compare nil }}",
		// variables
		`{{ $a := 1 }}{{ if true }}{{ $a = 2 }}{{ $b := 3 }}{{ $a }}{{ $b }}{{ end }}{{ $a }}{{ with $c := .n }}{{ $c }}{{ . }}{{ $.name }}{{ end }}`,
		`{{ if $x := .none }}{{ else }}[{{ $x }}]{{ end }}{{ $m := .map }}{{ $m.a.x }}{{ $m = 1 }}{{ $m }}`,
		// control
		`{{ if .none }}a{{ else if .n }}b{{ else }}c{{ end }}{{ with .empty }}x{{ else with .map }}{{ .b }}{{ end }}{{ if not .empty }}y{{ end }}{{ if .struct }}s{{ end }}{{ if .nothing }}p{{ end }}`,
		`{{ range .list }}{{ . }}{{ end }}{{ range $x := .list }}{{ $x }}{{ end }}{{ range $i, $x := .list }}{{ $i }}={{ $x }} {{ end }}{{ range .map }}{{ . }}{{ end }}{{ range $k, $v := .numbers }}{{ $k }}{{ $v }}{{ end }}`,
		`{{ range 3 }}{{ . }}{{ end }}{{ range $i := .small }}{{ $i }}{{ end }}{{ range 0 }}x{{ else }}none{{ end }}{{ range -1 }}x{{ end }}{{ range .none }}x{{ else }}y{{ end }}{{ range .null }}x{{ else }}z{{ end }}`,
		`{{ $i := 0 }}{{ $x := 0 }}{{ range $i, $x = .list }}{{ end }}{{ $i }}{{ $x }}{{ range $x = .empty }}{{ end }}{{ $x }}{{ range $x = .words }}{{ end }}{{ $x }}`,
		`{{ range .list }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ range 5 }}{{ if eq . 2 }}{{ break }}{{ end }}{{ . }}{{ end }};{{ end }}{{ range 3 }}{{ with 1 }}{{ break }}{{ end }}{{ else }}e{{ end }}`,
		"{{ range $i, $x := 3 }}{{ end }}", "{{ range .floats }}{{ . }}{{ end }}{{ range .pointer.list }}{{ . }}{{ end }}",
		// templates
		`{{ define "a" }}[{{ . }}{{ $ }}]{{ end }}{{ template "a" }}{{ template "a" .n }}{{ template "a" $x := 3 }}{{ $x }}{{ block "b" .name }}{{ . }}{{ end }}`,
		`{{ define "a" }}{{ .x.y }}{{ end }}{{ template "a" .name }}`,
		// functions
		`{{ and 1 0 .none.x }}{{ or 0 .none "x" }}{{ and 1 2 }}{{ 0 | or 3 }}{{ 3 | or 0 }}{{ not 0 }}{{ and .none }}{{ len .name }}{{ len .map }}{{ .list | len }}{{ or .null }}`,
		"{{ and }}", "{{ not 1 2 }}", "{{ len 3 }}", "{{ upper }}", "{{ upper 1 }}", "{{ upper nil }}", "{{ upper .none }}", "{{ upper .n }}", "{{ add nil 1 }}", "{{ until 1.5 }}", `{{ until "1" }}`, "{{ until .half }}", "{{ .n | upper }}", "{{ ternary 1 2 3 }}", "{{ fail .name }}", "{{ 1 2 | len }}", "{{ repeat 2 }}", "{{ upper 1 2 3 }}",
		`{{ (list 1 2).x }}`, `{{ (genCA "x" 1).Cert | len | lt 10 }}`, `{{ list 1 nil "x" | join "," }} {{ dict "a" nil }} {{ default 3 nil }} {{ quote .none nil 1 }}`,
		`{{ index .list 0 }}{{ index .map "a" "x" }}{{ index .name 0 }}{{ index .numbers 10 }}{{ index .map "none" }}{{ index .numbers 3 }}{{ index .list .small | default 1 }}`,
		"{{ index .list 3 }}", "{{ index .list -1 }}", `{{ index .list "a" }}`, "{{ index .map 1 }}", "{{ index .none 1 }}", "{{ index 3 1 }}", "{{ index .map nil }}", "{{ index .list nil }}", "{{ index .list 18446744073709551615 }}", "{{ index .list .big }}", "{{ index .nothing 1 }}", "{{ index .null 1 }}", "{{ index .list }}",
		`{{ eq 1 1 }}{{ eq 1 2 1 }}{{ eq .n 3 }}{{ eq .small 7 }}{{ eq "a" "a" }}{{ eq .half 0.5 }}{{ eq true true }}{{ eq .none nil }}{{ eq .none .null }}{{ eq .none 1 }}{{ eq .struct.Name "s" }}{{ ne 1 2 }}{{ eq 1i 1i }}{{ eq .nothing nil }}`,
		`{{ lt 1 2 }}{{ le 2 2 }}{{ gt .half 0.1 }}{{ ge "b" "a" }}{{ lt -1 .small }}{{ lt .small .big }}{{ gt .big -1 }}{{ gt 3 .big }}`,
		`{{ eq 1 "1" }}`, "{{ eq 1 1.0 }}", "{{ lt 1 1.0 }}", "{{ lt true false }}", "{{ lt .map .map }}", "{{ lt .none 1 }}", "{{ lt 1i 2i }}", "{{ ne 1 1.0 }}", "{{ gt 1 true }}", "{{ ge nil 1 }}",
	} {
		same(t, text, false)
		same(t, text, true)
	}
}

// Whatever an expression is, both render it or both refuse it.
func TestExpressionsAreThoseOfTextTemplate(t *testing.T) {
	atoms := []string{
		".", "$", ".name", ".n", ".half", ".list", ".words", ".map", ".map.a", ".null", ".none", ".small", ".time", ".version", ".struct", ".numbers", ".floats", "$v", "$w.b", ".version.Major", ".time.Year",
		"1", "-2", "0", "1.5", `"a"`, `"b"`, "true", "nil", "'x'",
	}
	calls := []string{
		"and", "or", "not", "len", "index", "eq", "ne", "lt", "le", "gt", "ge", "upper", "add", "list", "dict", "first", "join", "default", "ternary", "repeat", "quote", "until", "has",
		".time.Format", ".version.Compare", ".name", "$w.a",
	}
	// The same expressions each time.
	random := rand.New(rand.NewPCG(1, 2))
	var expression func(depth int) string
	operand := func(depth int) string {
		if depth == 0 || random.IntN(3) > 0 {
			return atoms[random.IntN(len(atoms))]
		}
		inner := "(" + expression(depth-1) + ")"
		if random.IntN(6) == 0 {
			inner += []string{".a", ".Name", ".x.y", ".Major"}[random.IntN(4)]
		}
		return inner
	}
	expression = func(depth int) string {
		text := operand(depth)
		if random.IntN(3) > 0 {
			text = calls[random.IntN(len(calls))]
			for range random.IntN(4) {
				text += " " + operand(depth)
			}
		}
		if depth > 0 && random.IntN(4) == 0 {
			text += " | " + calls[random.IntN(len(calls))]
		}
		return text
	}
	values := values()
	const begin = `{{ $v := .words }}{{ $w := .map }}`
	for range 2_000 {
		e := expression(2)
		text := begin + []string{
			"{{ %s }}", "{{ if %s }}x{{ else }}y{{ end }}", "{{ with %s }}{{ . }}{{ end }}", "{{ range %s }}[{{ . }}]{{ else }}none{{ end }}",
			"{{ range $v, $x := %s }}{{ $v }}{{ $x }}{{ end }}{{ $v }}", "{{ $v = %s }}{{ $v }}",
		}[random.IntN(6)]
		text = strings.Replace(text, "%s", e, 1)
		want, wrong := theirs(text, values, false)
		got, err := Render(Config{}, "t", text, values)
		if (err == nil) != (wrong == nil) || err == nil && got != want {
			t.Errorf("%s\n got %q, %v\nwant %q, %v", text, got, err, want, wrong)
		}
	}
}

// No method is looked up by its name, so none may be missing here.
func TestMethodsAreAllThere(t *testing.T) {
	failure := reflect.TypeFor[error]()
	for _, of := range []reflect.Type{
		reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration](), reflect.TypeFor[time.Month](), reflect.TypeFor[time.Weekday](), reflect.TypeFor[*time.Location](), reflect.TypeFor[*semver.Version](),
	} {
		v := reflect.New(of).Elem()
		if of.Kind() == reflect.Pointer {
			v = reflect.New(of.Elem()).Elem()
		}
		for m := range of.Methods() {
			out := m.Type.NumOut()
			if strings.HasPrefix(m.Name, "Append") || out == 0 || out > 2 || out == 2 && m.Type.Out(1) != failure || out == 1 && m.Type.Out(0) == failure {
				continue
			}
			if _, ok := method(v, m.Name); !ok {
				t.Errorf("%s has no method %s", of, m.Name)
			}
		}
	}
}

func TestWhatFunctionsGiveHasNoOtherMethods(t *testing.T) {
	known := fmt.Sprint([]reflect.Type{reflect.TypeFor[time.Time](), reflect.TypeFor[*semver.Version](), reflect.TypeFor[error]()})
	for name, fn := range sprig.GenericFuncMap() {
		for out := range reflect.TypeOf(fn).Outs() {
			if out.NumMethod() > 0 && !strings.Contains(known, out.String()) {
				t.Errorf("%s gives a %s, whose methods templates cannot call", name, out)
			}
		}
	}
}
