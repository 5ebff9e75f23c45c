package core

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/pattern"
)

// matching is what a VM keeps to match patterns: the ones that scripts use again and again, and matchers
// that are free.
type matching struct {
	patterns map[string]*pattern.Pattern
	free     []*pattern.Matcher
}

const (
	maxKeptPatterns = 128
	maxKeptPattern  = 128 // bytes
	maxFreeMatchers = 4
)

// stepsPerStep is how many steps of a matcher take about the time of a VM instruction.
const stepsPerStep = 16

// meter counts the work of a matcher for a thread, which may be stopped for it.
type meter struct{ t *thread }

func (m meter) Steps(n int) { m.t.spend(n / stepsPerStep) }

// matcher is one to be given back. One that is not, because something raised, is garbage.
func (t *thread) matcher() *pattern.Matcher {
	free := t.vm.matching.free
	if last := len(free) - 1; last >= 0 {
		m := free[last]
		t.vm.matching.free = free[:last]
		m.Reset(meter{t})
		return m
	}
	return pattern.NewMatcher(meter{t})
}

func (t *thread) giveBack(m *pattern.Matcher) {
	if kept := &t.vm.matching; len(kept.free) < maxFreeMatchers {
		kept.free = append(kept.free, m)
	}
}

// pattern is a pattern compiled, once if it is short.
func (t *thread) pattern(text string) *pattern.Pattern {
	kept := &t.vm.matching
	if p := kept.patterns[text]; p != nil {
		return p
	}
	t.chargePattern(text)
	p := pattern.Compile(text)
	if len(text) > maxKeptPattern {
		return p
	}
	if len(kept.patterns) >= maxKeptPatterns || kept.patterns == nil {
		kept.patterns = make(map[string]*pattern.Pattern)
	}
	kept.patterns[strings.Clone(text)] = p
	return p
}

// chargePattern charges what a long pattern takes when it is compiled.
func (t *thread) chargePattern(text string) {
	if len(text) > 10*maxKeptPattern {
		t.charge(pattern.Size(text))
		t.spend(len(text) >> 2)
	}
}

// stringFind is find(s, pattern, init, plain): where the first match begins and ends, and its captures.
func stringFind(L *lua.LState) int {
	s, text, from := searchArgs(L)
	t := currentThread(L)
	if lua.LVAsBool(L.Get(4)) || !pattern.Special(text) {
		t.spend((len(s) - from) / bytesPerStep)
		i := strings.Index(s[from:], text)
		if i < 0 {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LNumber(from + i + 1))
		L.Push(lua.LNumber(from + i + len(text)))
		return 2
	}
	m, p := t.matcher(), t.pattern(text)
	start, end, ok := find(L, m, p, s, from)
	if !ok {
		t.giveBack(m)
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(start + 1))
	L.Push(lua.LNumber(end))
	for i := range p.Captures() {
		L.Push(capture(L, m, i, s))
	}
	t.giveBack(m)
	return 2 + p.Captures()
}

// stringMatch is match(s, pattern, init): the captures of the first match, or all of it.
func stringMatch(L *lua.LState) int {
	s, text, from := searchArgs(L)
	t := currentThread(L)
	m, p := t.matcher(), t.pattern(text)
	start, end, ok := find(L, m, p, s, from)
	n := 1
	if ok {
		n = pushCaptures(L, m, p, s, start, end)
	} else {
		L.Push(lua.LNil)
	}
	t.giveBack(m)
	return n
}

// searchArgs are the first three arguments of find and match: the subject, the pattern, and the offset of
// the first byte to look at.
func searchArgs(L *lua.LState) (s, text string, from int) {
	s, text = textArg(L, 1), textArg(L, 2)
	from = fromEnd(optIntegerArg(L, 3, 1), len(s)) - 1
	return s, text, min(len(s), max(0, from))
}

// find is the first match; a malformed pattern raises.
func find(L *lua.LState, m *pattern.Matcher, p *pattern.Pattern, s string, from int) (start, end int, ok bool) {
	start, end, ok, err := m.Find(p, s, from)
	if err != nil {
		L.RaiseError("%s", err.Error())
	}
	return start, end, ok
}

// capture is a capture of the last match: a text or a position.
func capture(L *lua.LState, m *pattern.Matcher, i int, s string) lua.LValue {
	start, end, isPosition := m.Capture(i)
	if isPosition {
		return lua.LNumber(start + 1)
	}
	return piece(L, s, start, end)
}

// pushCaptures pushes the captures, or all of the match when the pattern has none.
func pushCaptures(L *lua.LState, m *pattern.Matcher, p *pattern.Pattern, s string, start, end int) int {
	if p.Captures() == 0 {
		L.Push(piece(L, s, start, end))
		return 1
	}
	for i := range p.Captures() {
		L.Push(capture(L, m, i, s))
	}
	return p.Captures()
}

// stringGmatch is gmatch(s, pattern): an iterator over the matches, each as match gives it.
func stringGmatch(L *lua.LState) int {
	s, text := textArg(L, 1), textArg(L, 2)
	t, from := currentThread(L), 0
	var p *pattern.Pattern
	if strings.HasPrefix(text, "^") {
		t.chargePattern(text)
		p = pattern.CompileEach(text)
	} else {
		p = t.pattern(text)
	}
	// The upvalues are what the iterator holds, for [walk].
	L.Push(L.NewClosure(func(L *lua.LState) int {
		t := currentThread(L)
		m := t.matcher()
		start, end, ok := find(L, m, p, s, from)
		if !ok {
			t.giveBack(m)
			from = len(s) + 1
			L.Push(lua.LNil)
			return 1
		}
		from = end
		if end == start {
			from++ // so that an empty match is not found again
		}
		n := pushCaptures(L, m, p, s, start, end)
		t.giveBack(m)
		return n
	}, L.Get(1), L.Get(2)))
	return 1
}
