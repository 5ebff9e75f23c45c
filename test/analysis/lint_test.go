package analysis

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/document"
	"assay.rs/analysis/rules"
	"assay.rs/analysis/types"
	"assay.rs/core/spec"
	"assay.rs/stdlib/catalog"
)

// library is all that scripts of assay can use.
func library(t *testing.T) *types.Library {
	t.Helper()
	modules, err := catalog.Modules()
	if err != nil {
		t.Fatal(err)
	}
	l := types.NewLibrary(modules)
	if l.Checks, err = checkfile.ReadSchema(catalog.Schema()); err != nil {
		t.Fatal(err)
	}
	return l
}

// intended are the mistakes in files of the repository that are there on purpose, and the globals that Go tests
// give to their scripts.
func intended(path string, f rules.Finding) bool {
	given := regexp.MustCompile(`^global '(URL|SECURE|DIR|DB|ask|shapes|wrk|f|vim)' is not defined`)
	switch {
	case f.Code == "undefined-global" && given.MatchString(f.Message):
		return strings.Contains(path, "testdata/") || strings.HasPrefix(path, "test/bench/db/") || strings.HasPrefix(path, "test/compat/")
	case strings.HasPrefix(path, "core/syntax/testdata/"), strings.HasPrefix(path, "check/testdata/mean/"):
		return true
	case strings.HasPrefix(path, "cmd/assay/testdata/stdlib/"): // pieces that are given the module
		return f.Code == "undefined-field" || f.Code == "undefined-global"
	case path == "core/compile/testdata/newest.lua":
		return strings.HasPrefix(f.Message, "global 'undefined'")
	case f.Code == "promql":
		return path == "test/e2e/failing.yaml"
	case f.Code == "unused-local":
		return strings.HasPrefix(path, "test/e2e/testdata/") || path == "tool/mock/testdata/clock.lua"
	}
	return false
}

// Nothing of the repository is reported that is not wrong.
func TestNoFalseAlarmInTheRepository(t *testing.T) {
	l := library(t)
	names, err := document.Find([]string{"../.."})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 100 {
		t.Fatalf("found %d files, want the whole repository's", len(names))
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		path, _ := filepath.Rel("../..", name)
		d := document.Open(name, string(text))
		for _, f := range rules.Check(d, l, nil) {
			if !intended(filepath.ToSlash(path), f) {
				t.Errorf("%s:%s: %s [%s]", path, d.Position(f.Start), f.Message, f.Code)
			}
		}
	}
}

// The examples of the declarations are what users copy.
func TestNoFalseAlarmInExamples(t *testing.T) {
	l := library(t)
	modules, err := catalog.Modules()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range spec.Entries(modules) {
		if e.Func == nil {
			continue
		}
		for _, example := range e.Func.Examples {
			seen++
			if e.Module.Require != "" { // the example is of one who has it
				example = fmt.Sprintf("local %s = require(%q) %s", e.Module.Name, e.Module.Require, example)
			}
			d := document.Open("example.lua", example)
			for _, f := range rules.Check(d, l, nil) {
				object := f.Code == "undefined-global" && e.Module.Require != "" // such as url and pg
				if f.Code != "unused-local" && !given(f) && !object {
					t.Errorf("example of %s:\n%s\n%s: %s [%s]", e.Name, example, d.Position(f.Start), f.Message, f.Code)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("saw %d examples, want more", seen)
	}
}

// given tells of the names in capitals that samples are given, such as URL.
func given(f rules.Finding) bool {
	return f.Code == "undefined-global" && regexp.MustCompile(`^global '[A-Z_]+' is not defined`).MatchString(f.Message)
}

var fence = regexp.MustCompile("(?ms)^ *```(lua|yaml)\n(.*?)^ *```")

func TestNoFalseAlarmInTheDocumentation(t *testing.T) {
	l := library(t)
	pages, err := filepath.Glob("../../docs/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	guides, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(append(pages, guides...), "../../README.md") {
		if strings.Contains(page, "docs/reference") {
			continue // these are the examples of the declarations
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
			d := document.Open("sample."+block[1], block[2])
			for _, f := range rules.Check(d, l, nil) {
				// A piece uses what a piece before it has declared.
				if f.Code != "unused-local" && f.Code != "undefined-global" && f.Code != "syntax" {
					t.Errorf("%s:\n%s\n%s: %s [%s]", page, block[2], d.Position(f.Start), f.Message, f.Code)
				}
			}
		}
	}
}

// findings are those of a script of a check, or of a script, one a line.
func findings(t *testing.T, l *types.Library, name, text string) []string {
	t.Helper()
	d := document.Open(name, text)
	var list []string
	for _, f := range rules.Check(d, l, nil) {
		list = append(list, fmt.Sprintf("%s %s %s", d.Position(f.Start), f.Code, f.Message))
	}
	return list
}

func TestFindings(t *testing.T) {
	l := library(t)
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"undefined global", "print(htp)", []string{"1:7 undefined-global global 'htp' is not defined; did you mean 'http'?"}},
		{"a local of the same name that is out of reach", "do local vim = 1 print(vim) end print(vim)", []string{"1:39 undefined-global global 'vim' is not defined"}},
		{"an error without a message", "error()", nil},
		{"a global that is asked for", "if foo then print(1) end", nil},
		{"a global of the text", "x = 1 print(x)", nil},
		{"a name of another Lua", "setfenv(1, {})", []string{"1:1 undefined-global global 'setfenv' is not defined; use load(text, name, mode, env) for an environment of its own"}},
		{"the table of globals", "_G.x = 1 print(x)", nil},
		{"unused local", "local a, _b = 1", []string{"1:7 unused-local local 'a' is never read"}},
		{"a place holder", "local a, b = 1, 2 print(b)", nil},
		{"field", "http.gett('http://x')", []string{"1:6 undefined-field 'http' has no 'gett'; did you mean 'http.get'?"}},
		{"a field that the text adds", "string.foo = print string.foo()", nil},
		{"a field that is asked for", "if http.foo then http.foo() end", nil},
		{"a field that is shadowed", "local http = {} http.gett()", nil},
		{"method of an answer", "local r = http.get('http://x') r:jsn()", []string{"1:34 undefined-field 'http.Response' has no 'jsn'; did you mean 'json'?"}},
		{"property of an answer", "print(http.get('http://x').stauts)", []string{"1:28 undefined-field 'http.Response' has no 'stauts'; did you mean 'status'?"}},
		{"method of a text", "print(('x'):uper())", []string{"1:13 undefined-field 'string' has no 'uper'; did you mean 'upper'?"}},
		{"a field of a request", "http.serve(0, {GET = {['/'] = function(req) return req.pth end}})", []string{"1:56 undefined-field 'http.ServerRequest' has no 'pth'; did you mean 'path'?"}},
		{"a field of a module in Lua", "require('assay.prometheus').quer()", []string{"1:29 undefined-field 'assay.prometheus' has no 'quer'; did you mean 'query'?"}},
		{"a variable that changes", "local r = http.get('http://x') r = {} r.foo()", nil},
		{"option", "http.get('http://x', {time_out = 1})", []string{"1:23 unknown-option unknown option 'time_out': did you mean 'timeout'?"}},
		{"option in an option", "http.get('http://x', {retry = {atempts = 1}})", []string{"1:32 unknown-option unknown option 'atempts': did you mean 'attempts'?"}},
		{"option as a key", "http.get('http://x', {['time_out'] = 1})", []string{"1:24 unknown-option unknown option 'time_out': did you mean 'timeout'?"}},
		{"headers are free", "http.get('http://x', {headers = {foo = 'bar'}})", nil},
		{"bodies are free", "http.post('http://x', {foo = 'bar'})", nil},
		{"missing", "regex.match('x')", []string{"1:1 missing-parameter regex.match takes 2 arguments, got 1: 'pattern' is missing"}},
		{"arguments that spread", "local function f() return 1, 2 end regex.match(f())", nil},
		{"redundant", "sleep(1, 2)", []string{"1:10 redundant-parameter sleep takes 1 argument, got 2"}},
		{"redundant, of a local function", "local function f(a) return a end f(1, 2)", []string{"1:39 redundant-parameter f takes 1 argument, got 2"}},
		{"duration", "sleep('5 seconds')", []string{"1:7 literal bad duration \"5 seconds\": write it like \"500ms\", \"1m30s\" or \"2d\""}},
		{"durations", "sleep('1m30s') sleep('2d') sleep(0.5)", nil},
		{"regular expression", "regex.match('x', '(')", []string{"1:18 literal bad regular expression: missing closing ): `(`"}},
		{"URL", "http.get('example.com/x')", []string{"1:10 literal bad URL \"example.com/x\": it begins with http:// or https://"}},
		{"accidental global", "local function f() n = 1 return n end f()", []string{"1:20 accidental-global 'n' becomes a global; declare it with 'local'"}},
		{"a global on purpose", "n = 0 local function f() n = n + 1 end f()", nil},
		{"ignored result", "local s = 'x' s:upper()", []string{"1:15 ignored-result string.upper does nothing but give its result, which is ignored"}},
		{"deprecated", "print(table.getn({}))", []string{"1:7 deprecated table.getn is deprecated: use the operator #"}},
		{"deprecated, of the script", "--- Adds.\n---@deprecated use plus; it goes with 2.0\nlocal function add(a) return a end\nprint(add(1))", []string{"4:7 deprecated add is deprecated: use plus; it goes with 2.0"}},
		{"what is expected to raise", "pcall(function() http.gett() end) assert.raises(function() foo() end)", nil},
		{"silenced on the line", "print(htp) -- assay: ignore undefined-global", nil},
		{"silenced above", "-- assay: ignore\nprint(htp)", nil},
		{"silenced with another code", "print(htp) -- assay: ignore unused-local", []string{"1:7 undefined-global global 'htp' is not defined; did you mean 'http'?"}},
		{"silenced as elsewhere", "---@diagnostic disable-next-line: undefined-global\nprint(htp)", nil},
		{"silenced from here", "---@diagnostic disable: undefined-global\nprint(htp)\nprint(htp)", nil},
		{"syntax", "local = 1", []string{"1:6 syntax expected a name after 'local', got '='"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := findings(t, l, "x.lua", tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("findings of %s\n got %q\nwant %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	l := library(t)
	for _, tt := range []struct{ name, text, want string }{
		{"a table", "db.query(1, 'x')", "5:15 sandbox-level db exists in scripts only; a check of type script gets it with permissions: [db]"},
		{"a function", "env.set('A', 'b')", "5:15 sandbox-level env.set exists in scripts only; a check of type script gets it with permissions: [env.set]"},
		{"what has another remedy", "os.exit(1)", "5:15 sandbox-level os.exit exists in scripts only; the verdict is the check's: return ends its script, and error(...) or an assertion fails it"},
		{"what checks have", "http.get('http://x')", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := "checks:\n  - name: a\n    type: script\n    PERM\n    script: " + tt.text + "\n"
			got := strings.Join(findings(t, l, "checks.yaml", strings.Replace(text, "PERM", "tags: [a]", 1)), "\n")
			if want := strings.Replace(tt.want, "5:15", "5:13", 1); got != want {
				t.Errorf("findings = %q, want %q", got, want)
			}
			permission := "permissions: [db, env.set, os]"
			if got := findings(t, l, "checks.yaml", strings.Replace(text, "PERM", permission, 1)); len(got) != 0 {
				t.Errorf("findings with %s = %q, want none", permission, got)
			}
			if got := findings(t, l, "x.lua", tt.text); len(got) != 0 {
				t.Errorf("findings in a script = %q, want none", got)
			}
		})
	}
}

func TestCheckFiles(t *testing.T) {
	l := library(t)
	const head = "checks:\n- name: a\n  type: http\n  url: http://x\n"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"a key of a check", head + "  timout: 5s\n", []string{"5:3 unknown-key unknown key 'timout'; did you mean 'timeout'?"}},
		{"a key of another type", head + "  query: {a: b}\n  script: return\n", []string{"6:3 unknown-key unknown key 'script'"}},
		{"a key at the top", "timout: 5s\n" + head, []string{"1:1 unknown-key unknown key 'timout'; did you mean 'timeout'?"}},
		{"a key in braces", head + "  expect: { stats: 200 }\n", []string{"5:13 unknown-key unknown key 'stats'; did you mean 'status'?"}},
		{"a key of defaults", "defaults:\n  http:\n    hedaers: {}\n" + head, []string{"3:5 unknown-key unknown key 'hedaers'; did you mean 'headers'?"}},
		{"a duration", head + "  timeout: 5 seconds\n", []string{`5:12 wrong-type 'timeout' cannot be "5 seconds", such as 120s`}},
		{"a number", head + "  retries: many\n", []string{`5:12 wrong-type 'retries' cannot be "many": it is an integer, such as 3`}},
		{"a list for a text", head + "  method: [GET]\n", []string{`5:11 wrong-type 'method' cannot be a list: it is GET or HEAD or POST or PUT or PATCH or DELETE or OPTIONS, such as POST`}},
		{"a text for a map", head + "  retry: often\n", []string{`5:10 wrong-type 'retry' cannot be a text: it is a map`}},
		{"a type", "checks:\n- {name: a, type: http, url: http://x}\n- name: b\n  type: htpp\n", []string{"4:9 wrong-type unknown type 'htpp'; did you mean 'http'?"}},
		{"a key that is missing", "checks:\n- name: a\n  type: http\n", []string{"3:3 missing-key a check of type http needs 'url'"}},
		{"needs", head + "- {name: b, type: http, url: http://y, needs: [a, aa, c]}\n", []string{"5:55 unknown-check no check has the name 'c'"}},
		{"needs in lines", head + "- name: beta\n  type: http\n  url: http://y\n  needs:\n    - a\n    - 'beto' # who?\n", []string{"10:7 unknown-check no check has the name 'beto'; did you mean 'beta'?"}},
		{"captures", head + "  capture: {token: .token}\n- name: b\n  type: http\n  url: http://y/${captures.tokn}\n  # ${captures.no}\n", []string{"8:28 unknown-capture no check captures 'tokn'; did you mean 'token'?"}},
		{"captures in jq", head + "  if: $captures.tokn == 1\n", []string{"5:17 unknown-capture no check captures 'tokn'"}},
		{"jq", head + "  expect:\n    json: .items | length >\n", []string{"6:28 jq jq: expected a value, got the end"}},
		{"jq in a list", head + "  expect:\n    json:\n      - .a == 1\n      - '.b[ == 2'\n", []string{"8:14 jq jq: expected a value, got '='"}},
		{"jq in lines", head + "  expect:\n    json: |\n      .a\n      | .b)\n", []string{"8:11 jq jq: expected an operator or the end, got ')'"}},
		{"jq with a placeholder", "vars: {x: 1}\n" + head + "  expect: {json: '.a == ${x} and .b == \"${x}\"'}\n", nil},
		{"PromQL", "checks:\n- name: a\n  type: prometheus\n  url: http://x\n  query: sum(rate(up[5mm]))\n", []string{"5:22 promql PromQL: '5mm' is no duration such as 5m"}},
		{"a secret", head + "  auth: {bearer: kX82jQm4vTz19LpW}\n", []string{"5:18 secret-literal a secret stands in the file: read it from the environment or a file, and give the old one up"}},
		{"no secret", head + "  auth: {bearer: '${secrets.token}'}\n", nil},
		{"silenced", head + "  timout: 5s # assay: ignore unknown-key\n  # assay: ignore\n  retires: 3\n", nil},
		{"a file that includes", "include: [other.yaml]\n" + head + "  needs: [theirs]\n", nil},
		{"not ours", "checks:\n- name: a\n  type: lint\n  nothing: ours\n", nil},
		{"a manifest", "kind: List\n" + head + "  no: 1\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, end := range []string{"\n", "\r\n"} {
				if got := findings(t, l, "checks.yaml", strings.ReplaceAll(tt.text, "\n", end)); !slices.Equal(got, tt.want) {
					t.Errorf("findings of\n%s\n got %q\nwant %q", tt.text, got, tt.want)
				}
			}
		})
	}
}

func TestSecrets(t *testing.T) {
	l := library(t)
	for text, want := range map[string]bool{
		`http.get("http://x", {headers = {Authorization = "Bearer 8f3kQ91xZpLm04Tv"}})`: true,
		`local api_key = "Zk81jPq03LxVnM52"`:                                            true,
		`print("AKIAQ3EGR7TZW5LMN2PB")`:                                                 true,
		`local cfg = {} cfg.db_password = "tR7#kL92!mQx04" print(cfg)`:                  true,
		`print("AKIAIOSFODNN7EXAMPLE")`:                                                 false,
		`local password = "correct horse battery staple"`:                               false,
		`local token = env.get("API_TOKEN_2")`:                                          false,
		`local token = "your-token-123456"`:                                             false,
		`local token_file = "/var/run/x1/y2/z3"`:                                        false,
		`local token = "kubernetes.io"`:                                                 false,
		`local digest = "9f86d081884c7d659a2feaa0c55ad015"`:                             false,
	} {
		got := slices.ContainsFunc(findings(t, l, "x.lua", text), func(f string) bool { return strings.Contains(f, "secret-literal") })
		if got != want {
			t.Errorf("%s: a secret: %v, want %v", text, got, want)
		}
	}
}

func TestFixes(t *testing.T) {
	l := library(t)
	for _, tt := range []struct{ text, want string }{
		{"http.gett('http://x', {time_out = 1})", "http.get('http://x', {timeout = 1})"},
		{"local function f()\n  n = 1\n  return n\nend\nf()", "local function f()\n  local n = 1\n  return n\nend\nf()"},
		{"local unused = 1", "local unused = 1"},
	} {
		got := tt.text
		for n := 1; n > 0; { // what one fix makes known may show the next mistake
			got, n = rules.Fixed(got, rules.Check(document.Open("x.lua", got), l, nil))
		}
		if got != tt.want {
			t.Errorf("Fixed(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
