package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/core/spec"
	"assay.rs/stdlib"
	"assay.rs/tool/cli"
)

// Each file of testdata/stdlib is the test of the embedded module of its name. It has cases, each beginning with a line
// "---- NAME", and a case has the requests that its script must make, in their order, with what the server answers:
//
//	--> GET /api/v1/query           method and path, as they are sent
//	-->? query=sum(up)              a parameter of the query, decoded; there must be no others
//	-->: Accept: text/plain         a header; Authorization and X-Vault-Token must not be there unless written
//	-->:~ Authorization: ^AWS4-.*   a header, by a regular expression
//	-->= {"a": 1}                   the body; JSON is compared as such, and has Content-Type: application/json once
//	-->~ "at":"\d+"                 a regular expression that the body matches, instead
//	--< 200 {"status": "success"}   the answer
//	--<: Link: <...>                a header of it
//	--<= more                       a further line of its body
//
// Scripts run as checks do, unless the name of the case begins with "script:". The server is URL, and KEY a private key.
//
// Each function and method of a module must have run in the cases of its file: that a name stands there is not enough.
func TestEmbeddedModules(t *testing.T) {
	called := runExchanges(t, "testdata/stdlib")
	specs, err := stdlib.Specs()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range specs {
		ran, ok := called[m.Name]
		if !ok || m.Require == "assay.openbao" { // the same table as assay.vault, and its test says so
			continue
		}
		for _, name := range functionsOf(m) {
			if !ran[name] {
				t.Errorf("%s: no test runs %s", m.Require, name)
			}
		}
	}
}

// functionsOf are the names of a module's functions, and of the methods of its classes.
func functionsOf(m spec.Module) []string {
	var names []string
	for _, f := range m.Funcs {
		names = append(names, f.Name)
	}
	for _, c := range m.Classes {
		for _, f := range c.Methods {
			names = append(names, f.Name)
		}
	}
	return names
}

// Scripts that are in use run unchanged: one in their style for each module whose calls are promised. They may do all that scripts may.
func TestScriptsInUseRun(t *testing.T) {
	for name := range strings.FieldsSeq("prometheus alertmanager loki grafana k8s vault openbao argocd kargo flux traefik certmanager eso dex crossplane " +
		"velero temporal harbor healthcheck s3 postgres zitadel unleash") {
		if _, err := os.Stat(filepath.Join(compatFolder, name+".lua")); err != nil {
			t.Errorf("no script uses assay.%s: %v", name, err)
		}
	}
	runExchanges(t, compatFolder)
}

const compatFolder = "../../test/compat"

// runExchanges runs the files of a folder, and tells which functions ran of each module all of whose cases did.
func runExchanges(t *testing.T, folder string) map[string]map[string]bool {
	files, err := filepath.Glob(filepath.Join(folder, "*.lua"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of modules (%v)", err)
	}
	called := map[string]map[string]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".lua")
		t.Run(name, func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			cases, err := readExchanges(string(source))
			if err != nil {
				t.Fatalf("%s:%v", file, err)
			}
			ran, of := 0, map[string]bool{}
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					for _, function := range c.run(t, name, file) {
						of[function] = true
					}
					ran++
				})
			}
			if ran == len(cases) { // with -run, some may not have been asked for
				called[name] = of
			}
		})
	}
	return called
}

// noteCalls puts functions in the place of those of a module, and of the classes of what they give and of what callbacks get,
// which note that they were called. It is one line, so that positions stay.
const noteCalls = `local NOTED = {} do local done, watch = {}, nil ` +
	`local function see(...) for i = 1, select("#", ...) do local v = (select(i, ...)) local meta = type(v) == "table" and getmetatable(v) ` +
	`if type(meta) == "table" and type(meta.__index) == "table" then watch(meta.__index) end end return ... end ` +
	`local function callbacks(v) if type(v) == "table" and not getmetatable(v) then ` +
	`for key, f in pairs(v) do if type(f) == "function" then v[key] = function(...) return f(see(...)) end end end end end ` +
	`local function noting(name, f) return function(...) NOTED[name] = true ` +
	`for i = 1, select("#", ...) do callbacks((select(i, ...))) end return see(f(...)) end end ` +
	`function watch(t) if done[t] then return end done[t] = true ` +
	`for name, f in pairs(t) do if type(name) == "string" and type(f) == "function" then t[name] = noting(name, f) end end ` +
	`local meta = getmetatable(t) local later = meta and meta.__index ` + // functions that are loaded when they are first asked for
	`if type(later) == "function" then meta.__index = function(_, name) local f = later(t, name) ` +
	`if type(f) == "function" then f = noting(name, f) rawset(t, name, f) end return f end end end watch(%s) end `

const tellCalls = "\nfor name in pairs(NOTED) do print(\"called \" .. name) end"

// Every function of a module is called by its tests.
func TestEmbeddedModulesAreTested(t *testing.T) {
	specs, err := stdlib.Specs()
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := map[string]bool{"assay.postgres": true} // test/e2e has it, with a real server
	for _, m := range specs {
		if elsewhere[m.Require] {
			continue
		}
		source, err := os.ReadFile(filepath.Join("testdata/stdlib", m.Name+".lua"))
		if err != nil {
			t.Errorf("%s has no tests: %v", m.Require, err)
			continue
		}
		if strings.Contains(string(source), "---- the same table") {
			continue
		}
		calls := func(f spec.Func, sign string) {
			if !regexp.MustCompile(`[.:]` + regexp.QuoteMeta(f.Name) + `\b`).Match(source) {
				t.Errorf("%s: no test calls %s%s", m.Require, sign, f.Name)
			}
		}
		for _, f := range m.Funcs {
			calls(f, ".")
		}
		for _, c := range m.Classes {
			for _, f := range c.Methods {
				calls(f, ":")
			}
		}
	}
}

// The examples of the modules are Lua.
func TestEmbeddedExamplesCompile(t *testing.T) {
	specs, err := stdlib.Specs()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range specs {
		funcs := slices.Clone(m.Funcs)
		for _, c := range m.Classes {
			funcs = append(funcs, c.Methods...)
		}
		for _, f := range funcs {
			for _, example := range f.Examples {
				if _, err := core.Compile(m.Require+"."+f.Name, []byte(example)); err != nil {
					t.Errorf("%s.%s: the example does not compile: %v", m.Require, f.Name, err)
				}
			}
		}
	}
}

// exchange is a request, and its answer.
type exchange struct {
	line         int
	method, path string
	query        []string
	header       map[string]string
	like         map[string]*regexp.Regexp // headers
	body         string
	pattern      *regexp.Regexp
	status       int
	answer       string
	answered     map[string]string
}

type exchanges struct {
	name      string
	line      int // of what follows the name
	script    []string
	exchanges []exchange
}

func readExchanges(source string) ([]*exchanges, error) {
	var cases []*exchanges
	for i, line := range strings.Split(source, "\n") {
		if name, ok := strings.CutPrefix(line, "---- "); ok {
			cases = append(cases, &exchanges{name: name, line: i + 1})
			continue
		}
		if len(cases) == 0 {
			continue
		}
		c := cases[len(cases)-1]
		c.script = append(c.script, line)
		if err := c.read(i+1, line); err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
	}
	return cases, nil
}

func (c *exchanges) read(line int, text string) error {
	if !strings.HasPrefix(text, "-->") && !strings.HasPrefix(text, "--<") {
		return nil
	}
	if method, path, ok := strings.Cut(strings.TrimPrefix(text, "--> "), " "); ok && strings.HasPrefix(text, "--> ") {
		c.exchanges = append(c.exchanges, exchange{
			line: line, method: method, path: path, status: http.StatusOK,
			header: map[string]string{}, like: map[string]*regexp.Regexp{}, answered: map[string]string{},
		})
		return nil
	}
	if len(c.exchanges) == 0 {
		return fmt.Errorf("%q comes before a request", text)
	}
	e := &c.exchanges[len(c.exchanges)-1]
	mark, rest, _ := strings.Cut(text, " ")
	name, value, _ := strings.Cut(rest, ": ")
	switch mark {
	case "-->?":
		e.query = append(e.query, rest)
	case "-->:":
		e.header[http.CanonicalHeaderKey(name)] = value
	case "-->:~":
		pattern, err := regexp.Compile(value)
		if err != nil {
			return err
		}
		e.like[http.CanonicalHeaderKey(name)] = pattern
	case "-->=":
		e.body = rest
	case "-->~":
		pattern, err := regexp.Compile(rest)
		if err != nil {
			return err
		}
		e.pattern = pattern
	case "--<":
		status, body, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(status)
		if err != nil {
			return fmt.Errorf("status %q", status)
		}
		e.status, e.answer = n, body
	case "--<:":
		e.answered[name] = value
	case "--<=":
		e.answer = strings.TrimPrefix(e.answer+"\n"+rest, "\n")
	default:
		return fmt.Errorf("unknown mark %q", mark)
	}
	return nil
}

// run tells which functions of the module ran.
func (c *exchanges) run(t *testing.T, module, file string) []string {
	var mu sync.Mutex
	next := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read the body: %v", err)
		}
		if next >= len(c.exchanges) {
			t.Errorf("one request too many: %s %s %s", r.Method, r.URL, body)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		e := c.exchanges[next]
		next++
		for _, wrong := range e.differences(r, string(body)) {
			t.Errorf("%s:%d: %s", file, e.line, wrong)
		}
		for name, value := range e.answered {
			w.Header().Set(name, strings.ReplaceAll(value, "$URL", "http://"+r.Host))
		}
		w.WriteHeader(e.status)
		_, _ = io.WriteString(w, strings.ReplaceAll(e.answer, "$URL", "http://"+r.Host)) // it may have gone away
	}))
	defer server.Close()
	kit := coretest.Kit{Modules: modules(cli.Setting{}), Globals: c.globals(t, server.URL), Policy: core.CheckPolicy(), Env: map[string]string{}}
	if strings.HasPrefix(c.name, "script:") || strings.HasPrefix(file, compatFolder) {
		kit.Policy = core.FullPolicy()
	}
	prefix := fmt.Sprintf("local %s = require(\"assay.%s\") "+noteCalls+"%s", module, module, module, strings.Repeat("\n", c.line))
	result := kit.Exec(t, file, prefix+strings.Join(c.script, "\n")+tellCalls)
	if result.Err != nil {
		t.Errorf("%v", result.Err)
	} else if result.Assertions == 0 {
		t.Errorf("%s:%d: the case asserts nothing", file, c.line)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, e := range c.exchanges[next:] {
		t.Errorf("%s:%d: %s %s was not requested", file, e.line, e.method, e.path)
	}
	var called []string
	for line := range strings.SplitSeq(result.Stdout, "\n") {
		if name, ok := strings.CutPrefix(line, "called "); ok {
			called = append(called, name)
		}
	}
	return called
}

// globals are URL, and KEY for scripts that want a private key.
func (c *exchanges) globals(t *testing.T, url string) map[string]any {
	globals := map[string]any{"URL": url}
	if !strings.Contains(strings.Join(c.script, "\n"), "KEY") {
		return globals
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	globals["KEY"] = string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	return globals
}

// differences are what r has other than expected.
func (e exchange) differences(r *http.Request, body string) []string {
	var wrong []string
	differ := func(what string, got, want any) {
		wrong = append(wrong, fmt.Sprintf("%s = %q, want %q", what, got, want))
	}
	if r.Method != e.method || r.URL.EscapedPath() != e.path {
		differ("request", r.Method+" "+r.URL.EscapedPath(), e.method+" "+e.path)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	if got, want := pairs(query), slices.Sorted(slices.Values(e.query)); !slices.Equal(got, want) {
		differ("query", got, want)
	}
	secret := []string{"Authorization", "X-Vault-Token"}
	for _, name := range slices.Concat(secret, slices.Collect(maps.Keys(e.header))) {
		if got := headerOf(r, name); got != e.header[name] && e.like[name] == nil {
			differ(name, got, e.header[name])
		}
	}
	for name, pattern := range e.like {
		if got := headerOf(r, name); !pattern.MatchString(got) {
			differ(name, got, pattern)
		}
	}
	var got, want any
	isJSON := json.Unmarshal([]byte(e.body), &want) == nil
	switch {
	case e.pattern != nil:
		if !e.pattern.MatchString(body) {
			differ("body", body, e.pattern)
		}
	case isJSON && (json.Unmarshal([]byte(body), &got) != nil || !reflect.DeepEqual(got, want)), !isJSON && body != e.body:
		differ("body", body, e.body)
	case isJSON && e.header["Content-Type"] == "" && !slices.Equal(r.Header.Values("Content-Type"), []string{"application/json"}):
		differ("Content-Type", r.Header.Values("Content-Type"), []string{"application/json"})
	}
	return wrong
}

func headerOf(r *http.Request, name string) string {
	if name == "Host" { // which Go keeps elsewhere
		return r.Host
	}
	return strings.Join(r.Header.Values(name), " and ")
}

func pairs(values url.Values) []string {
	var all []string
	for name, list := range values {
		for _, value := range list {
			all = append(all, name+"="+value)
		}
	}
	slices.Sort(all)
	return all
}
