package db

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"assay.rs/core"
)

// params are the values that a script gives for the placeholders of a statement: in an array, or by name.
type params struct {
	array []any
	named map[string]any
}

func (p params) none() bool { return len(p.array) == 0 && p.named == nil }

// statement is SQL with the placeholders that its database knows.
type statement struct {
	text string
	args []any // one for each placeholder, in order: nil, bool, int64, float64, string, blob, list or document
}

// numbered writes the n-th placeholder, from 1, as a database wants it. Where placeholders have no number,
// a value that stands twice is given twice.
type numbered struct {
	prefix string // "$", "?"
	number bool
}

// style is what placeholders look like to one database.
type style struct {
	syntax
	numbered
	operator bool // ? may be an operator, and ?? is one
}

// place is a placeholder in a text.
type place struct {
	start, end int
	number     int    // from 1; 0 is the next one of the array
	name       string // of a named one
}

// prepare makes the statement that the database runs.
func (x style) prepare(sql string, p params) (statement, error) {
	if p.none() && (!x.operator || !strings.Contains(sql, "??")) && (x.operator || !strings.ContainsAny(sql, "?$")) {
		return statement{text: sql}, nil
	}
	places, operators := x.places(sql, p)
	b := builder{style: x, params: p, used: make(map[int]int)}
	at, operator := 0, 0
	for _, next := range places {
		for ; operator < len(operators) && operators[operator] < next.start; operator++ {
			b.text.WriteString(sql[at:operators[operator]])
			at = operators[operator] + 1
		}
		b.text.WriteString(sql[at:next.start])
		if err := b.add(next); err != nil {
			return statement{}, err
		}
		at = next.end
	}
	for ; operator < len(operators); operator++ {
		b.text.WriteString(sql[at:operators[operator]])
		at = operators[operator] + 1
	}
	b.text.WriteString(sql[at:])
	if err := b.check(); err != nil {
		return statement{}, err
	}
	return statement{b.text.String(), b.args}, nil
}

// places finds the placeholders outside of literals and comments, and the first halves of ??.
func (x style) places(sql string, p params) (places []place, operators []int) {
	var marks, numbers []place
	for i := 0; i < len(sql); {
		if end := max(x.opaque(sql, i), x.word(sql, i)); end > i {
			i = end
			continue
		}
		rest := sql[i:]
		switch {
		case x.operator && strings.HasPrefix(rest, "??"):
			operators = append(operators, i)
			i += 2
		case rest[0] == '?' || rest[0] == '$':
			end := i + 1
			for end < len(sql) && isDigit(sql[end]) {
				end++
			}
			n, err := strconv.Atoi(sql[i+1 : end])
			switch {
			case err == nil && (rest[0] == '$' || !x.operator):
				numbers = append(numbers, place{start: i, end: end, number: n})
			case rest[0] == '?':
				marks = append(marks, place{start: i, end: i + 1})
				end = i + 1
			}
			i = end
		case rest[0] == ':' && p.named != nil && isNamed(sql, i):
			end := i + 1
			for end < len(sql) && (isLetter(sql[end]) || isDigit(sql[end])) {
				end++
			}
			places = append(places, place{start: i, end: end, name: sql[i+1 : end]})
			i = end
		case strings.HasPrefix(rest, "::"):
			i += 2
		default:
			i++
		}
	}
	switch {
	case p.named != nil:
		return places, operators
	case x.operator && p.none():
		return nil, operators
	case len(numbers) > 0 && (x.operator || len(marks) == 0):
		return numbers, operators
	}
	return marks, operators
}

// isNamed tells whether the colon at i begins a placeholder, rather than being part of ::, := or a slice
// such as a[1:n] or a[:n].
func isNamed(sql string, i int) bool {
	if i+1 == len(sql) || !isLetter(sql[i+1]) {
		return false
	}
	if i == 0 {
		return true
	}
	before := sql[i-1]
	switch {
	case before == '[':
		array := strings.TrimRight(sql[:i-1], " ")
		return len(array) >= 5 && strings.EqualFold(array[len(array)-5:], "array")
	case before == ':' || before == ']' || before == ')' || isLetter(before) || isDigit(before):
		return false
	}
	return true
}

// builder writes a statement.
type builder struct {
	style
	params
	text  strings.Builder
	args  []any
	used  map[int]int // the place among args of a value of the array, from 1
	names map[string]int
	next  int // of the array, for ?
	most  int // the highest number asked for
}

func (b *builder) add(p place) error {
	if p.name != "" {
		return b.addNamed(p.name)
	}
	if p.number == 0 {
		b.next++
		p.number = b.next
	}
	b.most = max(b.most, p.number)
	if p.number > len(b.array) {
		return nil // check says so
	}
	at, known := b.used[p.number]
	if !known || !b.number {
		b.args = append(b.args, b.array[p.number-1])
		at = len(b.args)
		b.used[p.number] = at
	}
	b.write(at)
	return nil
}

func (b *builder) addNamed(name string) error {
	value, given := b.named[name]
	if !given {
		return core.WithHint(fmt.Errorf("no value for :%s", name), "params has no key '"+name+"'; write db.null for NULL")
	}
	at, known := b.names[name]
	if !known || !b.number {
		b.args = append(b.args, value)
		at = len(b.args)
		if b.names == nil {
			b.names = make(map[string]int)
		}
		b.names[name] = at
	}
	b.write(at)
	return nil
}

func (b *builder) write(at int) {
	b.text.WriteString(b.prefix)
	if b.number {
		b.text.WriteString(strconv.Itoa(at))
	}
}

// check compares the number of placeholders with that of values.
func (b *builder) check() error {
	if b.named != nil || b.most == len(b.array) && len(b.used) == len(b.array) {
		return nil
	}
	if b.most != len(b.array) {
		return core.WithHint(fmt.Errorf("the statement has placeholders for %d values, but params has %d", b.most, len(b.array)),
			"an array ends at its first nil: write db.null for NULL")
	}
	for i := range b.array {
		if b.used[i+1] == 0 {
			return fmt.Errorf("params has %d values, but the statement does not use $%d", len(b.array), i+1)
		}
	}
	return nil
}

var errMixed = errors.New("params has both numbered values and names: give an array, or a table of names")

// paramsType is an array of values, or a table of names.
func paramsType() core.Type[params] {
	return core.Custom(core.AnyOf("array", "table"), readParams, nil)
}

func readParams(c core.Call, v core.Value) (params, error) {
	if v.IsNil() {
		return params{}, nil
	}
	table, ok := v.Table()
	if !ok {
		return params{}, fmt.Errorf("array or table of names expected, got %s", v.TypeName())
	}
	var p params
	last := 0
	err := table.Each(func(k, v core.Value) error {
		if n, whole := k.Integer(); whole && k.Kind() == core.KindNumber {
			if n < 1 || n > maxParams {
				return fmt.Errorf("an array of at most %d values expected, got key %d", maxParams, n)
			}
			last = max(last, int(n))
			return nil
		}
		name, ok := k.Text()
		if !ok || k.Kind() != core.KindString {
			return fmt.Errorf("a name expected as key, got a %s", k.TypeName())
		}
		if p.named == nil {
			p.named = make(map[string]any)
		}
		var err error
		if p.named[name], err = argument(c, v); err != nil {
			return fmt.Errorf("value of '%s': %w", name, err)
		}
		return nil
	})
	if err != nil {
		return params{}, err
	}
	if last > 0 && p.named != nil {
		return params{}, errMixed
	}
	for i := 1; i <= last; i++ {
		item := table.At(i)
		if item.IsNil() {
			return params{}, core.WithHint(fmt.Errorf("value %d is nil", i), "write db.null for NULL")
		}
		value, err := argument(c, item)
		if err != nil {
			return params{}, fmt.Errorf("value %d: %w", i, err)
		}
		p.array = append(p.array, value)
	}
	return p, nil
}

// maxParams is the most that any of the databases takes.
const maxParams = 65535

// list is a Lua array that was given for a placeholder, and document any other table. Both have their JSON.
type (
	list struct {
		json  string
		items []any
	}
	document struct{ json string }
)

// blob is bytes that are stored as such, whatever text they may be.
type blob struct{ data string }

// argument is a value as the drivers take it.
func argument(c core.Call, v core.Value) (any, error) {
	switch v.Kind() {
	case core.KindNull:
		return nil, nil //nolint:nilnil // NULL is the value
	case core.KindBool:
		return v.Bool(), nil
	case core.KindNumber, core.KindInt64:
		if n, whole := v.Integer(); whole {
			return n, nil
		}
		n, _ := v.Number()
		return n, nil
	case core.KindTable:
		return tableArgument(c, v)
	default:
		if object, ok := v.Object(); ok {
			if b, ok := object.(blob); ok {
				return b, nil
			}
		}
		if s, ok := v.Text(); ok {
			return s, nil
		}
		return nil, fmt.Errorf("a %s cannot be stored", v.TypeName())
	}
}

func tableArgument(c core.Call, v core.Value) (any, error) {
	text, err := core.EncodeJSON(c, v, "")
	if err != nil {
		return nil, err
	}
	table, _ := v.Table()
	if !table.IsArray() && len(text) > 2 {
		return document{string(text)}, nil
	}
	data, err := v.Go(c)
	if err != nil {
		return nil, err
	}
	items, _ := data.([]any)
	return list{string(text), items}, nil
}
