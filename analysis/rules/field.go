package rules

import (
	"slices"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/core/nearest"
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

// level is what a chunk has: everything, or what checks have and some permissions.
type level struct {
	check       bool
	permissions []string
}

func levelOf(d *document.Document, c *document.Chunk) level {
	if d.Check == nil {
		return level{}
	}
	return level{check: true, permissions: d.Check.Permissions(c.Script)}
}

// permits reports whether a function of a table exists at the level.
func (l level) permits(table string, f *spec.Func) bool {
	return !l.check || f.Level != types.Script || slices.Contains(l.permissions, table) || slices.Contains(l.permissions, table+"."+f.Name)
}

// KeptAway says, in the words of the runtime, that a name such as "db" or "env.set" does not exist in checks.
func KeptAway(name string) string {
	if name == "os.exit" {
		return "os.exit exists in scripts only; the verdict is the check's: return ends its script, and error(...) or an assertion fails it"
	}
	return name + " exists in scripts only; a check of type script gets it with permissions: [" + name + "]"
}

// permit is the fix that gives a script of a check what it has not.
func permit(d *document.Document, c *document.Chunk, name string) *Fix {
	if d.Check == nil || name == "os.exit" {
		return nil
	}
	at, text, ok := d.Check.Permit(c.Script, name)
	if !ok {
		return nil
	}
	return &Fix{Title: "give the check permissions: [" + name + "]", Edits: []Edit{{at, at, text}}}
}

// field looks at object.name and object:name(...): undefined-field and sandbox-level.
func (k *checker) field(id syntax.NodeID) {
	kids := k.Tree.Kids(id)
	name := k.Tree.Name(kids[1])
	object := k.Of(kids[0])
	if name == "" || k.assignedTo(id) || k.guarded(name) {
		return
	}
	method := k.Tree.Node(id).Kind == syntax.MethodCall
	switch object.Kind {
	case types.Table:
		k.tableField(id, object, name)
	case types.Object:
		known := classNames(object.Class, method)
		if !slices.Contains(known, name) && !k.Assigned(name) && !inLua(object.Class.Name) {
			k.unknownField(kids[1], object.Class.Name, separator(method), name, known)
		}
	case types.Fields:
		known := recordNames(object.Record)
		if !method && !slices.Contains(known, name) && !k.Assigned(name) && !inLua(object.Record.Name) {
			k.unknownField(kids[1], object.Record.Name, ".", name, known)
		}
	case types.Text:
		if m := k.Library.Tables["string"]; method && m.Func(name) == nil && !k.Assigned(name) {
			k.unknownField(kids[1], "string", ":", name, m.Names())
		}
	default:
	}
}

func separator(method bool) string {
	if method {
		return ":"
	}
	return "."
}

func classNames(c *spec.Class, method bool) []string {
	var names []string
	for _, f := range c.Methods {
		names = append(names, f.Name)
	}
	if !method {
		for _, f := range c.Fields {
			names = append(names, f.Name)
		}
	}
	return names
}

func recordNames(r *spec.Record) []string {
	var names []string
	for _, f := range r.Fields {
		names = append(names, f.Name)
	}
	return names
}

// tableField looks at a field of a table of builtins. One that is only read may be a question.
func (k *checker) tableField(id syntax.NodeID, object types.Type, name string) {
	kids := k.Tree.Kids(id)
	f := object.Module.Func(name)
	switch {
	case f != nil && !k.level.permits(object.Name, f):
		missing := object.Name + "." + name
		if object.Module.ScriptOnly() {
			missing = object.Name
		}
		k.at(id, "sandbox-level", KeptAway(missing), nil)
		k.findings[len(k.findings)-1].missing = missing
	case f != nil || object.Module.Const(name) != nil || k.Assigned(name) || !k.used(id):
	case object.Module.Open || object.Name == "package":
	case strings.HasPrefix(name, "_") && k.Library.Required[object.Name] != nil: // what a module keeps to itself is not in the catalog
	default:
		if instead := syntax.Instead(object.Name + "." + name); instead != "" {
			k.at(kids[1], "undefined-field", "'"+object.Name+"' has no '"+name+"'; "+instead, nil)
			return
		}
		k.unknownField(kids[1], object.Name, ".", name, object.Module.Names())
	}
}

// used reports whether a value is called or indexed, which fails when it is nil.
func (k *checker) used(id syntax.NodeID) bool {
	parent := k.Parent(id)
	switch k.Tree.Node(parent).Kind {
	case syntax.Call, syntax.MethodCall, syntax.Index, syntax.Subscript:
		return k.Tree.Kids(parent)[0] == id
	}
	return k.Tree.Node(id).Kind == syntax.MethodCall
}

func (k *checker) unknownField(field syntax.NodeID, of, sep, name string, known []string) {
	message := "'" + of + "' has no '" + name + "'"
	var fix *Fix
	if near, ok := nearest.Name(name, known); ok {
		message += "; did you mean '" + of + sep + near + "'?"
		if sep == ":" || strings.Contains(of, ".") { // of an object, not of its class
			message = "'" + of + "' has no '" + name + "'; did you mean '" + near + "'?"
		}
		fix = k.replace(field, near, true)
	}
	k.at(field, "undefined-field", message, fix)
}

// assignedTo reports whether a node is the target of an assignment.
func (k *checker) assignedTo(id syntax.NodeID) bool {
	parent := k.Parent(id)
	n := k.Tree.Node(parent)
	switch n.Kind {
	case syntax.AssignStatement:
		return slices.Contains(k.Tree.Kids(parent)[:n.Split], id)
	case syntax.FunctionStatement:
		return k.Tree.Kids(parent)[0] == id
	}
	return false
}

// guarded reports whether the text asks for a field of that name somewhere.
func (k *checker) guarded(name string) bool {
	if k.guards == nil {
		k.guards = make(map[string]bool)
		k.Tree.Walk(k.Tree.Root, func(id syntax.NodeID) bool {
			switch k.Tree.Node(id).Kind {
			case syntax.Index:
				if k.asked(id) {
					k.guards[k.Tree.Name(k.Tree.Kids(id)[1])] = true
				}
			}
			return true
		})
	}
	return k.guards[name]
}
