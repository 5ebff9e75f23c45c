package core

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Later stands for a module that is made when a script first names its table, or somebody asks for [Specs]:
// what a program never uses costs it nothing. A mistake in its declarations is a panic then.
func Later(table string, module func() Module) Module {
	return LaterAll(func() []Module { return []Module{module()} }, table)
}

// LaterAll stands for several modules, all of them in these tables.
func LaterAll(modules func() []Module, tables ...string) Module {
	return Module{later: &later{tables, sync.OnceValue(func() []Module {
		all := modules()
		for _, m := range all {
			if !slices.Contains(tables, m.Name) {
				panic(fmt.Errorf("declare %s: it is made later for %s", m.Name, strings.Join(tables, ", ")))
			}
		}
		return all
	})}}
}

type later struct {
	tables  []string
	modules func() []Module
}

// made are the modules with those that others stand for.
func made(modules []Module) []Module {
	var all []Module
	for _, m := range modules {
		if m.later != nil {
			all = append(all, m.later.modules()...)
		} else {
			all = append(all, m)
		}
	}
	return all
}

// tableNamed is the table of builtins with a name, or nil. It asks for no lock where the table has been asked for
// before, as each VM asks for its own, nor where there can be none.
func (rt *Runtime) tableNamed(name string) *table {
	if t, ok := rt.opened.Load(name); ok {
		return t.(*table)
	}
	if !rt.tablesOf[name] {
		return nil
	}
	rt.mu.Lock()
	defer rt.mu.Unlock()
	waiting := rt.later[name]
	delete(rt.later, name)
	for _, l := range waiting {
		for _, m := range l.modules() {
			if m.Name != name {
				continue // it is declared when its own table is named
			}
			if err := rt.declare(m); err != nil {
				panic(err)
			}
		}
	}
	t := rt.tables[name]
	rt.opened.Store(name, t)
	return t
}

// tableNames are the names of all tables, declared or not.
func (rt *Runtime) tableNames() []string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	var names []string
	for name := range rt.tables {
		names = append(names, name)
	}
	for name := range rt.later {
		if rt.tables[name] == nil {
			names = append(names, name)
		}
	}
	return names
}

// levelOf is the level at which a script finds a table or a function that the policy keeps away from it.
func (rt *Runtime) levelOf(name string) (Level, bool) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	level, kept := rt.levels[name]
	return level, kept && rt.tables[name] == nil && rt.globals[name] == nil
}
