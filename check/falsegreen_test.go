package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each of these files is wrong. None may run, and each must say where and why.
func TestNeverAFalseGreenFromAFile(t *testing.T) {
	one := "checks:\n  - {name: a, type: http, url: 'http://h/'"
	for name, c := range map[string]struct{ file, want string }{
		"unknown key":                      {"chekcs: []\nchecks:\n  - {name: a, type: http, url: 'http://h/'}\n", "1:1: unknown key 'chekcs' in the file: did you mean 'checks'?"},
		"unknown key of a check":           {one + ", expct: {status: 200}}\n", "2:45: unknown key 'expct' in check 'a': did you mean 'expect'?"},
		"misspelt expect key":              {one + ", expect: {stauts: 200}}\n", "unknown key 'stauts' in 'expect': did you mean 'status'?"},
		"empty checks":                     {"checks: []\n", "1:9: 'checks' is empty"},
		"checks without value":             {"checks:\n", "'checks' has no value"},
		"no checks":                        {"name: x\n", "1:1: the file has no 'checks'"},
		"empty file":                       {"", "the file is empty"},
		"only comments":                    {"# checks: []\n", "the file is empty"},
		"null":                             {"null\n", "must be a map, not null"},
		"a list":                           {"- a\n", "must be a map, not a list"},
		"duplicate keys":                   {"checks: [{name: a, type: http, url: 'http://h/'}]\nchecks: []\n", `2:1: duplicate key "checks"`},
		"duplicate keys in a check":        {one + ", url: 'http://i/'}\n", `duplicate key "url"`},
		"two documents":                    {one + "}\n---\n" + one + "}\n", "4:1: a second document"},
		"a tab that indents":               {"checks:\n\t- name: a\n", "2:1: a tab indents this line: use spaces"},
		"a tag":                            {"checks:\n  - {name: !Ref a, type: http, url: 'http://h/'}\n", "2:12: unknown tag !Ref: remove it"},
		"an unknown anchor":                {"checks:\n  - *a\n", "2:5: unknown anchor 'a' referenced"},
		"broken YAML":                      {"checks: [\n", "checks.yaml:"},
		"not UTF-8":                        {"name: \xff\n", "1:7: not UTF-8 text"},
		"no type":                          {"checks:\n  - {name: a, url: 'http://h/'}\n", "2:5: check 'a' has no 'type'"},
		"no name":                          {"checks:\n  - {type: http, url: 'http://h/'}\n", "2:5: check 1 has no 'name'"},
		"no url":                           {"checks:\n  - {name: a, type: http}\n", "check 'a' has no 'url'"},
		"url without value":                {"checks:\n  - name: a\n    type: http\n    url:\n", "'url' has no value"},
		"url without scheme":               {"checks:\n  - {name: a, type: http, url: 'localhost:80/x'}\n", "must begin with http:// or https://"},
		"url without host":                 {"checks:\n  - {name: a, type: http, url: 'http:///x'}\n", "has no host"},
		"no query":                         {"checks:\n  - {name: a, type: prometheus, url: 'http://h/'}\n", "has no 'query'"},
		"empty query":                      {"checks:\n  - {name: a, type: prometheus, url: 'http://h/', query: ' '}\n", "the query is empty"},
		"no file":                          {"checks:\n  - {name: a, type: script}\n", "has no 'file' and no 'script'"},
		"missing file":                     {"checks:\n  - {name: a, type: script, file: gone.lua}\n", "script gone.lua: no such file or directory"},
		"file and script":                  {"checks:\n  - {name: a, type: script, file: a.lua, script: 'x()'}\n", "give one of them"},
		"empty script":                     {"checks:\n  - {name: a, type: script, script: '  '}\n", "must not be empty"},
		"script with a syntax error":       {"checks:\n  - name: a\n    type: script\n    script: |\n      local x\n      x = = 1\n", "checks.yaml:6:11: "},
		"unknown permission":               {"checks:\n  - {name: a, type: script, script: 'x()', permissions: [wings]}\n", "permission 'wings': this binary has no such"},
		"duplicate names":                  {one + "}\n  - {name: a, type: http, url: 'http://h/'}\n", "3:5: the name 'a' is taken by the check at line 2"},
		"a name that is no string":         {"checks:\n  - {name: 1, type: http, url: 'http://h/'}\n", "must be a string, not the number 1"},
		"unknown type":                     {"checks:\n  - {name: a, type: htp, url: 'http://h/'}\n", "unknown type 'htp' in check 'a': did you mean 'http'?"},
		"type of another binary":           {"checks:\n  - {name: a, type: sql, url: x}\n", "unknown type 'sql' in check 'a': the full assay binary has it"},
		"a WebSocket over http":            {"checks:\n  - {name: a, type: ws, url: 'http://h/'}\n", "must begin with ws:// or wss://"},
		"include":                          {"include: [x]\n" + one + "}\n", "include 'x': no file"},
		"fixtures":                         {"fixtures: [x]\n" + one + "}\n", "'fixtures':"},
		"schema file missing":              {one + ", expect: {schema: {file: x}}}\n", "schema x: no such file"},
		"schema that says nothing":         {one + ", expect: {schema: {title: x}}}\n", "the schema holds for everything: it says nothing"},
		"schema empty":                     {one + ", expect: {schema: {}}}\n", "the schema holds for everything: it says nothing"},
		"schema misspelt":                  {one + ", expect: {schema: {requird: [a]}}}\n", "checks.yaml#/requird: unknown keyword: did you mean 'required'?"},
		"schema of an older draft":         {one + ", expect: {schema: {items: [{type: string}]}}}\n", "is of an older draft: use 'prefixItems'"},
		"schema from the network":          {one + ", expect: {schema: {$ref: 'https://example.com/a.json'}}}\n", "nothing is fetched: only files beside the schema are read"},
		"schema of another folder":         {one + ", expect: {schema: {$ref: '../a.json'}}}\n", "only files beside the schema, or in folders there, are read"},
		"schema true":                      {one + ", expect: {schema: true}}\n", "must be {file: ...} or a JSON Schema, not the boolean true"},
		"schema and HEAD":                  {one + ", method: HEAD, expect: {schema: {type: object}}}\n", "the answer to HEAD has no body to judge"},
		"schema and error":                 {one + ", expect: {error: connect, schema: {type: object}}}\n", "leave out the other expectations"},
		"expect.tls without TLS":           {one + ", expect: {tls: {expires_in: '>1d'}}}\n", "the URL is http://"},
		"expect without value":             {"checks:\n  - name: a\n    type: http\n    url: http://h/\n    expect:\n", "'expect' has no value"},
		"status in quotes":                 {one + ", expect: {status: '200'}}\n", "write 200 without quotes"},
		"status true":                      {one + ", expect: {status: true}}\n", "not the boolean true"},
		"status of no server":              {one + ", expect: {status: 2000}}\n", "2000 is not an HTTP status"},
		"status list without entries":      {one + ", expect: {status: []}}\n", "is empty"},
		"status class misspelt":            {one + ", expect: {status: 2xxx}}\n", `must be 200, [200, 204], "2xx", ">=200 <300" or any`},
		"body null":                        {one + ", expect: {body: null}}\n", "'body' has no value"},
		"body contains nothing":            {one + ", expect: {body: ''}}\n", "every text contains it"},
		"body without conditions":          {one + ", expect: {body: {}}}\n", "asserts nothing"},
		"body condition misspelt":          {one + ", expect: {body: {contain: x}}}\n", "did you mean 'contains'?"},
		"body contains a list of none":     {one + ", expect: {body: {contains: []}}}\n", "must not be empty"},
		"bad regular expression":           {one + ", expect: {body: {matches: '('}}}\n", "invalid regular expression"},
		"json list of none":                {one + ", expect: {json: []}}\n", "must not be empty"},
		"json true":                        {one + ", expect: {json: true}}\n", "must be a jq expression"},
		"bad jq":                           {one + ", expect: {json: '.a =='}}\n", "invalid jq: the expression ends too early"},
		"jq with an unknown function":      {one + ", expect: {json: 'foo(1)'}}\n", "function not defined: foo/1"},
		"headers of none":                  {one + ", expect: {headers: {}}}\n", "not empty"},
		"latency without sign":             {one + ", expect: {latency: 5s}}\n", "did you mean '<5s'?"},
		"body without method":              {one + ", body: x}\n", "a body needs a method"},
		"HEAD with a body to judge":        {one + ", method: HEAD, expect: {body: {not_contains: x}}}\n", "HEAD has no body"},
		"method misspelt":                  {one + ", method: get}\n", "did you mean 'GET'?"},
		"retries negative":                 {"retries: -1\n" + one + "}\n", "1:10: must be between 0 and"},
		"retries a string":                 {"retries: '3'\n" + one + "}\n", "must be a whole number"},
		"retries a fraction":               {"retries: 1.5\n" + one + "}\n", "must be a whole number"},
		"timeout without unit":             {"timeout: 120\n" + one + "}\n", "did you mean '120s'?"},
		"timeout zero":                     {"timeout: 0s\n" + one + "}\n", "must be longer than zero"},
		"timeout negative":                 {"timeout: -5s\n" + one + "}\n", "must be longer than zero"},
		"backoff misspelt":                 {"backof: 1s\n" + one + "}\n", "did you mean 'backoff'?"},
		"parallel zero":                    {"parallel: 0\n" + one + "}\n", "must be true, false or a number"},
		"parallel yes":                     {"parallel: yes\n" + one + "}\n", `not the string "yes"`},
		"severity misspelt":                {one + ", severity: wran}\n", "did you mean 'warn'?"},
		"retry.on misspelt":                {one + ", retry: {on: [conect]}}\n", "did you mean 'connect'?"},
		"successes beyond attempts":        {one + ", retries: 1, retry: {successes: 3}}\n", "successes"},
		"retries said twice":               {one + ", retries: 1, retry: {attempts: 3}}\n", "say the same"},
		"min above max":                    {"checks:\n  - {name: a, type: prometheus, url: 'http://h/', query: up, expect: {min: 2, max: 1}}\n", "nothing could pass"},
		"min a word":                       {"checks:\n  - {name: a, type: prometheus, url: 'http://h/', query: up, expect: {min: one}}\n", "must be a number"},
		"min NaN":                          {"checks:\n  - {name: a, type: prometheus, url: 'http://h/', query: up, expect: {min: .nan}}\n", "must be a finite number"},
		"status for prometheus":            {"checks:\n  - {name: a, type: prometheus, url: 'http://h/', query: up, expect: {status: 200}}\n", "unknown key 'status'"},
		"warn without bounds":              {"checks:\n  - {name: a, type: prometheus, url: 'http://h/', query: up, expect: {warn: {}}}\n", "'warn' needs min or max"},
		"needs nobody":                     {one + ", needs: [b]}\n", "no check is called 'b'"},
		"needs in a circle":                {one + ", needs: [b]}\n  - {name: b, type: http, url: 'http://h/', needs: [a]}\n", "a -> b -> a"},
		"needs itself":                     {one + ", needs: [a]}\n", "a -> a"},
		"unknown variable":                 {"checks:\n  - {name: a, type: http, url: 'http://${HSOT}/'}\nvars: {HOST: x}\n", "${HSOT}: no var and no environment variable has this name: did you mean 'HOST'?"},
		"unknown secret":                   {one + ", headers: {A: '${secrets.x}'}}\n", "${secrets.x}: no var"},
		"unclosed variable":                {"checks:\n  - {name: a, type: http, url: 'http://${x/'}\n", "without '}'"},
		"required variable":                {"checks:\n  - {name: a, type: http, url: 'http://${X:?must be given}/'}\n", "${X}: must be given"},
		"empty required variable":          {"vars: {X: ''}\nchecks:\n  - {name: a, type: http, url: 'http://${X:?must be given}/'}\n", "${X}: must be given"},
		"unknown capture":                  {one + ", headers: {A: '${captures.x}'}}\n", "no check captures this"},
		"unknown capture in jq":            {one + ", expect: {json: '.v == $captures.x'}}\n", "no check captures this"},
		"capture of oneself":               {one + ", headers: {A: '${captures.x}'}, capture: {x: .x}}\n", "cannot use what it captures itself"},
		"captures as a whole":              {one + ", expect: {json: '$captures | length == 0'}}\n", "write $captures.name: which one is meant"},
		"secret without source":            {"secrets: {x: {}}\n" + one + "}\n", "needs one of from_file and from_env"},
		"secret that is not set":           {"secrets: {x: {from_env: NOPE}}\n" + one + "}\n", "NOPE is not set"},
		"secret file missing":              {"secrets: {x: {from_file: nope}}\n" + one + "}\n", "no such file"},
		"defaults misspelt":                {"defaults: {retris: 3}\n" + one + "}\n", "did you mean 'retries'?"},
		"defaults of a type misspelt":      {"defaults: {http: {heders: {}}}\n" + one + "}\n", "unknown key 'heders' in 'defaults.http': did you mean 'headers'?"},
		"expectation of an empty variable": {"vars: {X: ''}\n" + one + ", expect: {body: '${X}'}}\n", "every text contains it"},
		"foreach of none":                  {one + ", foreach: []}\n", "not empty"},
		"a check that is a string":         {"checks: [a]\n", "check 1 must be a map"},
		"header with a line break":         {one + ", headers: {\"A\\nB\": x}}\n", "is not the name of a header"},
		"range step too long":              {"checks:\n  - {name: a, type: prometheus, url: 'http://h/', query: up, range: {last: 1m, step: 5m}}\n", "is longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			list := b.problems(c.file)
			var all []string
			for _, p := range list {
				all = append(all, p.Location+": "+p.Message)
			}
			if got := strings.Join(all, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("problems:\n%s\nwant one with:\n%s", got, c.want)
			}
			_, err := Load(filepath.Join(b.dir, "checks.yaml"), b.options)
			var wrong *ConfigError
			if !errors.As(err, &wrong) {
				t.Fatal(err)
			}
			doc := document(t, wrong.Report())
			if doc["passed"] != false || doc["outcome"] != "error" || doc["exit_code"] != 2.0 || len(doc["checks"].([]any)) != 0 {
				t.Errorf("document = %v, want an error with exit code 2 and no checks", doc)
			}
		})
	}
}

// Each of these checks is valid and measures something that is not right. None may pass.
func TestNeverAFalseGreenFromAServer(t *testing.T) {
	truncated := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"ok": true}`)
	}
	login := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/login" {
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "please log in")
	}
	endless := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Path+"x")
		w.WriteHeader(http.StatusFound)
	}
	closed := httptest.NewServer(answer(200, "ok"))
	closed.Close()
	for name, c := range map[string]struct {
		handler       http.HandlerFunc
		check         string
		status, class string
		message       string
	}{
		"500 with a matching body":          {answer(500, "ok"), "expect: {body: ok}", "failed", "assert", "status is 2xx (got 500)"},
		"500 with an empty expect":          {answer(500, "ok"), "expect: {}", "failed", "assert", "status is 2xx (got 500)"},
		"500 without expect":                {answer(500, "ok"), "", "failed", "assert", "status is 2xx (got 500)"},
		"304 is not 2xx":                    {answer(304, ""), "", "failed", "assert", "status is 2xx (got 304)"},
		"404 against 200":                   {answer(404, "ok"), "expect: {status: 200}", "failed", "assert", "status == 200 (got 404)"},
		"201 against 200":                   {answer(201, "ok"), "expect: {status: 200}", "failed", "assert", "status == 200 (got 201)"},
		"201 against a list":                {answer(201, "ok"), "expect: {status: [200, 204]}", "failed", "assert", "status in [200, 204] (got 201)"},
		"300 against a range":               {answer(300, "ok"), "expect: {status: '>=200 <300'}", "failed", "assert", "status >=200 <300 (got 300)"},
		"any status, wrong body":            {answer(500, "no"), "expect: {status: any, body: ok}", "failed", "assert", `body contains "ok" (got "no")`},
		"json null":                         {answer(200, `{}`), "expect: {json: .missing}", "failed", "assert", "json .missing (got null)"},
		"json 1":                            {answer(200, `{"v":1}`), "expect: {json: .v}", "failed", "assert", "json .v (got 1)"},
		`json "true"`:                       {answer(200, `{"v":"true"}`), "expect: {json: .v}", "failed", "assert", `json .v (got "true")`},
		"json a list of true":               {answer(200, `{"v":[true]}`), "expect: {json: .v}", "failed", "assert", "json .v (got [true])"},
		"json false last":                   {answer(200, `{"v":1}`), "expect: {json: '(.v == 1, .v == 2)'}", "failed", "assert", "(got false, output 2 of 2)"},
		"json false first":                  {answer(200, `{"v":1}`), "expect: {json: '(.v == 2, .v == 1)'}", "failed", "assert", "(got false, output 1 of 2)"},
		"json no output":                    {answer(200, `{"v":1}`), "expect: {json: .a | empty}", "failed", "assert", "json .a | empty: no output"},
		"json an error":                     {answer(200, `{"v":1}`), "expect: {json: '.v.x == 1'}", "failed", "assert", "json .v.x == 1:"},
		"json an error after true":          {answer(200, `{"v":1}`), "expect: {json: '(. != null, error(\"x\"))'}", "failed", "assert", "x"},
		"json halt":                         {answer(200, `{"v":1}`), "expect: {json: 'true, halt'}", "failed", "assert", "halted"},
		"json of a page":                    {answer(200, `<html>`), "expect: {json: 'type == \"object\"'}", "failed", "assert", "the body is not JSON"},
		"json of nothing":                   {answer(200, ``), "expect: {json: '. == null'}", "failed", "assert", "the body is not JSON: it is empty"},
		"json with something behind":        {answer(200, `{"v":true} x`), "expect: {json: .v}", "failed", "assert", "something follows the value"},
		"json in two":                       {answer(200, `{"v":true}{"v":false}`), "expect: {json: .v}", "failed", "assert", "something follows the value"},
		"second json of a list":             {answer(200, `{"v":true}`), "expect: {json: [.v, .w]}", "failed", "assert", "json .w (got null)"},
		"jq that never ends":                {answer(200, `1`), "attempt_timeout: 50ms\n    expect: {json: '. as $x | [range(1e15)] | length == $x.n'}", "error", "", ""},
		"jq that eats memory":               {answer(200, `1`), "expect: {json: '(\"x\" * 1e9 | length) > .'}", "error", "limit", "at most"},
		"body contains":                     {answer(200, "fine"), "expect: {body: ok}", "failed", "assert", `body contains "ok" (got "fine")`},
		"body not_contains":                 {answer(200, "an error"), "expect: {body: {not_contains: error}}", "failed", "assert", `body not contains "error"`},
		"body one of many":                  {answer(200, "a"), "expect: {body: {contains: [a, b]}}", "failed", "assert", `body contains "b"`},
		"body matches":                      {answer(200, "v1"), "expect: {body: {matches: '^v2$'}}", "failed", "assert", `body matches "^v2$" (got "v1")`},
		"body equals":                       {answer(200, "ok\n"), "expect: {body: {equals: ok}}", "failed", "assert", `body equals "ok"`},
		"header missing":                    {answer(200, ""), "expect: {headers: {X-A: {not_contains: x}}}", "failed", "assert", "header X-A is missing"},
		"header wrong":                      {answer(200, ""), "expect: {headers: {Content-Length: '5'}}", "failed", "assert", `header Content-Length contains "5" (got "0")`},
		"latency":                           {answer(200, ""), "expect: {latency: '<1ns'}", "failed", "assert", "latency <1ns (got"},
		"capture missing":                   {answer(200, "{}"), "capture: {v: .v}", "failed", "assert", "capture v: .v gives null"},
		"capture of no JSON":                {answer(200, "x"), "capture: {v: .v}", "failed", "assert", "capture v: the body is not JSON"},
		"truncated body":                    {truncated, "expect: {json: .ok}", "error", "connect", "cut short"},
		"redirect to a login page":          {login, "follow_redirects: false", "failed", "assert", "status is 2xx (got 302)"},
		"followed to a login page":          {login, "expect: {body: {not_contains: log in}}", "failed", "assert", "body not contains"},
		"redirects without end":             {endless, "", "error", "error", "redirects"},
		"nobody there":                      {nil, "", "error", "connect", "refused"},
		"a server that says nothing":        {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "attempt_timeout: 50ms", "error", "timeout", "attempt_timeout of 50ms reached, still waiting for the answer"},
		"a body without end":                {func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); <-r.Context().Done() }, "attempt_timeout: 50ms\n    expect: {body: {not_contains: x}}", "error", "timeout", "attempt_timeout of 50ms reached, still reading the body"},
		"a body too large":                  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 17<<20)) }, "expect: {body: {not_contains: x}}", "error", "error", "larger than"},
		"a status of an other protocol":     {hijack("SSH-2.0-OpenSSH\r\n"), "", "error", "error", ""},
		"200 with severity warn is no pass": {answer(500, ""), "severity: warn", "warned", "assert", "status is 2xx (got 500)"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			url := closed.URL
			if c.handler != nil {
				url = serve(t, c.handler).URL
			}
			r := b.run("checks:\n  - name: a\n    type: http\n    url: " + url + "\n    " + c.check + "\n")
			got := r.Checks[0]
			if string(got.Status) != c.status || got.Passed {
				t.Errorf("status = %s, passed = %v, message %q; want %s", got.Status, got.Passed, text(got.Message), c.status)
			}
			if c.class != "" && text(got.ErrorClass) != c.class {
				t.Errorf("error_class = %q, want %q", text(got.ErrorClass), c.class)
			}
			if !strings.Contains(text(got.Message), c.message) {
				t.Errorf("message = %q, want one with %q", text(got.Message), c.message)
			}
			if c.status != "warned" && (r.Passed || r.ExitCode() != 1) {
				t.Errorf("passed = %v, exit code %d; want false, 1", r.Passed, r.ExitCode())
			}
		})
	}
}

func hijack(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, answer)
		_ = conn.Close()
	}
}

func TestNeverAFalseGreenFromPrometheus(t *testing.T) {
	vector := func(values ...string) string {
		var list []string
		for i, v := range values {
			list = append(list, fmt.Sprintf(`{"metric":{"__name__":"up","i":"%d"},"value":[1,%q]}`, i, v))
		}
		return `{"resultType":"vector","result":[` + strings.Join(list, ",") + `]}`
	}
	for name, c := range map[string]struct{ data, expect, status, class, message string }{
		"NaN":                         {vector("NaN"), "", "failed", "assert", `query returned: NaN of up{i="0"}, which is not a finite number`},
		"NaN within bounds":           {vector("NaN"), "expect: {max: 1}", "failed", "assert", "NaN"},
		"NaN among others":            {vector("1", "NaN"), "expect: {min: 0}", "failed", "assert", `up{i="1"}`},
		"NaN reduced":                 {vector("1", "NaN"), "expect: {min: 0, reduce: max}", "failed", "assert", "NaN"},
		"all NaN ignored":             {vector("NaN", "NaN"), "expect: {min: 0, nan: ignore}", "failed", "assert", "every value is NaN"},
		"Inf":                         {vector("+Inf"), "expect: {min: 1}", "failed", "assert", "+Inf"},
		"minus Inf":                   {vector("-Inf"), "expect: {max: 1}", "failed", "assert", "-Inf"},
		"a scalar NaN":                {`{"resultType":"scalar","result":[1,"NaN"]}`, "", "failed", "assert", "query returned: NaN"},
		"empty vector":                {`{"resultType":"vector","result":[]}`, "", "failed", "assert", "the query returned no series"},
		"empty vector, min 0":         {`{"resultType":"vector","result":[]}`, "expect: {min: 0}", "failed", "assert", "the query returned no series"},
		"empty vector, max":           {`{"resultType":"vector","result":[]}`, "expect: {max: 1, reduce: count}", "failed", "assert", "the query returned no series"},
		"empty matrix":                {`{"resultType":"matrix","result":[]}`, "range: {last: 1m, step: 10s}", "failed", "assert", "no series"},
		"below min":                   {vector("0"), "expect: {min: 1}", "failed", "assert", `value >= 1 (got 0 of up{i="0"})`},
		"above max":                   {vector("0.06"), "expect: {max: 0.05}", "failed", "assert", "value <= 0.05 (got 0.06"},
		"one series of three":         {vector("1", "0", "1"), "expect: {min: 1}", "failed", "assert", `(got 0 of up{i="1"})`},
		"two series of three":         {vector("1", "0", "0"), "expect: {min: 1, max: 2}", "failed", "assert", "value in [1, 2] (got 0 of up{i=\"1\"}) (and 1 more)"},
		"none of any":                 {vector("0", "0"), "expect: {min: 1, reduce: any}", "failed", "assert", "no value >= 1"},
		"a sample in a range":         {`{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"0"]]}]}`, "range: {last: 1m, step: 10s}\n    expect: {min: 1}", "failed", "assert", "value >= 1 (got 0)"},
		"a string against a bound":    {`{"resultType":"string","result":[1,"up"]}`, "expect: {min: 1}", "failed", "assert", "is not a number"},
		"a value that is text":        {vector("up"), "expect: {min: 0}", "failed", "assert", "is not a number"},
		"a native histogram":          {`{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}`, "", "error", "error", "native histogram"},
		"unknown result type":         {`{"resultType":"tensor","result":[]}`, "", "error", "error", "unknown result type"},
		"no data":                     {`null`, "", "error", "error", "unknown result type"},
		"no result":                   {`{"resultType":"vector"}`, "", "error", "error", "no result"},
		"a number for a value":        {`{"resultType":"vector","result":[{"metric":{},"value":[1,1]}]}`, "", "error", "error", "not a string"},
		"a sample without value":      {`{"resultType":"vector","result":[{"metric":{}}]}`, "", "error", "error", "not [time, value]"},
		"a number beyond all":         {vector("1e999"), "expect: {min: 1}", "failed", "assert", "1e999"},
		"a key that stands twice":     {`{"resultType":"vector","result":[{"metric":{},"value":[1,"0"],"value":[1,"1"]}]}`, "expect: {min: 1}", "error", "error", `the key "value" stands twice`},
		"a vector for a range":        {vector("1"), "range: {last: 1m, step: 10s}", "error", "error", "a range was asked for, and it has one of type vector"},
		"a scalar for a range":        {`{"resultType":"scalar","result":[1,"1"]}`, "range: {last: 1m, step: 10s}", "error", "error", "it has one of type scalar"},
		"series without end":          {`{"resultType":"vector","result":[` + strings.Repeat(`{"value":[1,"1"]},`, 10_000) + `{"value":[1,"1"]}]}`, "expect: {min: 1}", "error", "error", "more than 10000 series: let the query aggregate them"},
		"a result that is a map":      {`{"resultType":"vector","result":{"a":1}}`, "", "error", "error", "no result"},
		"sum that overflows":          {vector("1e308", "1e308"), "expect: {min: 1, reduce: sum}", "failed", "assert", "+Inf"},
		"sum that overflows, unbound": {vector("1e308", "1e308"), "expect: {reduce: sum}", "failed", "assert", "+Inf"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			r := b.run("checks:\n  - name: a\n    type: prometheus\n    query: up\n    url: " + prometheus(t, c.data).URL + "\n    " + c.expect + "\n")
			got := r.Checks[0]
			if string(got.Status) != c.status || r.Passed || text(got.ErrorClass) != c.class {
				t.Errorf("status = %s, class %q, message %q; want %s, %s", got.Status, text(got.ErrorClass), text(got.Message), c.status, c.class)
			}
			if !strings.Contains(text(got.Message), c.message) {
				t.Errorf("message = %q, want one with %q", text(got.Message), c.message)
			}
		})
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		message string
	}{
		"503 in front of it":      {answer(503, "no backend"), "HTTP status 503"},
		"503 with a good body":    {answer(503, `{"status":"success","data":`+vector("1")+`}`), "HTTP status 503"},
		"400 with an explanation": {answer(400, `{"status":"error","errorType":"bad_data","error":"parse error"}`), "HTTP status 400: bad_data: parse error"},
		"200 with status error":   {answer(200, `{"status":"error","errorType":"timeout","error":"query timed out"}`), "HTTP status 200 with \"status\": \"error\": timeout: query timed out"},
		"a page":                  {answer(200, "<html>"), "not that of Prometheus"},
		"an empty body":           {answer(200, ""), "not that of Prometheus"},
		"another API":             {answer(200, `{"data":{"resultType":"scalar","result":[1,"1"]}}`), "not that of Prometheus"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			r := b.run("checks:\n  - {name: a, type: prometheus, query: up, expect: {min: 0}, url: '" + serve(t, c.handler).URL + "'}\n")
			got := r.Checks[0]
			if got.Status != StatusError || text(got.ErrorClass) != "error" || !strings.Contains(text(got.Message), c.message) {
				t.Errorf("status = %s, class %q, message %q; want error, error, %q", got.Status, text(got.ErrorClass), text(got.Message), c.message)
			}
		})
	}
}

func TestNeverAFalseGreenFromAScript(t *testing.T) {
	for name, c := range map[string]struct{ script, status, class, message string }{
		"a raised text":            {`error("no leader")`, "failed", "assert", "no leader"},
		"a raised table":           {`error({})`, "failed", "assert", ""},
		"a raised nil":             {`error(nil)`, "failed", "assert", ""},
		"a failed assert":          {`assert.eq(1, 2)`, "failed", "assert", "assert.eq failed"},
		"a plain assert":           {`assert(false, "nope")`, "failed", "assert", "nope"},
		"a call of nothing":        {`wings.fly()`, "failed", "assert", "checks.yaml:6"},
		"a script that never ends": {`while true do end`, "error", "timeout", "attempt_timeout of 100ms reached"},
		"one that hides its end":   {`while true do pcall(function() while true do end end) end`, "error", "timeout", "attempt_timeout"},
		"one that ends after":      {`pcall(function() while true do end end)`, "error", "timeout", "attempt_timeout"},
		"one that sleeps":          {`sleep(60)`, "error", "timeout", "attempt_timeout"},
		"os.exit":                  {`os.exit(0)`, "failed", "assert", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			r := b.run("checks:\n  - name: a\n    type: script\n    attempt_timeout: 100ms\n    script: |\n      " + c.script + "\n  - {name: b, type: script, script: 'assert(true)'}\n")
			got := r.Checks[0]
			if string(got.Status) != c.status || r.Passed || text(got.ErrorClass) != c.class {
				t.Errorf("status = %s, class %q, message %q; want %s, %s", got.Status, text(got.ErrorClass), text(got.Message), c.status, c.class)
			}
			if !strings.Contains(text(got.Message), c.message) {
				t.Errorf("message = %q, want one with %q", text(got.Message), c.message)
			}
			if other := r.Checks[1]; other.Status != StatusPassed {
				t.Errorf("the other check is %s, want passed", other.Status)
			}
		})
	}
}

func TestNeverAFalseGreenFromTheRunner(t *testing.T) {
	file := "parallel: 2\nchecks:\n  - {name: a, type: stub, attempt_timeout: 20ms}\n  - {name: b, type: script, script: 'assert(true)'}\n"
	release := make(chan struct{})
	defer close(release)
	for name, c := range map[string]struct {
		run             func(ctx context.Context, a Attempt) Outcome
		status, message string
	}{
		"a crash":               {func(context.Context, Attempt) Outcome { panic("boom") }, "error", "the check crashed: boom"},
		"a crash with nil":      {func(context.Context, Attempt) Outcome { var o *Outcome; return *o }, "error", "crashed"},
		"never returns":         {func(context.Context, Attempt) Outcome { <-release; return Outcome{} }, "error", "attempt_timeout of 20ms reached"},
		"passes after its time": {func(ctx context.Context, _ Attempt) Outcome { <-ctx.Done(); return Outcome{} }, "error", "attempt_timeout of 20ms reached"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.options.Types = append(b.options.Types, stub(c.run))
			r := b.run(file)
			if got := r.Checks[0]; string(got.Status) != c.status || !strings.Contains(text(got.Message), c.message) {
				t.Errorf("status = %s, message %q; want %s, %q", got.Status, text(got.Message), c.status, c.message)
			}
			if r.Passed || r.ExitCode() != 1 || r.Checks[1].Status != StatusPassed {
				t.Errorf("passed = %v, exit code %d, other %s; want false, 1, passed", r.Passed, r.ExitCode(), r.Checks[1].Status)
			}
		})
	}
	t.Run("every check skipped", func(t *testing.T) {
		r := newBench(t).run("checks:\n  - {name: a, type: script, script: 'x()', if: 'false'}\n")
		if r.Passed || r.ExitCode() != 1 || !strings.Contains(r.Reason, "no check ran") {
			t.Errorf("passed = %v, exit code %d, reason %q; want false, 1, no check ran", r.Passed, r.ExitCode(), r.Reason)
		}
	})
	t.Run("closed stdout", func(t *testing.T) {
		r := newBench(t).run("checks:\n  - {name: a, type: script, script: 'assert(true)'}\n")
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = in.Close()
		defer out.Close()
		if err := r.Write(out); err == nil {
			t.Error("Write to a closed pipe: no error")
		}
	})
	t.Run("if that is no boolean", func(t *testing.T) {
		r := newBench(t).run("vars: {x: 'true'}\nchecks:\n  - {name: a, type: script, script: 'assert(true)', if: .vars.x}\n")
		if got := r.Checks[0]; got.Status != StatusError || !strings.Contains(text(got.Message), "must give true or false") {
			t.Errorf("status = %s, message %q; want error", got.Status, text(got.Message))
		}
	})
	t.Run("flags that choose nothing", func(t *testing.T) {
		for _, o := range []Options{{Only: []string{"z"}}, {Skip: []string{"z"}}, {Tags: []string{"z"}}, {Skip: []string{"a"}}, {Vars: map[string]string{"limt": "1"}}} {
			b := newBench(t)
			b.options.Only, b.options.Skip, b.options.Tags, b.options.Vars = o.Only, o.Skip, o.Tags, o.Vars
			if list := b.problems("vars: {limit: 1}\nchecks:\n  - {name: a, type: script, script: 'assert(true)'}\n"); len(list) != 1 {
				t.Errorf("%+v: problems = %v, want one", o, list)
			}
		}
	})
}
