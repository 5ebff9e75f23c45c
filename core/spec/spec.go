// Package spec says what a module offers to Lua, as data without code.
//
// A [Module] is read off the declarations that also register and check its builtins, so it cannot
// drift from them. The renderers of this package turn it into what people and tools read:
// [JSON] for the catalog, [Markdown] for the reference, [LuaLS] for editors, [Terminal] for `assay doc`.
// [Read] reads a catalog back, [Lookup] finds what a person asks for by name, and [Owned] leaves each
// record and class to the one module that it belongs to.
package spec

// Module is one Lua table of builtins, or, when Name is empty, a set of global functions.
type Module struct {
	Name    string   `json:"name"`
	Require string   `json:"require,omitempty"` // what require gives the table for; empty when it is a global
	Doc     string   `json:"doc"`
	Call    *Func    `json:"call,omitempty"` // set when the table itself can be called, as in assert(v)
	Funcs   []Func   `json:"funcs,omitempty"`
	Consts  []Const  `json:"consts,omitempty"`
	Records []Record `json:"records,omitempty"` // option tables that the functions take or return, by name
	Classes []Class  `json:"classes,omitempty"` // objects that the functions take or return, by name
	Codes   []Code   `json:"codes,omitempty"`   // what its errors carry in e.code
}

// Func is a builtin or a method.
type Func struct {
	Name     string   `json:"name"` // without the module: "get"
	Text     string   `json:"text"`
	Level    string   `json:"level"`           // the lowest level it exists at: "check" or "script"
	Needs    []string `json:"needs,omitempty"` // what it may touch: "pure", "net", ...
	Params   []Param  `json:"params,omitempty"`
	Returns  []Return `json:"returns,omitempty"`
	Raises   []string `json:"raises,omitempty"` // names of Codes
	Examples []string `json:"examples,omitempty"`
	Iterator bool     `json:"iterator,omitempty"` // Returns is what each step of a for loop yields
	Unbound  bool     `json:"unbound,omitempty"`  // a method that works with a dot as well as with a colon
}

// Param is one argument.
type Param struct {
	Name     string `json:"name"`
	Type     Type   `json:"type"`
	Text     string `json:"text"`
	Optional bool   `json:"optional,omitempty"`
	Rest     bool   `json:"rest,omitempty"`    // stands for any number of further arguments
	Default  string `json:"default,omitempty"` // Lua source of the value used when it is left out
}

// Return is one result.
type Return struct {
	Type Type   `json:"type"`
	Text string `json:"text"`
	Rest bool   `json:"rest,omitempty"` // stands for any number of further results, none too
}

// Kind tells the shapes of a Type apart.
type Kind string

// The kinds of types.
const (
	Scalar   Kind = "scalar"   // Name is a Lua type or a named one such as "duration"
	List     Kind = "list"     // an array of Elem
	Map      Kind = "map"      // string keys to Elem
	Enum     Kind = "enum"     // one of Values
	Union    Kind = "union"    // any of Of
	Ref      Kind = "ref"      // the Record or Class called Name
	Callback Kind = "callback" // a function with Params and Returns
)

// Type is the Lua type of a value.
type Type struct {
	Kind     Kind     `json:"kind"`
	Name     string   `json:"name,omitempty"`
	Elem     *Type    `json:"elem,omitempty"`
	Of       []Type   `json:"of,omitempty"`
	Values   []string `json:"values,omitempty"`
	Params   []Param  `json:"params,omitempty"`
	Returns  []Return `json:"returns,omitempty"`
	Nullable bool     `json:"nullable,omitempty"` // may be nil
}

// Record is a table with known keys.
type Record struct {
	Name   string  `json:"name"`
	Text   string  `json:"text"`
	Fields []Field `json:"fields,omitempty"`
}

// Field is a key of a Record or a property of a Class.
type Field struct {
	Name    string `json:"name"`
	Type    Type   `json:"type"`
	Text    string `json:"text"`
	Default string `json:"default,omitempty"` // Lua source
}

// Class is an object with properties and methods.
type Class struct {
	Name    string  `json:"name"`
	Text    string  `json:"text"`
	Fields  []Field `json:"fields,omitempty"`
	Methods []Func  `json:"methods,omitempty"`
}

// Const is a value of a module that is not a function.
type Const struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	Text string `json:"text"`
}

// Code is what an error of a builtin carries so that a script can act on it.
type Code struct {
	Name string `json:"name"` // "http.timeout"
	Text string `json:"text"`
}
