package prelude

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"assay.rs/core"
)

func requireFunc() core.Func {
	return core.Fn1(core.Doc{
		Name: "require",
		Text: "Runs a module once and gives what it returned, to everybody who requires it. `assay.x` is a module that comes with assay. " +
			"`./lib/x` is a file beside the script that requires it; `x.y` is looked for in the folder modules and in those of $ASSAY_MODULES_PATH, which may also " +
			"replace what comes with assay. `string`, `os` and the other tables of Lua itself are found too, and what package.preload has. Dots are folders, and x/init.lua is found as x. A cycle raises with its chain. " +
			"Checks see what comes with assay, and files in or below the folder of the check file; a sandboxed script the first alone.",
		Needs: core.Wait, Level: core.Check, Raises: []*core.Code{core.ErrDenied},
		Examples: []string{`local ok, e = pcall(require, "assay.no-such-module")  assert.contains(e, "not found")`},
	},
		core.Arg("name", core.String(), "The module's name."),
		core.Returns(core.Any(), "What the module returned, or true when that was nothing."), require)
}

// required are the modules of one VM.
type required struct {
	mu      sync.Mutex
	found   map[[2]string]module    // by the chunk that asks and the name
	modules map[string]*requirement // by identity
	origins map[string]origin       // of chunks, by their name
	waits   map[*core.Task]*requirement

	named packages
}

// requirement is a module that is loaded, or was.
type requirement struct {
	name   string
	by     *core.Task // who loads it
	within *requirement
	ended  core.Cond
	loaded bool
	value  core.Value
}

func require(c core.Call, name string) (core.Value, error) {
	r := core.Local[required](c)
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		return r.require(c, name, false) // what it means depends on who asks
	}
	var known core.Value
	var preload core.Callback
	var again bool
	c.Hold(func() { known, preload, again = r.named.find(c, name) })
	if !known.IsNil() {
		return known, nil
	}
	value, err := core.Nil(), error(nil)
	if preload.IsZero() {
		value, err = r.require(c, name, again)
	} else {
		value, err = result(preload.Call(c, core.TextValue(name), core.TextValue(":preload:")))
	}
	if err == nil {
		c.Hold(func() { value = r.named.keep(name, value) })
	}
	return value, err
}

// require gives a module that a file or the program has. again loads it once more if it is loaded already.
func (r *required) require(c core.Call, name string, again bool) (core.Value, error) {
	var caller string
	c.Hold(func() { caller = c.Caller() })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begin()
	found, known := r.found[[2]string{caller, name}]
	if !known {
		var err error
		if found, err = r.find(c, name, caller); err != nil {
			return core.Nil(), err
		}
		r.found[[2]string{caller, name}] = found
	}
	for {
		m := r.modules[found.identity]
		if m == nil {
			return r.load(c, name, found)
		}
		if m.loaded && again {
			delete(r.modules, found.identity)
			again = false
			continue
		}
		if m.loaded {
			return m.value, nil
		}
		if chain := r.cycle(c.Task(), m); chain != "" {
			return core.Nil(), fmt.Errorf("module %q requires itself: %s", name, chain)
		}
		if err := r.await(c, m); err != nil {
			return core.Nil(), err
		}
	}
}

// begin makes the maps.
func (r *required) begin() {
	if r.modules == nil {
		r.found, r.modules = make(map[[2]string]module), make(map[string]*requirement)
		r.origins, r.waits = make(map[string]origin), make(map[*core.Task]*requirement)
	}
}

// await waits until somebody else has loaded m, or has failed to.
func (r *required) await(c core.Call, m *requirement) error {
	r.waits[c.Task()] = m
	defer delete(r.waits, c.Task())
	return m.ended.Wait(c, &r.mu)
}

// load runs a module. It is called with the lock, and runs without.
func (r *required) load(c core.Call, name string, found module) (core.Value, error) {
	m := &requirement{name: name, by: c.Task(), within: r.innermost(c.Task())}
	r.modules[found.identity] = m
	defer func() {
		if !m.loaded {
			delete(r.modules, found.identity) // the next one tries again
		}
		m.ended.Broadcast()
	}()
	chunk, err := found.chunk(c)
	if err != nil {
		return core.Nil(), err
	}
	r.origins[chunk.Name()] = found.origin
	value, err := r.unlocked(func() (core.Value, error) { return run(c, name, chunk) })
	m.value, m.loaded = value, err == nil
	return value, err
}

func (r *required) unlocked(f func() (core.Value, error)) (core.Value, error) {
	r.mu.Unlock()
	defer r.mu.Lock()
	return f()
}

func run(c core.Call, name string, chunk *core.Chunk) (core.Value, error) {
	var main core.Callback
	c.Hold(func() { main = c.Load(chunk) })
	return result(main.Call(c, core.TextValue(name)))
}

// result is what a module is that returned these values.
func result(values []core.Value, err error) (core.Value, error) {
	if err != nil {
		return core.Nil(), err
	}
	if len(values) == 0 || values[0].IsNil() {
		return core.BoolValue(true), nil
	}
	return values[0], nil
}

// innermost is the module that the task loads at the moment.
func (r *required) innermost(task *core.Task) *requirement {
	var loading []*requirement
	outer := make(map[*requirement]bool)
	for _, m := range r.modules {
		if m.by == task && !m.loaded {
			loading = append(loading, m)
			outer[m.within] = true
		}
	}
	for _, m := range loading {
		if !outer[m] {
			return m
		}
	}
	return nil
}

// cycle is the chain of modules that would wait for each other if the task waited for m: "a -> b -> a", or
// empty. A task that loads m may itself wait for a module that another task loads.
func (r *required) cycle(task *core.Task, m *requirement) string {
	chain := []string{m.name}
	for at := m; ; {
		var inner []string
		for within := r.innermost(at.by); within != nil && within != at; within = within.within {
			inner = append([]string{within.name}, inner...)
		}
		chain = append(chain, inner...)
		if at.by == task {
			return strings.Join(append(chain, m.name), " -> ")
		}
		next := r.waits[at.by]
		if next == nil || next == m {
			return ""
		}
		chain = append(chain, next.name)
		at = next
	}
}

var errName = errors.New("argument 1 'name': name of a module expected, such as assay.prometheus or ./lib/x")
