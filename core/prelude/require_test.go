package prelude_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// requiring runs source with embedded modules and with files in a folder, and gives what it printed.
func requiring(t *testing.T, embedded, files map[string]string, source string) string {
	t.Helper()
	tree := fstest.MapFS{}
	for name, text := range embedded {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	modules := append(prelude.Modules(), core.Module{Embedded: core.Embed("assay", tree)})
	rt, err := core.New(core.Config{Modules: modules, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	out := &printed{}
	runMain(t, rt, core.Host{Stdout: out, Modules: core.ModuleFiles{Folder: folder}}, source)
	return strings.TrimSpace(out.String())
}

func runMain(t *testing.T, rt *core.Runtime, host core.Host, source string) {
	t.Helper()
	chunk, err := core.Compile("main.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(host)
	defer vm.Close()
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Errorf("run: %v", err)
	}
}

type printed struct {
	mu sync.Mutex
	strings.Builder
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Builder.Write(b)
}

func TestRequireFromTasks(t *testing.T) {
	for _, test := range []struct {
		name   string
		files  map[string]string
		source string
		want   string
	}{
		{
			"the second task waits for the first and gets the same",
			map[string]string{"slow.lua": `loads = (loads or 0) + 1 sleep(0.02) return {}`},
			`local a, b = async.spawn(require, "./slow"), async.spawn(require, "./slow")
			print(a.await()[1] == b.await()[1], loads)`,
			"true\t1",
		},
		{
			"a cycle between tasks raises in one of them, and the other tries again",
			map[string]string{"a.lua": `sleep(0.005) waits = true return {b = require("./b")}`, "b.lua": `repeat sleep(0.01) until waits local ok, e = pcall(require, "./a") return ok or e.message`},
			`local a, b = async.spawn(require, "./a"), async.spawn(require, "./b")
			local ok, all = pcall(async.all, {a, b})
			print(ok and "loaded" or all)`,
			"loaded",
		},
		{
			"after a failure the next one tries again",
			map[string]string{"flaky.lua": `tries = (tries or 0) + 1 sleep(0.02) if tries < 3 then error("try " .. tries, 0) end return tries`},
			`local a = async.spawn(require, "./flaky")
			repeat sleep(0.001) until tries
			local b = async.spawn(require, "./flaky")
			print(select(2, pcall(a.await)), select(2, pcall(b.await)), require("./flaky"))`,
			"try 1\ttry 2\t3",
		},
		{
			"a cancelled loader leaves the module to the next",
			map[string]string{"slow.lua": `loads = (loads or 0) + 1 if loads == 1 then sleep(60) end return loads`},
			`local a = async.spawn(require, "./slow")
			sleep(0.01)
			local b = async.spawn(require, "./slow")
			sleep(0.01)
			a.cancel()
			print(b.await()[1])`,
			"2",
		},
		{
			"a task that a module starts may not wait for the module that waits for it",
			map[string]string{"m.lua": `return async.spawn(require, "./m").await()`},
			`print(select(2, pcall(require, "./m")))`,
			"deadlock: every task waits for another one",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := requiring(t, nil, test.files, test.source)
			if !strings.Contains(got, test.want) {
				t.Errorf("printed %q, want %q", got, test.want)
			}
		})
	}
}

func TestRequireEmbedded(t *testing.T) {
	got := requiring(t, map[string]string{
		"one.lua":          `return {two = require("assay.deep.two"), name = ...}`,
		"deep/two.lua":     `return require("./three")`,
		"deep/three.lua":   `return "three of " .. ...`,
		"folder/init.lua":  `return require("./part")`,
		"folder/part.lua":  `return "part"`,
		"outside/init.lua": `return select(2, pcall(require, "../../x"))`,
	}, nil, `
		local one = require("assay.one")
		print(one.two, one.name, require("assay.folder"))
		print(require("assay.outside"))`)
	want := "three of ./three\tassay.one\tpart\nrequire: argument 1 'name': name of a module expected, such as assay.prometheus or ./lib/x"
	if got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

// A module is compiled once, however many VMs require it at the same time; each has a table of its own.
func TestRequireCompilesOnce(t *testing.T) {
	embedded := core.Embed("assay", fstest.MapFS{"counter.lua": {Data: []byte(`local n = 0 return {next = function() n = n + 1 return n end}`)}})
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), core.Module{Embedded: embedded}), Policy: core.CheckPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() { runMain(t, rt, core.Host{}, `assert.eq(require("assay.counter").next(), 1)`) })
	}
	running.Wait()
	first, _, err := embedded.Chunk("counter")
	if err != nil {
		t.Fatal(err)
	}
	if again, _, err := embedded.Chunk("counter"); err != nil || again != first {
		t.Errorf("Chunk = %p, %v, want %p again", again, err, first)
	}
	if got := embedded.Names(); len(got) != 1 || got[0] != "assay.counter" {
		t.Errorf("Names = %q", got)
	}
}
