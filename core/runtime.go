package core

import (
	"fmt"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/tables"
	"assay.rs/core/spec"
)

// Config is what every VM of a Runtime shares.
type Config struct {
	Modules []Module
	Policy  Policy // the zero value permits nothing
}

// Runtime holds what VMs share: the bound builtins and the policy. It is safe for concurrent use.
type Runtime struct {
	policy  Policy
	specs   func() []spec.Module
	globals map[string]*builtin
	made    time.Time
	seed    maphash.Seed  // of the numbers that tostring gives tables
	texts   *tables.Shape // of the metatable of strings

	tablesOf map[string]bool // the names of all tables, declared or not
	opened   sync.Map        // the tables that have been asked for, by name

	mu       sync.Mutex // guards what follows
	tables   map[string]*table
	levels   map[string]Level // of each table and function that the policy keeps away
	declared map[string]bool
	later    map[string][]*later

	embedded []*Embedded
	compiled sync.Map // of the files that scripts require: name to compiled

	methods sync.Map // methodKey to *builtin
}

// table is a Lua table of builtins, before a VM has it.
type table struct {
	name   string
	funcs  []*builtin
	consts []Const
	call   *builtin
	lib    []libFunc // from the VM's own library
}

// builtin is a declared function under its full name.
type builtin struct {
	name   string // "http.get"
	key    string // "get"
	self   string // the type of its first parameter, or empty
	gives  bool   // it runs without the baton
	method bool
	call   lua.LGFunction
	lib    *libFunc // set instead of call for a closure of each VM
}

type methodKey struct {
	class *class
	name  string
}

// New binds the modules. A name declared twice, a declaration that lacks something, or a version of gopher-lua
// that is not known is an error.
func New(cfg Config) (*Runtime, error) {
	if err := layoutError(); err != nil {
		return nil, err
	}
	policy, err := cfg.Policy.fixed()
	if err != nil {
		return nil, err
	}
	rt := &Runtime{
		policy: policy, tables: make(map[string]*table), globals: make(map[string]*builtin),
		tablesOf: make(map[string]bool), levels: make(map[string]Level),
		declared: make(map[string]bool), later: make(map[string][]*later),
		made: time.Now(), texts: tables.NewShape(append(arithmeticEvents(), "__index")), seed: maphash.MakeSeed(),
	}
	rt.addLibrary()
	for _, m := range cfg.Modules {
		if m.later != nil {
			for _, name := range m.later.tables {
				rt.later[name] = append(rt.later[name], m.later)
			}
			continue
		}
		if err := rt.declare(m); err != nil {
			return nil, err
		}
		if m.Embedded != nil {
			rt.embedded = append(rt.embedded, m.Embedded)
		}
	}
	rt.specs = sync.OnceValue(func() []spec.Module { return Specs(cfg.Modules...) })
	for _, name := range cfg.Policy.Without {
		delete(rt.tables, name)
		delete(rt.globals, name)
		delete(rt.later, name)
	}
	for _, name := range rt.tableNames() {
		rt.tablesOf[name] = true
	}
	return rt, nil
}

// Specs is what the runtime's modules offer, whatever the policy permits.
func (rt *Runtime) Specs() []spec.Module { return rt.specs() }

// declare adds the builtins of a module, as far as the policy permits them.
func (rt *Runtime) declare(m Module) error {
	if err := m.validate(); err != nil {
		return err
	}
	claim := func(name string) error {
		if rt.declared[m.Name+"."+name] {
			return fmt.Errorf("declare %s: declared twice", fullName(m.Name, name))
		}
		rt.declared[m.Name+"."+name] = true
		return nil
	}
	for _, f := range m.Funcs {
		if err := claim(f.doc.Name); err != nil {
			return err
		}
		rt.addFunc(m.Name, f)
	}
	for _, c := range m.Consts {
		if err := claim(c.doc.Name); err != nil {
			return err
		}
		// A table that is kept away does not come to exist by its constants.
		if t := rt.tables[m.Name]; m.Name != "" && (t != nil || len(m.Funcs) == 0) && rt.policy.permits(m.Name, c.doc) {
			t = rt.table(m.Name)
			t.consts = append(t.consts, c)
		}
	}
	if m.Call == nil {
		return nil
	}
	if err := claim("()"); err != nil {
		return err
	}
	if rt.policy.permits(m.Name, m.Call.doc) {
		rt.table(m.Name).call = bind(m.Name, *m.Call)
	}
	return nil
}

func (rt *Runtime) addFunc(module string, f Func) {
	if !rt.policy.permits(module, f.doc) {
		for _, known := range []string{module, fullName(module, f.doc.Name)} {
			if level, ok := rt.levels[known]; known != "" && (!ok || f.doc.Level < level) {
				rt.levels[known] = f.doc.Level
			}
		}
		if rt.policy.Level < Script {
			return
		}
		f = f.refused(rt.policy.Needs)
	}
	b := bind(fullName(module, f.doc.Name), f)
	if module == "" {
		rt.globals[f.doc.Name] = b
		return
	}
	t := rt.table(module)
	t.funcs = append(t.funcs, b)
}

// refused is f as a script sees it whose policy takes away what f needs: the call says so.
func (f Func) refused(permitted Needs) Func {
	err := ErrDenied.With(fmt.Errorf("not permitted here: it needs %s", f.doc.Needs&^permitted), "leave out --readonly, or what else restricts the script")
	return Func{doc: f.doc, bind: func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			currentThread(L).raise(b, err)
			return 0
		}
	}}
}

func (rt *Runtime) table(name string) *table {
	t := rt.tables[name]
	if t == nil {
		t = &table{name: name}
		rt.tables[name] = t
	}
	return t
}

func fullName(module, name string) string {
	if module == "" {
		return name
	}
	return module + "." + name
}

func bind(name string, f Func) *builtin {
	b := &builtin{name: name, key: f.doc.Name, gives: f.doc.Needs&gives != 0}
	if len(f.spec.Params) > 0 {
		b.self = f.spec.Params[0].Type.Name
	}
	b.call = f.bind(b)
	return b
}

// method binds a method of a class once, or gives nil when the policy keeps it away.
func (rt *Runtime) method(c *class, f Func) *builtin {
	if !rt.policy.permitsMethod(c.name, f.doc) {
		return nil
	}
	key := methodKey{c, f.doc.Name}
	if b, ok := rt.methods.Load(key); ok {
		return b.(*builtin)
	}
	b := bind(rt.methodName(c.name, f.doc.Name), f)
	b.method = true
	first, _ := rt.methods.LoadOrStore(key, b)
	return first.(*builtin)
}

// methodName is how errors call a method: as the function of its table that takes the same object first, when there
// is one, so that db.query(conn, ...) and conn:query(...) have one name.
func (rt *Runtime) methodName(class, method string) string {
	name, _, _ := strings.Cut(class, ".")
	if t := rt.tableNamed(name); t != nil { // the script may have got the object without naming its table
		for _, b := range t.funcs {
			if b.key == method && b.self == class {
				return b.name
			}
		}
	}
	return class + ":" + method
}

// argumentError names the parameter that err is about.
func (b *builtin) argumentError(i int, name string, err error) error {
	if named, ok := err.(optionError); ok { //nolint:errorlint // a record that is the argument itself
		return named.error
	}
	if b.method {
		if i == 1 {
			return WithHint(fmt.Errorf("called without its object: %w", err), "call a method with a colon: object:"+b.key+"(...)")
		}
		i--
	}
	return fmt.Errorf("argument %d '%s': %w", i, name, err)
}
