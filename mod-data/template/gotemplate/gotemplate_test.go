package gotemplate

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

func data() map[string]any {
	return map[string]any{
		"name": "web", "n": 3, "half": 0.5, "list": []any{3, 1, 2}, "words": []any{"b", "a"}, "yes": true, "null": nil,
		"map": map[string]any{"b": 2, "a": map[string]any{"x": "y"}}, "html": `<b>"x"</b>`,
	}
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

func TestDatesOfNumbers(t *testing.T) {
	vars := map[string]any{"whole": 86400, "fraction": 86400.75}
	for text, want := range map[string]string{
		`{{ dateInZone "2006-01-02 15:04:05.00" .fraction "UTC" }}`:                 "1970-01-02 00:00:00.75",
		`{{ htmlDateInZone .whole "UTC" }}`:                                         "1970-01-02",
		`{{ date_in_zone "15:04" (toDate "2006-01-02" "2024-05-06") "UTC" | len }}`: "5",
		`{{ now | date "2006" | len }}`:                                             "4",
	} {
		if got, err := Render(Config{}, "t", text, vars); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestErrorsOfDeepCallsAreShort(t *testing.T) {
	_, err := Render(Config{}, "t", `{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`, nil)
	if err == nil || !strings.Contains(err.Error(), "call each other deeper than 500") || strings.Count(err.Error(), "executing") > maxTold {
		t.Errorf("error = %v, want one with %d places at most", err, maxTold)
	}
}

func TestRender(t *testing.T) {
	files := map[string]string{"part.tpl": "part {{ .name }}", "defs.tpl": `{{ define "d" }}D{{ .n }}{{ end }}file`, "outer.tpl": `{{ template "part.tpl" . }}!`}
	for text, want := range map[string]string{
		"":  "",
		" ": " ",
		"{{ .name }} {{ .n }} {{ .half }} {{ .list }}":                                                                                                                                                                        "web 3 0.5 [3 1 2]",
		"[{{ .none }}][{{ .null }}][{{ .map.none }}]":                                                                                                                                                                         "[][][]",
		"{{ range .list }}{{ . }},{{ end }}{{ range $i, $w := .words }}{{ $i }}{{ $w }}{{ else }}none{{ end }}":                                                                                                               "3,1,2,0b1a",
		"{{ range 3 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}{{ range 9 }}{{ if gt . 2 }}{{ break }}{{ end }}{{ . }}{{ end }}":                                                                                 "02012",
		"{{ range $k, $v := .map }}{{ $k }} {{ end }}":                                                                                                                                                                        "a b ",
		"{{ with .name }}{{ . }}{{ end }}{{ with .none }}x{{ else with .n }}{{ . }}{{ else }}y{{ end }}":                                                                                                                      "web3",
		`{{ define "a" }}<{{ . }}>{{ end }}{{ template "a" .name }}{{ include "a" .n | upper | quote }}`:                                                                                                                      `<web>"<3>"`,
		`{{ block "b" . }}{{ .name }}{{ end }}`:                                                                                                                                                                               "web",
		`{{ template "part.tpl" . }} {{ include "outer.tpl" . }} {{ include "defs.tpl" . }} {{ include "d" . }}`:                                                                                                              "part web part web! file D3",
		`{{ tpl "{{ .name }}-{{ .n }}" . }} {{ tpl "{{ include \"part.tpl\" . }}" . }}`:                                                                                                                                       "web-3 part web",
		`{{ toYaml .map }}|{{ toYaml .list }}|{{ toYaml "on" }}|{{ dict "k" (list 1 "x" (dict)) | toYaml }}`:                                                                                                                  "a:\n  x: \"y\"\nb: 2|- 3\n- 1\n- 2|\"on\"|k:\n  - 1\n  - x\n  - {}",
		`{{ (fromYaml "a: {b: [1, x]}").a.b }} {{ fromYaml "a: [" }} {{ fromYaml "- 1" }} {{ fromYaml "" }} {{ fromYamlArray "[1, 2]" }}`:                                                                                     "[1 x] map[Error:1:4: the bracket is never closed] map[Error:a map expected, got []interface {}] map[] [1 2]",
		`{{ toJson .map }} {{ (fromJson "{\"a\": 12345678}").a }} {{ fromJson "{" }} {{ fromJsonArray "[1]" }} {{ fromJson "{} x" }}`:                                                                                         `{"a":{"x":"y"},"b":2} 12345678 map[Error:unexpected EOF] [1] map[Error:something follows the value]`,
		`{{ required "needed" .name }} {{ default "d" .none }} {{ .none | default "e" }} {{ empty .none }} {{ coalesce .none .n }}`:                                                                                           "web d e true 3",
		`{{ .list | sortAlpha | join "-" }} {{ repeat 3 "ab" }} {{ until 3 }} {{ untilStep 10 0 -3 }} {{ seq 1 2 7 }} {{ "a\nb" | nindent 2 }}`:                                                                               "1-2-3 ababab [0 1 2] [10 7 4 1] 1 3 5 7 \n  a\n  b",
		`{{ regexReplaceAll "(a)(b)" "xabx" "${2}$1" }} {{ regexReplaceAllLiteral "a" "aba" "$1" }} {{ regexFindAll "[0-9]" "a1b2" -1 }} {{ regexSplit "," "a,b" -1 }} {{ regexMatch "^a" "ab" }} {{ regexFind "b+" "abb" }}`: "xbax $1b$1 [1 2] [a b] true bb",
		`{{ printf "%d %5.2f %-4s| %v" .n .half .name .list }} {{ print 1 2 "x" }} {{ html .html }}`:                                                                                                                          "3  0.50 web | [3 1 2] 1 2x &lt;b&gt;&#34;x&#34;&lt;/b&gt;",
		`{{ env "A" }} {{ expandenv "${A}-$B-" }} {{ getHostByName "h" }}`:                                                                                                                                                    "va va-- 10.0.0.1",
		`{{ (semver "1.2.3").Major }} {{ semverCompare ">=1.2" "1.3.0" }} {{ (now).Year | le 2000 }} {{ b64enc "x" }} {{ sha256sum "" | trunc 8 }}`:                                                                           "1 true true eA== e3b0c442",
		`{{ $x := 1 }}{{ $x = add $x 1 }}{{ $x }} {{ $d := dict }}{{ $_ := set $d "a" 1 }}{{ $d.a }}`:                                                                                                                         "2 1",
		`{{- "a" -}} {{- /* c */ -}} b`: "ab",
	} {
		c := Config{
			Load: loader(files), Env: func(name string) string { return map[string]string{"A": "va"}[name] },
			Lookup: func(string) ([]string, error) { return []string{"10.0.0.1"}, nil },
		}
		got, err := Render(c, "t", text, data())
		if err != nil || got != want {
			t.Errorf("%s\n got %q, %v\nwant %q", text, got, err, want)
		}
	}
}

func TestEscape(t *testing.T) {
	text := `{{ .html }}{{ define "a" }}<i>{{ . }}</i>{{ end }}{{ include "a" .html | trim }}{{ template "a" "&" }}{{ tpl "<u>{{ . }}" "<" }}`
	want := `&lt;b&gt;&#34;x&#34;&lt;/b&gt;<i>&lt;b&gt;&#34;x&#34;&lt;/b&gt;</i><i>&amp;</i><u>&lt;`
	if got, err := Render(Config{Escape: true}, "t", text, data()); err != nil || got != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func TestErrorsHavePlaceAndReason(t *testing.T) {
	files := map[string]string{"bad.tpl": "\n{{ if }}", "fails.tpl": "\n{{ fail \"boo\" }}"}
	for text, want := range map[string]string{
		"{{ if }}":                                          "!t:1: missing value for if",
		"\n{{ .x":                                           "!t:2: unclosed action",
		"{{ nosuch }}":                                      `!t:1: function "nosuch" not defined`,
		`{{ template "nope" }}`:                             `!t: template "nope" is not defined: open nope: file does not exist`,
		`{{ template "bad.tpl" }}`:                          `!t: template "bad.tpl" is not defined: bad.tpl:2: missing value for if`,
		`{{ include "nope" . }}`:                            `t:1:3: executing "t" at <include "nope" .>: error calling include: template "nope" is neither defined nor a file`,
		`{{ include "fails.tpl" . }}`:                       `t:1:3: executing "t" at <include "fails.tpl" .>: error calling include: fails.tpl:2:3: executing "fails.tpl" at <fail "boo">: error calling fail: boo`,
		`{{ date "2006" "2024-01-01" }}`:                    `t:1:3: executing "t" at <date "2006" "2024-01-01">: error calling date: a time or a number of seconds expected, got string: now is one, and toDate reads text`,
		`{{ .name.x }}`:                                     `t:1:8: executing "t" at <.name.x>: can't evaluate field x in type interface {}`,
		`{{ div 1 0 }}`:                                     `t:1:3: executing "t" at <div 1 0>: error calling div: integer divide by zero`,
		`{{ randInt 5 5 }}`:                                 `t:1:3: executing "t" at <randInt 5 5>: error calling randInt: invalid argument to Intn`,
		`{{ required "need it" .none }}`:                    `t:1:3: executing "t" at <required "need it" .none>: error calling required: need it`,
		`{{ repeat -1 "x" }}`:                               `t:1:3: executing "t" at <repeat -1 "x">: error calling repeat: a count must not be negative, got -1`,
		`{{ printf "%99999d" 1 }}`:                          `t:1:3: executing "t" at <printf "%99999d" 1>: error calling printf: a width is more than 10000`,
		`{{ printf "%*d" 99999 1 }}`:                        `t:1:3: executing "t" at <printf "%*d" 99999 1>: error calling printf: a width is more than 10000`,
		`{{ regexMatch "(" "x" }}`:                          `t:1:3: executing "t" at <regexMatch "(" "x">: error calling regexMatch: bad regular expression: missing closing ): (`,
		`{{ regexFind "(x{900}){900}" "x" }}`:               `t:1:3: executing "t" at <regexFind "(x{900}){900}" "x">: error calling regexFind: bad regular expression: invalid repeat count: {900}`,
		`{{ getHostByName "h" }}`:                           `t:1:3: executing "t" at <getHostByName "h">: error calling getHostByName: names cannot be looked up here`,
		`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}`: `t:1:44: executing "t" at <$d>: a value is nested deeper than 200`,
		`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ toYaml $d }}`:        `t:1:44: executing "t" at <toYaml $d>: error calling toYaml: a value is nested deeper than 200`,
		`{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}`:   `t:1:19: executing "a" at <{{template "a"}}>: `,
		`{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`: "templates call each other deeper than 500",
		`{{ tpl .self . }}`:                              "templates call each other deeper than 500",
		strings.Repeat("{{ if 1 }}", 20_000):             "!t: 20000 blocks: at most 10000 are read",
		strings.Repeat("{{ if 1 }}{{else if 2}}", 8_000): "!t: 16000 blocks: at most 10000 are read",
	} {
		with := data()
		with["self"] = `{{ tpl .self . }}`
		_, err := Render(Config{Load: loader(files)}, "t", text, with)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.80s: error = %v, want an *Error", text, err)
			continue
		}
		got := e.Error()
		if e.Syntax {
			got = "!" + got
		}
		if got != want && !(strings.HasPrefix(want, "templates call") || strings.HasSuffix(want, ">: ")) || !strings.Contains(got, want) && !strings.Contains(got, "templates call each other") {
			t.Errorf("%.80s\n got %.300s\nwant %s", text, got, want)
		}
	}
}

func TestMissingKeyIsAnErrorWhenStrict(t *testing.T) {
	for text, want := range map[string]string{
		"{{ .none }}":     `t:1:3: executing "t" at <.none>: map has no entry for key "none"`,
		"{{ .map.none }}": `t:1:7: executing "t" at <.map.none>: map has no entry for key "none"`,
		"{{ include \"a\" . }}{{ define \"a\" }}{{ .b }}{{ end }}": `map has no entry for key "b"`,
		"{{ .null }}": "",
	} {
		_, err := Render(Config{Strict: true}, "t", text, data())
		if got := fmt.Sprint(err); !strings.HasSuffix(got, want) && (err != nil || want != "") {
			t.Errorf("%s: error = %s, want %s", text, got, want)
		}
	}
}

var errStop = errors.New("stop")

// What a template takes is asked for, whatever it does to take much.
func TestNothingTakesMoreThanIsGranted(t *testing.T) {
	twice := func(start, op string) string {
		return fmt.Sprintf(`{{ $x := %s }}{{ range 60 }}{{ $x = %s }}{{ end }}`, start, op)
	}
	for _, text := range []string{
		"{{ range 1000000000 }}{{ end }}", "{{ range until 3000 }}{{ range until 3000 }}{{ end }}{{ end }}",
		`{{ repeat 2000000000 "xxxx" | len }}`, `{{ until 100000000 | len }}`, `{{ untilStep 0 1000000000 1 }}`, `{{ seq 1000000000 }}`, `{{ untilStep 1000000000 0 -1 }}`, `{{ seq 0 -1 -1000000000 }}`,
		`{{ randAlphaNum 1000000000 }}`, `{{ randBytes 1000000000 }}`, `{{ indent 1000000000 "x" }}`, `{{ nindent 100000 (repeat 1000 "\n") }}`,
		twice(`"x"`, "print $x $x"), twice(`"x"`, `printf "%s%s" $x $x`), twice(`"x"`, "cat $x $x"), twice(`"x"`, `replace "x" "xx" $x`), twice(`list 1`, "concat $x $x"),
		twice(`"x"`, `list $x $x | join ""`), twice(`list 1`, "list $x $x") + "{{ $x }}", twice(`list 1`, "list $x $x") + "{{ toYaml $x }}", twice(`list 1`, "list $x $x") + "{{ toJson $x }}",
		twice(`"&"`, "html $x $x"), twice(`"x"`, `regexReplaceAll "x" $x "xx"`), twice(`"x"`, `regexReplaceAll "(.*)" $x "$1$1"`), twice(`"xy"`, `list $x $x | toString`),
		twice(`list 1`, "list $x $x") + "{{ deepCopy $x }}", twice(`dict "a" 1`, `dict "a" $x "b" $x`) + "{{ merge (dict) $x }}", twice(`"x"`, `quote $x $x`),
		`{{ wrapWith 1 (repeat 100000 "x") (repeat 1000 "a ") }}`, `{{ range until 30000 }}{{ repeat 100 "x" }}{{ end }}`, `{{ derivePassword 1 "long" "p" "u" "s" }}`,
		`{{ range until 60 }}{{ $.s | nindent 1000 }}{{ end }}`, `{{ range until 100000 }}{{ tpl "x" . }}{{ end }}`, `{{ define "a" }}{{ range until 10 }}{{ template "b" }}{{ end }}{{ end }}{{ define "b" }}{{ range until 100000 }}{{ end }}{{ end }}{{ template "a" }}`,
		`{{ expandenv (repeat 30000 "$A") }}`,
	} {
		left := 1 << 20
		_, err := Render(Config{Env: func(string) string { return strings.Repeat("v", 1000) }, Spend: func(steps, bytes int) error {
			if left -= steps + bytes; left < 0 || steps < 0 || bytes < 0 {
				return errStop
			}
			return nil
		}}, "t", text, map[string]any{"s": strings.Repeat("\n", 100)})
		if !errors.Is(err, errStop) {
			t.Errorf("%.100s: error = %v, want that of Spend", text, err)
		}
	}
}

func TestKeysAreGeneratedWhileThereIsTime(t *testing.T) {
	for _, text := range []string{
		`{{ genPrivateKey "rsa" }}`, `{{ bcrypt "x" }}`, `{{ htpasswd "u" "p" }}`, `{{ genCA "x" 1 }}`, `{{ genSelfSignedCert "x" nil nil 1 }}`, `{{ derivePassword 1 "long" "p" "u" "s" }}`,
	} {
		if _, err := Render(Config{Slow: func(float64) error { return errStop }}, "t", text, nil); !errors.Is(err, errStop) {
			t.Errorf("%s: error = %v, want that of Slow", text, err)
		}
	}
	got, err := Render(Config{}, "t", `{{ genPrivateKey "ecdsa" }}{{ bcrypt "x" }}`, nil)
	if err != nil || !strings.HasPrefix(got, "-----BEGIN EC PRIVATE KEY-----") || !strings.Contains(got, "$2a$10$") {
		t.Errorf("keys = %.60s, %v", got, err)
	}
}

// All of sprig is there, and what our wrappers give is what sprig gives.
func TestFunctionsOfSprigAreAllThere(t *testing.T) {
	s := &set{}
	ours := s.newFunctions().names
	for name := range sprig.GenericFuncMap() {
		if ours[name] == nil {
			t.Errorf("the function %s of sprig is missing", name)
		}
	}
	for _, text := range []string{
		`{{ "hello world" | title | nospace | lower | snakecase }} {{ "aB" | swapcase }} {{ abbrev 5 "hello world" }} {{ trimSuffix "-" "a-" }} {{ plural "one" "many" 2 }}`,
		`{{ add 1 2 3 }} {{ mul 2 3 }} {{ max 1 5 2 }} {{ floor 1.7 }} {{ round 1.234 2 }} {{ addf 1.5 2 }} {{ atoi "5" }} {{ toDecimal "0777" }} {{ biggest 1 2 }}`,
		`{{ list 1 2 3 | first }} {{ list 1 2 3 | rest }} {{ append (list 1) 2 }} {{ uniq (list 1 1 2) }} {{ has 1 (list 1) }} {{ without (list 1 2) 1 }} {{ slice (list 1 2 3) 1 2 }} {{ chunk 2 (list 1 2 3) }} {{ concat (list 1) (list 2) }}`,
		`{{ $d := dict "a" 1 "b" 2 }}{{ get $d "a" }} {{ hasKey $d "c" }} {{ keys $d | sortAlpha }} {{ pick $d "a" }} {{ omit $d "a" }} {{ merge (dict "c" 3) $d }} {{ dig "a" 0 $d }} {{ values (dict "k" "v") }}`,
		`{{ ternary 1 2 true }} {{ kindOf 1 }} {{ typeOf "x" }} {{ kindIs "int" 1 }} {{ deepEqual (list 1) (list 1) }} {{ toStrings (list 1 "a") }} {{ quote 1 "a" }} {{ squote "b" }} {{ cat "a" 1 }}`,
		`{{ b64enc "x" | b64dec }} {{ b32enc "x" }} {{ sha1sum "x" }} {{ adler32sum "x" }} {{ base "/a/b.c" }} {{ ext "b.c" }} {{ osBase "/x/y" }} {{ urlParse "http://h/p?q=1" }} {{ urlJoin (dict "scheme" "http" "host" "h") }}`,
		`{{ duration "95" }} {{ durationRound "2h10m" }} {{ date "2006" 0 | len }} {{ wrap 5 "aaa bbb" }} {{ indent 2 "a\nb" }} {{ substr 0 2 "abc" }} {{ trunc -2 "abc" }} {{ splitList "," "a,b" }} {{ (split "," "a,b")._1 }} {{ initials "a b" }}`,
		`{{ toPrettyJson (dict "a" 1) }} {{ toRawJson "<" }} {{ mustToJson "<" }} {{ (mustFromJson "[1]") }} {{ any 0 1 }} {{ all 0 1 }} {{ compact (list 0 1) }} {{ seq 3 }} {{ ago now }} {{ semverCompare "^1" "1.5.0" }}`,
	} {
		var want strings.Builder
		if err := template.Must(template.New("t").Funcs(sprig.TxtFuncMap()).Parse(text)).Execute(&want, nil); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, err := Render(Config{}, "t", text, nil); err != nil || got != want.String() {
			t.Errorf("%s\n got %s, %v\nwant %s", text, got, err, want.String())
		}
	}
}

func TestEnvironmentOfTheProcessIsNotReached(t *testing.T) {
	t.Setenv("ASSAY_CANARY", "canary")
	if got, err := Render(Config{}, "t", `[{{ env "ASSAY_CANARY" }}{{ expandenv "$ASSAY_CANARY" }}]`, nil); got != "[]" || err != nil {
		t.Errorf("got %s, %v, want nothing", got, err)
	}
}

func BenchmarkRender(b *testing.B) {
	for b.Loop() {
		if _, err := Render(Config{}, "t", "Hello {{ .name | upper }}{{ range .list }} {{ . }}{{ end }}", data()); err != nil {
			b.Fatal(err)
		}
	}
}
