package core

import (
	"errors"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
	"assay.rs/core/nearest"
	"assay.rs/core/syntax"
)

// advised is the last error of the machine that came with a hint.
type advised struct{ message, hint string }

// hintFor is the hint of the error, if it is that one; a script may have caught and raised it again.
func (a advised) hintFor(message string) string {
	if a.message == message {
		return a.hint
	}
	return ""
}

// machineError is what the machine raises in L, as scripts see it.
func (t *thread) machineError(L *lua.LState, message lua.LString) lua.LString {
	words, hint := reworded(L, string(message))
	if hint != "" {
		t.vm.advised = advised{words, hint}
	}
	return lua.LString(words)
}

const didYouMeanText = "; did you mean '"

// advice is what the author may have meant by a value that is nil: as a question behind the error, or as a hint.
func (f fault) advice(o operand) (question, hint string) {
	vm := currentThread(f.L).vm
	name := o.origin.Name
	switch {
	case o.origin.Kind == "for iterator" && o.value.Type() == lua.LTTable:
		return "", "go through a table with pairs(t), or with ipairs(t) for its items alone"
	case o.value != lua.LNil || len(name) > maxNamed:
	case o.origin.Kind == "global":
		if instead := syntax.Instead(name); instead != "" {
			return "; " + instead, ""
		}
		if hint = vm.keptAway(name); hint == "" {
			question = nearestName(name, "", vm.globalNames())
		}
	case o.origin.Kind == "field" || o.origin.Kind == "method":
		return f.adviceOnField(vm, o.origin)
	}
	return question, hint
}

func (f fault) adviceOnField(vm *VM, o compile.Origin) (question, hint string) {
	table := f.tableOf(o)
	prefix := ""
	if o.Of != nil && o.Of.Kind != "constant" && o.Of.Name != "?" {
		prefix = o.Of.Name + "."
	}
	if t, ok := table.(*lua.LTable); ok {
		if name := vm.nameOf(t); name != "" {
			prefix = name + "."
			if instead := syntax.Instead(prefix + o.Name); instead != "" {
				return "; " + instead, ""
			}
			if hint = vm.keptAway(prefix + o.Name); hint != "" {
				return "", hint
			}
		}
	}
	if o.Kind == "method" {
		prefix = strings.Replace(prefix, ".", ":", 1)
	}
	return nearestName(o.Name, prefix, vm.fieldNames(table)), ""
}

// tableOf is what a field or method was read from; nil when that is not known any more.
func (f fault) tableOf(o compile.Origin) lua.LValue {
	if op, a, _, _ := f.code(); o.Kind == "method" && (op == lua.OP_CALL || op == lua.OP_TAILCALL) {
		return f.register(a + 1)
	}
	if o.Of == nil {
		return nil
	}
	return f.valueOf(*o.Of)
}

// valueOf looks a value up once more, without a metamethod.
func (f fault) valueOf(o compile.Origin) lua.LValue {
	switch o.Kind {
	case "local":
		return f.register(o.Index)
	case "upvalue":
		if upvalues := f.frame.Fn.Upvalues; o.Index < len(upvalues) {
			return upvalues[o.Index].Value()
		}
	case "global":
		return f.frame.Fn.Env.RawGetString(o.Name)
	case "constant":
		return lua.LString(o.Name)
	case "field", "method":
		if o.Of == nil {
			return nil
		}
		if t, ok := f.valueOf(*o.Of).(*lua.LTable); ok {
			return t.RawGetString(o.Name)
		}
	}
	return nil
}

// nameOf is the name of a table of builtins, or empty.
func (vm *VM) nameOf(t *lua.LTable) string {
	for name := range vm.bound {
		if vm.L.G.Global.RawGetString(name) == t && vm.rt.tableNamed(name) != nil {
			return name
		}
	}
	return ""
}

// keptAway hints at a table or function, such as "crypto" or "fs.read", that the policy keeps away.
func (vm *VM) keptAway(name string) string {
	policy := vm.rt.policy
	if slices.Contains(policy.Without, name) {
		return name + " does not exist in a sandbox"
	}
	level, kept := vm.rt.levelOf(name)
	if !kept && policy.Absent != nil {
		return policy.Absent(name)
	}
	if !kept || level <= policy.Level {
		return ""
	}
	hint := name + " exists in scripts only"
	if policy.Kept != nil {
		hint += "; " + policy.Kept(name)
	}
	return hint
}

// maxNames is how many names are looked at for one that is near.
const maxNames = 500

// nearestName is "; did you mean 'http.get'?", or nothing when no name is near.
func nearestName(name, prefix string, known []string) string {
	slices.Sort(known)
	if near, ok := nearest.Name(name, known); ok && near != name {
		return didYouMeanText + prefix + near + "'?"
	}
	return ""
}

// globalNames are the globals of the script, and those that there would be if it named them.
func (vm *VM) globalNames() []string {
	names := vm.rt.tableNames()
	for name := range vm.rt.globals {
		names = append(names, name)
	}
	return append(names, fieldNames(vm.L.G.Global)...)
}

// fieldNames are the names of what can be read from a value.
func (vm *VM) fieldNames(v lua.LValue) []string {
	switch v := v.(type) {
	case *lua.LTable:
		names := fieldNames(v)
		if index, ok := vm.L.GetMetaField(v, "__index").(*lua.LTable); ok && index != v {
			names = append(names, fieldNames(index)...)
		}
		return names
	case lua.LString:
		vm.bindName("string")
		if methods, ok := vm.L.G.Global.RawGetString("string").(*lua.LTable); ok {
			return fieldNames(methods)
		}
	case *lua.LUserData:
		if object, ok := v.Value.(*instance); ok {
			return object.class.names()
		}
	}
	return nil
}

// names are those of the methods and properties.
func (c *class) names() []string {
	var names []string
	for _, m := range c.methods {
		names = append(names, m.doc.Name)
	}
	for _, p := range c.props {
		names = append(names, p.field.Name)
	}
	return names
}

var errEnough = errors.New("there are names enough")

func fieldNames(t *lua.LTable) []string {
	var names []string
	seen := 0
	_ = eachEntry(t, func(k, _ lua.LValue) error { // errEnough ends it early
		if seen++; seen > maxNames {
			return errEnough
		}
		if name, ok := k.(lua.LString); ok && len(name) <= maxNamed {
			names = append(names, string(name))
		}
		return nil
	})
	return names
}
