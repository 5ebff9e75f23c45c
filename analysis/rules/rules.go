// Package rules finds what is wrong in Lua without running it.
//
// [Check] gives the findings of a document. Each rule is one file and one code, named as lua-language-server names
// it where that has the same, so that its comments to silence one work here too. A rule that cannot be sure says
// nothing: what a value is comes from package types, and Unknown is no finding.
package rules

import (
	"sort"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/core/syntax"
)

// Finding is something wrong with the bytes [Start, End) of a document.
type Finding struct {
	Code       string
	Message    string
	Severity   Severity
	Start, End int
	Fix        *Fix // nil when nobody but the author knows the cure

	missing string // what the level of the code does not have
}

// Fix is a change that cures a finding.
type Fix struct {
	Title string
	Safe  bool // it changes nothing but what the finding is about: `assay lint --fix` makes it
	Edits []Edit
}

// Edit replaces the bytes [Start, End) of a document.
type Edit struct {
	Start, End int
	Text       string
}

// Check gives the findings of a document in order. resolve says what require gives for modules that the library
// does not have; it may be nil.
func Check(d *document.Document, l *types.Library, resolve func(name string) *types.Module) []Finding {
	var all []Finding
	for _, c := range d.Chunks {
		all = append(all, checkChunk(d, c, l, resolve)...)
	}
	if d.Check != nil && l.Checks != nil && l.Checks.Judges(d.Check) {
		all = append(all, checkKeys(d.Check, l.Checks)...)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	return all
}

func checkChunk(d *document.Document, c *document.Chunk, l *types.Library, resolve func(name string) *types.Module) []Finding {
	k := &checker{Info: types.Infer(c.Tree, c.Bindings, l), level: levelOf(d, c)}
	k.Resolve = resolve
	for _, e := range c.Errors() {
		k.report(Finding{Code: "syntax", Message: e.Message, Start: e.Start, End: e.End})
	}
	if len(c.Tree.Errors) == 0 {
		k.names()
		k.nodes()
	}
	quiet := silenced(c.Tree)
	kept := k.findings[:0]
	for _, f := range k.findings {
		if quiet.silences(f.Code, c.Tree.Position(f.Start).Line) {
			continue
		}
		f = moved(f, c)
		if f.missing != "" {
			f.Fix = permit(d, c, f.missing)
		}
		kept = append(kept, f)
	}
	return kept
}

// moved is a finding of a chunk with offsets of the document.
func moved(f Finding, c *document.Chunk) Finding {
	f.Start, f.End = c.Outer(f.Start), c.Outer(f.End)
	if f.Fix != nil {
		for i := range f.Fix.Edits {
			e := &f.Fix.Edits[i]
			e.Start, e.End = c.Outer(e.Start), c.Outer(e.End)
		}
	}
	return f
}

// checker looks at one tree.
type checker struct {
	*types.Info
	level    level
	findings []Finding
	guards   map[string]bool // fields that the text asks for
}

func (k *checker) report(f Finding) {
	f.Severity = severities()[f.Code]
	k.findings = append(k.findings, f)
}

// at reports a finding at a node.
func (k *checker) at(id syntax.NodeID, code, message string, fix *Fix) {
	start, end := k.Tree.Span(id)
	k.report(Finding{Code: code, Message: message, Start: start, End: end, Fix: fix})
}

// replace is the fix that writes another name for a node.
func (k *checker) replace(id syntax.NodeID, text string, safe bool) *Fix {
	start, end := k.Tree.Span(id)
	return &Fix{Title: "replace by '" + text + "'", Safe: safe, Edits: []Edit{{start, end, text}}}
}

// nodes looks at all nodes, parents first. What stands in a function that is expected to raise is left out: its
// author wants what is wrong.
func (k *checker) nodes() {
	k.Tree.Walk(k.Tree.Root, func(id syntax.NodeID) bool {
		switch k.Tree.Node(id).Kind {
		case syntax.FunctionBody:
			return !k.raises(id)
		case syntax.Index, syntax.MethodCall:
			k.field(id)
		}
		switch k.Tree.Node(id).Kind {
		case syntax.Call, syntax.MethodCall:
			k.call(id)
		case syntax.CallStatement:
			k.ignored(id)
		case syntax.AssignStatement:
			k.accidental(id)
		case syntax.StringLiteral:
			k.secret(id)
		}
		return true
	})
}

// raises reports whether a function is passed to what expects it to raise.
func (k *checker) raises(body syntax.NodeID) bool {
	call := k.Parent(body)
	if k.Tree.Node(call).Kind != syntax.Call {
		return false
	}
	switch k.Callee(call).Name {
	case "pcall", "xpcall", "assert.raises":
		return true
	}
	return false
}
