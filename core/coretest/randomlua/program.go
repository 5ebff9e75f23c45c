// Package randomlua writes Lua for tests that compare two ways of running it.
package randomlua

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// author writes random programs that end, and mostly without an error.
type author struct {
	*rand.Rand
	b      strings.Builder
	names  []string // in scope
	depth  int
	count  int
	vararg bool
	loop   bool
	inFn   bool
	labels bool // write gotos and assignments to several places, which gopher-lua gets wrong
	budget int
}

const preamble = `local function N(v) if type(v) == "number" and v == v and v < 1e9 and v > -1e9 then return v % 1000 end return 7 end
local function S(v) local t = type(v) if t == "number" or t == "string" then return v end return t end
local function T(v) if type(v) == "table" then return v end return {1, 2, x = 3} end
local function F(v) if type(v) == "function" then return v end return function(...) return ... end end
local function show(...) local t = {} for i = 1, select("#", ...) do local v = select(i, ...) t[i] = type(v) == "table" and "table" or type(v) == "function" and "function" or tostring(v) end print(table.concat(t, " ")) end
local calls = 0
local function C(v) calls = calls + 1 if calls > 200 then error("enough") end return v end
`

func (a *author) line(format string, args ...any) {
	fmt.Fprintf(&a.b, strings.Repeat("  ", a.depth)+format+"\n", args...)
}

func (a *author) fresh() string {
	a.count++
	return fmt.Sprintf("v%d", a.count)
}

func (a *author) block(n int) {
	mark := len(a.names)
	a.depth++
	for range 1 + a.IntN(n) {
		a.statement()
	}
	a.depth--
	a.names = a.names[:mark]
}

func (a *author) exprs(n int) string {
	var list []string
	for range n {
		list = append(list, a.expr(3))
	}
	return strings.Join(list, ", ")
}

func (a *author) variable() string {
	if len(a.names) == 0 || a.IntN(12) == 0 {
		return []string{"g1", "g2", "g3"}[a.IntN(3)]
	}
	return a.names[max(0, len(a.names)-1-a.IntN(min(len(a.names), 8)))]
}

func (a *author) target() string {
	switch a.IntN(5) {
	case 0:
		return "T(" + a.variable() + ")." + []string{"x", "y"}[a.IntN(2)]
	case 1:
		return "T(" + a.variable() + ")[" + a.expr(1) + " or 1]"
	}
	return a.variable()
}

func (a *author) statement() {
	a.budget--
	if a.budget < 0 || a.depth > 6 {
		a.line("show(%s)", a.exprs(1+a.IntN(3)))
		return
	}
	switch a.IntN(16) {
	case 0, 1, 2:
		var names []string
		for range 1 + a.IntN(3) {
			names = append(names, a.fresh())
		}
		if a.IntN(6) == 0 {
			a.line("local %s", strings.Join(names, ", "))
		} else {
			a.line("local %s = %s", strings.Join(names, ", "), a.exprs(1+a.IntN(4)))
		}
		a.names = append(a.names, names...)
	case 3, 4:
		var targets []string
		for range 1 + a.IntN(3) {
			targets = append(targets, a.target())
		}
		values := 1 + a.IntN(3)
		if !a.labels {
			targets, values = targets[:1], 1
		}
		a.line("%s = %s", strings.Join(targets, ", "), a.exprs(values))
	case 5, 6:
		a.line("if %s then", a.expr(4))
		a.block(3)
		for range a.IntN(2) {
			a.line("elseif %s then", a.expr(3))
			a.block(2)
		}
		if a.IntN(2) == 0 {
			a.line("else")
			a.block(3)
		}
		a.line("end")
	case 7:
		a.looping("do local k = 0 while k < 3 and "+a.expr(2)+" do k = k + 1", "end end", nil)
	case 8:
		name := a.fresh()
		a.looping(fmt.Sprintf("for %s = %d, %d, %d do", name, a.IntN(3), a.IntN(5), []int{1, 2, -1}[a.IntN(3)]), "end", []string{name})
	case 9:
		k, v := a.fresh(), a.fresh()
		a.looping(fmt.Sprintf("for %s, %s in ipairs(T(%s)) do if %s > 4 then break end", k, v, a.expr(2), k), "end", []string{k, v})
	case 10:
		name := a.fresh()
		a.looping("do local k = 0 repeat k = k + 1 local "+name+" = "+a.expr(2), "until k > 2 or "+a.expr(2)+" == "+name+" end", []string{name})
	case 11, 12:
		a.function()
	case 13:
		a.line("show(F(%s)(%s))", a.variable(), a.exprs(1+a.IntN(3)))
	case 14:
		switch {
		case a.inFn && a.IntN(2) == 0:
			a.line("do return %s end", a.exprs(a.IntN(4)))
		case a.loop && a.IntN(2) == 0:
			a.line("if %s then break end", a.expr(2))
		default:
			a.line("do")
			a.block(4)
			a.line("end")
		}
	default:
		a.line("show(%s)", a.exprs(1+a.IntN(3)))
	}
}

func (a *author) looping(open, end string, names []string) {
	mark, loop := len(a.names), a.loop
	a.loop = true
	a.names = append(a.names, names...)
	a.line("%s C()", open)
	label := ""
	if a.labels && a.IntN(2) == 0 && !strings.HasPrefix(end, "until") {
		label = a.fresh()
		a.depth++
		a.line("if %s then goto %s end", a.expr(2), label)
		a.depth--
	}
	a.block(3)
	if label != "" {
		a.line("::%s::", label)
	}
	a.line("%s", end)
	a.loop = loop
	a.names = a.names[:mark]
}

func (a *author) function() {
	name := a.fresh()
	mark, loop, vararg, inFn := len(a.names), a.loop, a.vararg, a.inFn
	a.names = append(a.names, name)
	params := []string{}
	for range a.IntN(3) {
		params = append(params, a.fresh())
	}
	a.vararg = a.IntN(2) == 0
	if a.vararg {
		a.line("local function %s(%s)", name, strings.Join(append(append([]string{}, params...), "..."), ", "))
	} else {
		a.line("local function %s(%s)", name, strings.Join(params, ", "))
	}
	a.line("  C()")
	a.names = append(a.names, params...)
	a.loop, a.inFn = false, true
	a.block(4)
	a.line("  return %s", a.exprs(a.IntN(3)))
	a.line("end")
	a.loop, a.vararg, a.inFn = loop, vararg, inFn
	a.names = append(a.names[:mark], name)
}

func (a *author) expr(depth int) string {
	if depth == 0 || a.IntN(4) == 0 {
		switch a.IntN(8) {
		case 0:
			return "nil"
		case 1:
			return []string{"true", "false"}[a.IntN(2)]
		case 2:
			return []string{`"a"`, `'b'`, `"3"`}[a.IntN(3)]
		case 3:
			return fmt.Sprint(a.IntN(20))
		}
		return a.variable()
	}
	e := func() string { return a.expr(depth - 1) }
	switch a.IntN(17) {
	case 0, 1:
		return "N(" + e() + ") " + []string{"+", "-", "*", "% 7 +"}[a.IntN(4)] + " " + "N(" + e() + ")"
	case 2:
		return "(" + e() + " and " + e() + ")"
	case 3:
		return "(" + e() + " or " + e() + ")"
	case 4:
		return e() + " and " + e() + " or " + e()
	case 5:
		return "not " + "(" + e() + ")"
	case 6:
		return "(" + e() + []string{" == ", " ~= "}[a.IntN(2)] + e() + ")"
	case 7:
		return "(N(" + e() + ")" + []string{" < ", " <= ", " > ", " >= "}[a.IntN(4)] + "N(" + e() + "))"
	case 8:
		return "(S(" + e() + ") .. S(" + e() + ") .. " + `"."` + ")"
	case 9:
		return "T(" + e() + ")[" + e() + " or 1]"
	case 10:
		return "T(" + e() + ").x"
	case 11:
		return "F(" + a.variable() + ")(" + a.exprs(a.IntN(3)) + ")"
	case 12:
		return "{" + e() + ", " + e() + ", x = " + e() + ", [" + fmt.Sprint(a.IntN(4)) + "] = " + e() + "; F(" + a.variable() + ")(" + e() + ")}"
	case 13:
		return "(F(" + a.variable() + ")(" + e() + ", " + e() + "))"
	case 14:
		if a.vararg {
			return []string{"...", "(...)", "select('#', ...)", "{...}"}[a.IntN(4)]
		}
		return "-N(" + e() + ")"
	case 15:
		mark, vararg := len(a.names), a.vararg
		p := a.fresh()
		a.names, a.vararg = append(a.names, p), false
		s := "(function(" + p + ") C() return " + e() + ", " + e() + " end)(" + e() + ")"
		a.names, a.vararg = a.names[:mark], vararg
		return s
	}
	return "#tostring(S(" + e() + "))"
}

// Program is a program that ends and prints what it computes. It has gotos and assignments to several places, which
// gopher-lua gets wrong, if labels is set. A seed gives the same program each time.
func Program(seed uint64, labels bool) string {
	a := &author{Rand: rand.New(rand.NewPCG(seed, 99)), budget: 60, labels: labels}
	a.b.WriteString(preamble)
	a.line("local ok, err = pcall(function(...)")
	a.vararg, a.inFn = true, true
	a.block(12)
	a.line("end, 1, 'two', nil)")
	a.line("print(ok, calls, string.find(tostring(err), 'nil pointer', 1, true) and 'crash' or '')")
	return a.b.String()
}
