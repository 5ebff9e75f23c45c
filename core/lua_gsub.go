package core

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/pattern"
)

// gsub is one call of string.gsub.
type gsub struct {
	L    *lua.LState
	t    *thread
	m    *pattern.Matcher
	p    *pattern.Pattern
	s    string
	with lua.LValue // text, a table or a function
	made strings.Builder
	done int // how much of s is in made
}

// stringGsub is gsub(s, pattern, replacement, n): s with the first n matches replaced, and how many there
// were.
func stringGsub(L *lua.LState) int {
	s, text := textArg(L, 1), textArg(L, 2)
	most := optIntegerArg(L, 4, len(s)+1)
	t := currentThread(L)
	g := gsub{L: L, t: t, m: t.matcher(), p: t.pattern(text), s: s, with: replacement(L)}
	n := g.run(most)
	t.giveBack(g.m)
	L.Push(g.result())
	L.Push(lua.LNumber(n))
	return 2
}

// replacement is argument 3: text, a table or a function.
func replacement(L *lua.LState) lua.LValue {
	switch v := L.Get(3).(type) {
	case lua.LString, *lua.LTable, *lua.LFunction:
		return v
	default:
		s, ok := text(v)
		if !ok {
			typeError(L, 3, "string/function/table")
		}
		return lua.LString(s)
	}
}

// run replaces the first matches and gives how many there were.
func (g *gsub) run(most int) int {
	n := 0
	for from := 0; n < most && from <= len(g.s); {
		start, end, ok := find(g.L, g.m, g.p, g.s, from)
		if !ok {
			break
		}
		n++
		g.replace(start, end)
		from = end
		if end == start {
			from++
		}
		if g.p.Anchored() {
			break
		}
	}
	return n
}

// result is all of the text; s itself when nothing was replaced.
func (g *gsub) result() lua.LString {
	if g.made.Len() == 0 && g.done == 0 {
		return lua.LString(g.s)
	}
	g.write(g.s[g.done:])
	return lua.LString(g.made.String())
}

// write adds to the result. What it grows by is charged before.
func (g *gsub) write(s string) {
	if room := g.made.Cap() - g.made.Len(); len(s) > room {
		// Grow makes twice the room and what is asked for; until then there is the old room, too.
		g.t.charge(3*g.made.Cap() + len(s))
		if g.made.Len()+len(s) > maxText {
			g.L.RaiseError("resulting string too large")
		}
		g.made.Grow(len(s))
	}
	g.t.spend(1 + len(s)/bytesPerStep)
	g.made.WriteString(s)
}

// replace writes what stands before a match, and what replaces it.
func (g *gsub) replace(start, end int) {
	var v lua.LValue
	switch with := g.with.(type) {
	case lua.LString:
		g.write(g.s[g.done:start])
		g.done = end
		g.expand(string(with), start, end)
		return
	case *lua.LTable:
		v = g.L.GetTable(with, g.first(start, end))
	default:
		g.L.Push(with)
		g.L.Call(pushCaptures(g.L, g.m, g.p, g.s, start, end), 1)
		v = g.L.Get(-1)
		g.L.Pop(1)
	}
	if !lua.LVAsBool(v) {
		g.t.spend(1)
		return // the match stays as it is
	}
	s, ok := text(v)
	if !ok {
		g.L.RaiseError("invalid replacement value (a %s)", luaTypeName(v))
	}
	g.write(g.s[g.done:start])
	g.done = end
	g.write(s)
}

// first is the first capture, or all of the match.
func (g *gsub) first(start, end int) lua.LValue {
	if g.p.Captures() == 0 {
		return lua.LString(g.s[start:end])
	}
	return capture(g.L, g.m, 0, g.s)
}

// expand writes replacement text, in which %1 is a capture, %0 the match, and %% a %.
func (g *gsub) expand(with string, start, end int) {
	for {
		at := strings.IndexByte(with, '%')
		if at < 0 {
			g.write(with)
			return
		}
		if at > 0 {
			g.write(with[:at])
		}
		if at+1 == len(with) {
			g.L.RaiseError("%s", "invalid use of '%' in replacement string")
		}
		sign := with[at+1]
		switch {
		case sign < '0' || sign > '9':
			g.write(with[at+1 : at+2])
		case sign == '0' || sign == '1' && g.p.Captures() == 0:
			g.write(g.s[start:end])
		case int(sign-'1') >= g.p.Captures():
			g.L.RaiseError("invalid capture index")
		default:
			s, _ := text(capture(g.L, g.m, int(sign-'1'), g.s))
			g.write(s)
		}
		with = with[at+2:]
	}
}
