package jinja

import (
	"errors"
	"fmt"
)

var (
	errBreak    = errors.New("break outside of a loop")
	errContinue = errors.New("continue outside of a loop")
)

func (s *loopControl) exec(*run) error { return s.err }

// loop is the variable loop in the body of a for.
type loop struct {
	r     *run
	of    *forStmt
	scope *scope // around the loop
	items []value
	at    int
	depth int
	seen  []value // what changed was last called with
}

func (l *loop) kind() string { return "loop" }

func (l *loop) attr(name string) (value, bool) {
	n := int64(len(l.items))
	i := int64(l.at)
	switch name {
	case "index":
		return i + 1, true
	case "index0":
		return i, true
	case "revindex":
		return n - i, true
	case "revindex0":
		return n - i - 1, true
	case "first":
		return i == 0, true
	case "last":
		return i == n-1, true
	case "length":
		return n, true
	case "depth":
		return int64(l.depth + 1), true
	case "depth0":
		return int64(l.depth), true
	case "previtem":
		return l.item(l.at-1, "there is no previous item"), true
	case "nextitem":
		return l.item(l.at+1, "there is no next item"), true
	case "cycle":
		return &function{"cycle", l.cycle}, true
	case "changed":
		return &function{"changed", l.changed}, true
	}
	return nil, false
}

func (l *loop) item(i int, otherwise string) value {
	if i < 0 || i >= len(l.items) {
		return undefined{otherwise + ": it"}
	}
	return l.items[i]
}

func (l *loop) cycle(_ *run, _ int, a *given) (value, error) {
	if len(a.list) == 0 {
		return nil, errors.New("cycle wants values to choose from")
	}
	return a.list[l.at%len(a.list)], nil
}

func (l *loop) changed(r *run, _ int, a *given) (value, error) {
	same := l.seen != nil && len(l.seen) == len(a.list)
	for i := 0; same && i < len(a.list); i++ {
		var err error
		if same, err = r.equal(l.seen[i], a.list[i], 0); err != nil {
			return nil, err
		}
	}
	l.seen = append([]value{}, a.list...)
	return !same, nil
}

// again is loop(items) inside of a recursive loop.
func (l *loop) again(r *run, a *given) (value, error) {
	if !l.of.recursive {
		return nil, errors.New("the loop is not recursive: {% for ... recursive %}")
	}
	if len(a.list) != 1 {
		return nil, fmt.Errorf("loop wants 1 argument, got %d", len(a.list))
	}
	if err := r.deeper(); err != nil {
		return nil, err
	}
	defer func() { r.depth-- }()
	return r.capture(func() error { return r.loop(l.of, l.scope, a.list[0], l.depth+1) })
}

func (s *forStmt) exec(r *run) error {
	items, err := s.items.eval(r)
	if err != nil {
		return err
	}
	return r.loop(s, r.scope, items, 0)
}

func (r *run) loop(s *forStmt, around *scope, over value, depth int) error {
	items, err := r.iterate(over)
	if err == nil && s.cond != nil {
		items, err = r.chosen(s, around, items)
	}
	if err != nil {
		return r.fail(s.place(), err)
	}
	if len(items) == 0 {
		return r.within(around, func() error { return r.body(s.other) })
	}
	l := &loop{r: r, of: s, scope: around, items: items, depth: depth}
	for i, item := range items {
		l.at = i
		err := r.within(around, func() error {
			if err := r.unpack(s, item); err != nil {
				return r.fail(s.place(), err)
			}
			r.scope.set("loop", l)
			return r.body(s.body)
		})
		if errors.Is(err, errBreak) {
			return nil
		}
		if err != nil && !errors.Is(err, errContinue) {
			return err
		}
	}
	return nil
}

// chosen are the items that the condition of the loop holds for.
func (r *run) chosen(s *forStmt, around *scope, items []value) ([]value, error) {
	var chosen []value
	for _, item := range items {
		err := r.within(around, func() error {
			if err := r.unpack(s, item); err != nil {
				return err
			}
			v, err := s.cond.eval(r)
			if err == nil && truth(v) {
				chosen = append(chosen, item)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return chosen, r.spend(len(items), len(chosen)*itemSize)
}

// unpack sets the target of the loop.
func (r *run) unpack(s *forStmt, item value) error {
	if err := r.spend(1, 0); err != nil {
		return err
	}
	return r.assign(s.target, item)
}

func described(v value) string {
	if l, ok := v.(*list); ok {
		return fmt.Sprintf("%s of %d", article(v), len(l.items))
	}
	return article(v)
}
