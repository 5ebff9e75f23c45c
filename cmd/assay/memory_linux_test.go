//go:build !race

// The race detector takes several times the memory that is measured here: ./test/run memory runs this without it.

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
	"assay.rs/tool/cli"
)

const (
	probeMemory = 16 << 20 // bytes that the script of a probe may hold; the values are in proportion
	probeTime   = 3 * time.Second
	probing     = "ASSAY_TEST_PROBE" // is set in the processes that probe, to the share of each
	shares      = 2                  // processes that probe
	hidden      = 2 << 20            // bytes that may stay between two probes before they are given back
)

// Whatever a script gives a builtin, the process takes four times the script's limit at most: each builtin of the
// catalog gets, in each argument, a text that stands there a thousand times, tables that hold each other twice, and
// a long name. Processes of their own do it, since figures of memory are the process's.
func TestNoBuiltinTakesMuchMemory(t *testing.T) {
	if os.Getenv(probing) == "" {
		name := t.Name()
		for share := range shares {
			t.Run(fmt.Sprintf("share %d", share), func(t *testing.T) {
				t.Parallel()
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+name+"$", "-test.v", "-test.timeout=20m")
				cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", probing, share))
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
		return
	}
	share, err := strconv.Atoi(os.Getenv(probing))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"data": 1}`)) }))
	defer server.Close()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("f.txt", []byte("line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	core.GovernHeap()
	rt, err := core.New(core.Config{Modules: modules(cli.Setting{}), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	probes := probesOf(t, rt.Specs(), server.URL)
	if len(probes) < 500 {
		t.Fatalf("only %d probes: the catalog is not read", len(probes))
	}
	floor := int64(math.MaxInt64) // of the process, when it had given back what it had freed
	for i, p := range probes {
		if i/8%shares != share { // there are fewer hostile values than 8, so that each process gets all of them
			continue
		}
		// What was freed and not given back would hide what a probe takes. To give it back costs as much as most probes.
		if now := memoryFigure(t, "VmRSS:"); now-hidden > floor || floor == math.MaxInt64 {
			debug.FreeOSMemory()
			floor = memoryFigure(t, "VmRSS:")
		} else {
			floor = min(floor, now)
		}
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			t.Fatal(err) // resets the peak
		}
		began := time.Now()
		outcome := p.run(t, rt)
		t.Logf("%s: %s", time.Since(began).Round(time.Millisecond), p.name)
		if took := memoryFigure(t, "VmHWM:") - floor; took > 4*probeMemory {
			t.Errorf("%s: %d MB, want %d at most (%v)", p.name, took>>20, 4*probeMemory>>20, outcome)
		}
	}
}

// probe is one call of a builtin.
type probe struct{ name, source string }

func (p probe) run(t *testing.T, rt *core.Runtime) error {
	t.Helper()
	chunk, err := core.Compile("probe.lua", []byte(p.source))
	if err != nil {
		t.Fatalf("%s: %v\n%s", p.name, err, p.source)
	}
	ctx, cancel := context.WithTimeout(t.Context(), probeTime)
	defer cancel()
	vm := rt.Open(core.Host{Limits: core.Limits{Memory: probeMemory, Output: probeMemory}, Stdout: discard{}, Log: slog.New(slog.DiscardHandler)})
	defer vm.Close()
	err = vm.Run(ctx, chunk)
	if crash, ok := errors.AsType[*core.Crash](err); ok {
		t.Errorf("%s: %v\n%s", p.name, crash, crash.Stack)
	}
	return err
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func memoryFigure(t *testing.T, name string) int64 {
	t.Helper()
	return processFigure(t, os.Getpid(), name)
}

const longLines = "many lines"

// readsText tells whether a builtin reads what stands in a text.
func readsText(name string) bool {
	module, _, _ := strings.Cut(name, ".")
	return slices.Contains([]string{"json", "yaml", "toml", "template", "regex", "base64", "string", "crypto", "time"}, module)
}

// hostile are the values that builtins get. A text begins with PREFIX, so that it is looked at.
func hostile() map[string]string {
	const shared = `local s, v = ("x"):rep(250000), {} for i = 1, 1000 do `
	return map[string]string{
		"a shared text in an array": shared + `v[i] = s end`,
		"a shared text in a table":  shared + `v["k" .. i] = s end`,
		"a list of a shared text":   shared + `v[i] = s end v = {a = v}`,
		"tables in tables":          `local v = {a = 1} for i = 1, 24 do v = {a = v, b = v} end`,
		"arrays in arrays":          `local v = {1} for i = 1, 24 do v = {v, v} end`,
		"a long text":               `local v = PREFIX .. ("n"):rep(15 * 2^19)`,
		longLines:                   `local v = PREFIX .. ("- a: '\\n%'\n"):rep(2^19)`,
	}
}

// makers are how scripts get the objects that have methods; servers make the others.
func makers() map[string]string {
	return map[string]string{
		"http.Client": `http.client()`, "http.Response": `http.get(URL)`, "async.Handle": `async.spawn(function() end)`,
		"async.Channel": `async.channel(2000)`, "io.File": `io.open("f.txt", "a+")`, "db.Conn": `db.connect("sqlite::memory:")`, "db.Blob": `db.blob("x")`,
		"ws.Tunnel": `ws.tunnel(0, function() end)`,
	}
}

func servedOnly() []string { return []string{"http.ServerRequest", "ws.Connection"} }

// prober makes the probes of a catalog.
type prober struct {
	url     string
	records map[string]spec.Record
	seen    map[string]bool // fields of records, which are read alike whoever takes them
	probes  []probe
}

func probesOf(t *testing.T, modules []spec.Module, url string) []probe {
	t.Helper()
	p := &prober{url: url, records: make(map[string]spec.Record), seen: make(map[string]bool)}
	for _, m := range modules {
		for _, r := range m.Records {
			p.records[r.Name] = r
		}
	}
	for _, m := range modules {
		for _, f := range m.Funcs {
			name := f.Name
			if m.Name != "" {
				name = m.Name + "." + f.Name
			}
			p.function(name, name, "", f)
		}
		if m.Call != nil {
			p.function(m.Name, m.Name, "", *m.Call)
		}
		for _, c := range m.Classes {
			made, ok := makers()[c.Name]
			if !ok {
				if !slices.Contains(servedOnly(), c.Name) {
					t.Errorf("the class %s is in neither makers nor servedOnly", c.Name)
				}
				continue
			}
			for _, method := range c.Methods {
				if !p.seen[c.Name+":"+method.Name] {
					p.seen[c.Name+":"+method.Name] = true
					p.function(c.Name+":"+method.Name, "object."+method.Name, made, method)
				}
			}
		}
	}
	return p.probes
}

// function adds the probes of one function; made is the object of a method.
func (p *prober) function(name, call, made string, f spec.Func) {
	for i, param := range f.Params {
		for _, of := range p.leaves(param.Type) {
			var args []string
			if made != "" {
				args = append(args, "object")
			}
			for j, other := range f.Params {
				switch {
				case j < i:
					args = append(args, p.plain(other.Name, other.Type))
				case j == i && param.Rest:
					args = append(args, "unpack(v)")
				case j == i:
					args = append(args, of.with)
				case !other.Optional && !other.Rest:
					args = append(args, p.plain(other.Name, other.Type))
				}
			}
			prefix := `""`
			if strings.Contains(param.Name+of.name, "url") {
				prefix = strconv.Quote(p.url + "/")
			}
			values := hostile()
			for _, what := range slices.Sorted(maps.Keys(values)) { // each process has the same order
				value := values[what]
				if what == longLines && !readsText(name) {
					continue
				}
				if param.Rest && strings.Contains(value, "v = PREFIX") {
					value += " v = {v}"
				}
				source := fmt.Sprintf("local URL, PREFIX = %q, %s\n%s\n", p.url, prefix, value)
				if made != "" {
					source += "local object = " + made + "\n"
				}
				source += fmt.Sprintf("pcall(%s, %s)\n", call, strings.Join(args, ", "))
				p.probes = append(p.probes, probe{fmt.Sprintf("%s, %s%s: %s", name, param.Name, of.name, what), source})
			}
		}
	}
}

// leaf is a place in an argument: what it is called, and the argument with v there.
type leaf struct{ name, with string }

func (p *prober) leaves(of spec.Type) []leaf {
	all := []leaf{{"", "v"}}
	record, ok := p.records[of.Name]
	if of.Kind != spec.Ref || !ok {
		return all
	}
	for _, field := range record.Fields {
		key := record.Name + "." + field.Name
		if p.seen[key] {
			continue
		}
		p.seen[key] = true
		others := ""
		for _, other := range record.Fields {
			if other.Name != field.Name && (other.Name == "url" || other.Name == "method") {
				others += ", " + other.Name + " = " + p.plain(other.Name, other.Type)
			}
		}
		all = append(all, leaf{"." + field.Name, "{[\"" + field.Name + "\"] = v" + others + "}"})
	}
	return all
}

// plain is an argument that nothing is wrong with.
func (p *prober) plain(name string, of spec.Type) string {
	switch {
	case name == "url":
		return "URL"
	case name == "path":
		return `"f.txt"`
	case name == "method":
		return `"POST"`
	}
	switch of.Kind {
	case spec.Enum:
		return strconv.Quote(of.Values[0])
	case spec.Callback:
		return "function() end"
	case spec.List, spec.Map:
		return "{}"
	case spec.Union:
		return p.plain(name, of.Of[0])
	case spec.Ref:
		if made, ok := makers()[of.Name]; ok {
			return made
		}
		return "{}"
	case spec.Scalar:
	}
	switch of.Name {
	case "number", "integer", "duration":
		return "1"
	case "boolean":
		return "true"
	case "any":
		return "{1}"
	}
	return `"x"`
}
