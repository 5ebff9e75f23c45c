package jinja

import (
	"errors"
	"fmt"
	"html"
	"math"
	"math/bits"
	"strings"
)

// operate is a op b for the operators of arithmetic and ~.
func (r *run) operate(op string, a, b value) (value, error) {
	if op == "~" {
		return r.join(a, b)
	}
	if v, done, err := r.sequences(op, a, b); done || err != nil {
		return v, err
	}
	x, xok := float(a)
	y, yok := float(b)
	if !xok || !yok {
		return nil, fmt.Errorf("'%s' does not go with %s and %s", op, r.subject(a), r.subject(b))
	}
	m, mok := whole(a)
	n, nok := whole(b)
	if mok && nok && op != "/" && (op != "**" || n >= 0) {
		return integers(op, m, n)
	}
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "**":
		return math.Pow(x, y), nil
	}
	if y == 0 {
		return nil, errZero
	}
	switch op {
	case "/":
		return x / y, nil
	case "//":
		quotient, _ := floorDivide(x, y)
		return quotient, nil
	default:
		_, rest := floorDivide(x, y)
		return rest, nil
	}
}

// floorDivide divides as Python does: the rest is exact and has the sign of y.
func floorDivide(x, y float64) (quotient, rest float64) {
	rest = math.Mod(x, y)
	quotient = (x - rest) / y
	if rest != 0 && (y < 0) != (rest < 0) {
		rest += y
		quotient--
	}
	if rest == 0 {
		rest = math.Copysign(0, y)
	}
	if floor := math.Floor(quotient); quotient-floor > 0.5 {
		return floor + 1, rest
	} else if quotient != 0 {
		return floor, rest
	}
	return math.Copysign(0, x/y), rest
}

var (
	errZero     = errors.New("division by zero")
	errOverflow = errors.New("the result does not fit into 64 bits")
)

func integers(op string, m, n int64) (value, error) {
	switch op {
	case "+":
		if sum := m + n; (sum > m) == (n > 0) {
			return sum, nil
		}
		return nil, errOverflow
	case "-":
		if diff := m - n; (diff < m) == (n > 0) {
			return diff, nil
		}
		return nil, errOverflow
	case "*":
		return product(m, n)
	case "**":
		return power(m, n)
	}
	if n == 0 {
		return nil, errZero
	}
	if n == -1 {
		if op == "%" {
			return int64(0), nil
		}
		return product(m, n)
	}
	quotient, rest := m/n, m%n
	if rest != 0 && (rest < 0) != (n < 0) {
		quotient, rest = quotient-1, rest+n
	}
	if op == "%" {
		return rest, nil
	}
	return quotient, nil
}

func product(m, n int64) (value, error) {
	high, low := bits.Mul64(magnitude(m), magnitude(n))
	negative := (m < 0) != (n < 0)
	switch {
	case high != 0 || low > 1<<63 || low == 1<<63 && !negative:
		return nil, errOverflow
	case negative:
		return -int64(low), nil
	}
	return int64(low), nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func power(m, n int64) (value, error) {
	var made value = int64(1)
	if m == 0 || m == 1 || m == -1 {
		n = min(n, 2+n%2)
	}
	for range min(n, 64) {
		var err error
		if made, err = product(made.(int64), m); err != nil {
			return nil, err
		}
	}
	if n > 64 {
		return nil, errOverflow
	}
	return made, nil
}

// sequences is a op b where a text or a list is among them.
func (r *run) sequences(op string, a, b value) (value, bool, error) {
	if op == "*" {
		if n, ok := whole(b); ok {
			return r.repeat(a, n)
		}
		if n, ok := whole(a); ok {
			return r.repeat(b, n)
		}
	}
	if s, ok := str(a); ok && op == "%" {
		v, err := r.format(s, arguments1(b))
		return v, true, err
	}
	if op != "+" {
		return nil, false, nil
	}
	if x, ok := a.(*list); ok {
		y, ok := b.(*list)
		if !ok || x.tuple != y.tuple {
			return nil, false, nil
		}
		n := len(x.items) + len(y.items)
		if err := r.spend(n, n*itemSize); err != nil {
			return nil, true, err
		}
		joined := &list{items: make([]value, 0, n), tuple: x.tuple}
		joined.items = append(append(joined.items, x.items...), y.items...)
		return joined, true, nil
	}
	_, xok := str(a)
	_, yok := str(b)
	if !xok || !yok {
		return nil, false, nil
	}
	v, err := r.join(a, b)
	return v, true, err
}

// arguments1 are the values that "..." % v formats.
func arguments1(v value) []value {
	if l, ok := v.(*list); ok && l.tuple {
		return l.items
	}
	return []value{v}
}

// join is the text of values one behind the other. It is safe when one of them is; the others are escaped.
func (r *run) join(values ...value) (value, error) {
	marked := false
	for _, v := range values {
		if _, ok := v.(safe); ok {
			marked = true
		}
	}
	var made strings.Builder
	for _, v := range values {
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(safe); marked && !ok {
			if s, err = r.escaped(s); err != nil {
				return nil, err
			}
		}
		if err := r.spend(1, len(s)); err != nil {
			return nil, err
		}
		made.WriteString(s)
	}
	if marked {
		return safe(made.String()), nil
	}
	return made.String(), nil
}

func (r *run) repeat(v value, n int64) (value, bool, error) {
	n = max(n, 0)
	if s, ok := str(v); ok {
		if err := r.spendTimes(int64(len(s)), n); err != nil {
			return nil, true, err
		}
		made := strings.Repeat(s, int(n))
		if _, ok := v.(safe); ok {
			return safe(made), true, nil
		}
		return made, true, nil
	}
	l, ok := v.(*list)
	if !ok {
		return nil, false, nil
	}
	if err := r.spendTimes(int64(len(l.items))*itemSize, n); err != nil {
		return nil, true, err
	}
	made := &list{tuple: l.tuple}
	for range n {
		made.items = append(made.items, l.items...)
		if len(l.items) == 0 {
			break
		}
	}
	return made, true, nil
}

// spendTimes asks for size bytes n times.
func (r *run) spendTimes(size, n int64) error {
	high, low := bits.Mul64(uint64(size), uint64(n))
	if high != 0 || low > math.MaxInt32 {
		low = math.MaxInt32
		if err := r.spend(1, int(low)); err != nil {
			return err
		}
		return fmt.Errorf("%d times %d bytes are too many", n, size)
	}
	return r.spend(1, int(low))
}

// escape is v with its text escaped for HTML, unless it is safe already.
func (r *run) escapeValue(v value) (value, error) {
	if s, ok := v.(safe); ok {
		return s, nil
	}
	s, err := r.text(v)
	if err != nil {
		return nil, err
	}
	if err := r.spend(1, 5*len(s)); err != nil {
		return nil, err
	}
	return safe(html.EscapeString(s)), nil
}
