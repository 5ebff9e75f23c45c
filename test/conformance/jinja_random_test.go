package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes templates of the constructs that ours and Jinja2 share.
type generator struct{ *rand.Rand }

func (g generator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g generator) template() string {
	var b strings.Builder
	for range 1 + g.IntN(4) {
		b.WriteString(g.piece(3))
	}
	return b.String()
}

// text is what stands between tags.
func (g generator) text() string {
	return g.pick("", "", " ", "\n", "\n  ", "  \n", " x ", "x\n", "\n\n", "a  ", "\t", "{ }", "\r\n")
}

// open and shut are the ends of a tag with a name.
func (g generator) tag(body string) string {
	return "{%" + g.pick("", "", "", "-", "+") + " " + body + " " + g.pick("", "", "", "-", "+") + "%}"
}

func (g generator) body(depth int) string {
	return g.text() + g.piece(depth-1) + g.text()
}

func (g generator) piece(depth int) string {
	if depth <= 0 {
		return g.pick("y", "{{ n }}", "{{ x }}", "{# c #}", "{#- c -#}")
	}
	switch g.IntN(18) {
	case 0, 1, 2, 3, 4:
		return "{{" + g.pick("", "", "-") + " " + g.any(depth) + " " + g.pick("", "", "-") + "}}" + g.text()
	case 5, 6:
		return g.text() + g.tag("if "+g.any(depth-1)) + g.body(depth) + g.pick("", g.tag("else")+g.body(depth), g.tag("elif "+g.any(1))+"2") + g.tag("endif") + g.text()
	case 7, 8:
		return g.tag("for x in "+g.list(depth-1)+g.pick("", "", " if x")) + "{{ x }}" + g.pick("", "{{ loop.index }}", ",{{ loop.last }}", "{{ loop.revindex0 }}") + g.body(depth) + g.pick("", g.tag("else")+"none") + g.tag("endfor") + g.text()
	case 9:
		return g.tag("for "+g.pick("a, b", "(a, b)", "a, (b)")+" in "+g.pick("d.items()", "d|items", "[(1, 2), (3, 4)]", "u|groupby('k')", "[('a', [1])]", "[1]", "['pq']")) + "{{ a }}" + g.body(depth) + "{{ b }}" + g.tag("endfor")
	case 10:
		return g.tag("set "+g.pick("x", "y", "x, y", "(x, y)", "x, (y, z)")+" = "+g.pick(g.any(depth-1), g.list(depth-1), "1, 2", "(1, (2, 3))")) + g.text() + "{{ x }}" + g.pick("", "{{ y }}")
	case 11:
		return g.tag("set x") + g.body(depth) + g.tag("endset") + "{{ x }}"
	case 12:
		return g.tag("macro m(a, b="+g.any(1)+")") + "{{ a }}" + g.body(depth) + "{{ b }}" + g.pick("", "{{ varargs }}", "{{ caller() if caller }}") + g.tag("endmacro") + g.pick("{{ m(1) }}", "{{ m(*[1, 2]) }}", "{{ m(**{'a': 1}) }}", "{{ m(1, *[2], **{}) }}", "{{ m() }}", "{{ m(1, b=3) }}", g.tag("call m(1)")+"c"+g.tag("endcall"), "{{ m(*l) }}")
	case 13:
		return g.tag("filter "+g.pick("upper", "trim", "replace('a', 'b')", "indent(2)", "escape")) + g.body(depth) + g.tag("endfilter")
	case 14:
		return g.tag("raw") + g.text() + "{{ no }}" + g.text() + g.tag("endraw") + g.text()
	case 15:
		return g.tag("with x = "+g.any(1)) + g.body(depth) + "{{ x }}" + g.tag("endwith")
	case 16:
		return g.pick(g.tag("include 'inc'"), g.tag("import 'lib' as lib")+"{{ lib.m(1) }}", g.tag("from 'lib' import m as q")+"{{ q(1, 3) }}", g.tag("include 'no' ignore missing")) + g.text()
	}
	return "{#" + g.pick("", "-", "+") + " c " + g.pick("", "-", "+") + "#}" + g.text()
}

// any is an expression of some kind.
func (g generator) any(depth int) string {
	switch g.IntN(10) {
	case 0, 1, 2:
		return g.number(depth)
	case 3, 4, 5:
		return g.string(depth)
	case 6:
		return g.list(depth)
	case 7:
		return g.truth(depth)
	case 8:
		return g.pick("x", "none", "d", "d.a", "d['b']", "d.nope", "d.nope.more", "nope", "l[0]", "l[-1]", "l[9]", "s[1]", "u[0].k", "true", "False", "()", "(1,)", "[]", "{}", "{'q': 1}")
	}
	return "(" + g.any(depth-1) + ") if (" + g.truth(depth-1) + ")" + g.pick("", " else "+g.any(depth-1))
}

func (g generator) number(depth int) string {
	if depth <= 0 {
		return g.pick("n", "z", "f", "1", "2", "10", "0x1F", "0o17", "0b11", "1_000", "1.5", "2e3", "1E-2", "-3", "0", "01")
	}
	a, b := g.number(depth-1), g.number(depth-1)
	switch g.IntN(9) {
	case 0, 1, 2:
		return a + " " + g.pick("+", "-", "*", "/", "//", "%") + " " + b
	case 3:
		return "(" + a + ")"
	case 4:
		return "-" + a
	case 5:
		return a + "|" + g.pick("abs", "int", "float", "round", "round(1)", "round(1, 'floor')", "string", "default(1)")
	case 6:
		return g.list(depth-1) + "|" + g.pick("length", "sum", "min", "max", "first", "last", "count")
	case 7:
		return g.string(depth-1) + "|" + g.pick("length", "int", "wordcount", "float(1.5)")
	}
	return g.pick("2 ** 3", "n ** 2", "7 // 2", "-7 // 2", "-7 % 3", "7.5 % 2", "1 +", "1 -")
}

func (g generator) string(depth int) string {
	if depth <= 0 {
		return g.pick("s", "e", "h", "'a'", `"b c"`, "'x\\ny'", "'é'", "'A-b c'", "'http://a.de/x'", "'see www.a.org.'")
	}
	a := g.string(depth - 1)
	switch g.IntN(5) {
	case 0:
		return a + " ~ (" + g.any(depth-1) + ")"
	case 1:
		return a + g.pick(" + "+g.string(depth-1), " * 2", "[1:]", "[::-1]", "[:2]", ".upper()", ".split()|string", ".strip()", ".replace('a', 'z')", ".startswith('a')|string")
	}
	return "(" + a + ")|" + g.pick("upper", "lower", "title", "capitalize", "trim", "trim('a')", "replace('a', 1)", "replace(1, 'b')", "center(9)", "indent", "indent(2, true)", "indent(2, true, true)",
		"indent('>')", "truncate(3)", "truncate(3, true)", "truncate(5, false, '..', 0)", "wordwrap(3)", "escape", "e", "safe", "striptags", "urlencode", "urlize", "urlize(5, true)", "urlize(target='_top')",
		"reverse", "list|string", "join('-')", "string", "tojson", "default('d')", "default('d', true)", "first", "last", "format", "forceescape", "length|string", "batch(2)|list|string", "unique|list|string", "sort|string", "map('upper')|join", "select('in', 'ab')|list|string")
}

func (g generator) list(depth int) string {
	if depth <= 0 {
		return g.pick("l", "w", "u", "[]", "[1, 2]", "(1, 2)", "range(3)|list", "d", "s", "nope", "[[2, 1], [1, 2]]")
	}
	a := g.list(depth - 1)
	switch g.IntN(6) {
	case 0:
		return "[" + g.any(depth-1) + ", " + g.any(depth-1) + g.pick("", ",") + "]"
	case 1:
		return a + g.pick(" + [1]", "[1:]", "[:-1]", "[::2]")
	case 2:
		return g.pick("range(5)|list", "range(1, 7, 2)|list", "range(3, 0, -1)|list", "dict(a=1, b=2)", "d.keys()|list", "d.values()|list", "w|map('lower')|list", "u|map(attribute='v')|list", "u|selectattr('v', 'gt', 1)|map(attribute='k')|list", "u|rejectattr('k', 'eq', 'x')|list", "u|sort(attribute='v', reverse=true)|map(attribute='v')|list", "u|groupby('k')|map(attribute='grouper')|list", "(u|groupby('k'))[0].list", "d|dictsort", "w|sort", "w|sort(case_sensitive=true)", "w|unique|list", "l|sort(reverse=true)")
	}
	return "(" + a + ")|" + g.pick("list", "sort", "reverse|list", "unique|list", "batch(2)|list", "batch(2, 0)|list", "slice(2)|list", "slice(2, 0)|list", "map('string')|list", "select|list", "reject|list", "join", "join(', ')", "tojson", "tojson(2)", "string", "first", "last", "length", "select('odd')|list", "map('abs')|list", "pprint")
}

func (g generator) truth(depth int) string {
	if depth <= 0 {
		return g.pick("t", "true", "false", "n > 2", "s == 'ab Cd'", "x is defined", "nope is undefined", "none is none", "'a' in s", "4 not in l")
	}
	a := g.any(depth - 1)
	switch g.IntN(5) {
	case 0:
		return "(" + g.truth(depth-1) + ") " + g.pick("and", "or") + " (" + a + ")"
	case 1:
		return "not " + g.truth(depth-1)
	case 2:
		return g.number(depth-1) + " " + g.pick("<", "<=", ">", ">=", "==", "!=") + " " + g.number(depth-1) + g.pick("", "", fmt.Sprintf(" < %d", g.IntN(9)))
	case 3:
		return "(" + a + ") is " + g.pick("string", "number", "integer", "float", "mapping", "sequence", "iterable", "none", "boolean", "defined", "true", "false", "callable", "not string", "eq 1", "in [1, 'a']", "sameas none", "upper", "lower")
	}
	return g.number(depth-1) + " is " + g.pick("odd", "even", "divisibleby 2", "divisibleby(3)", "gt 2", "not odd")
}
