package jinja

import (
	"errors"
	"fmt"
	"strings"
)

// method is a method of a text, a list or a dict, as Python has them.
func method(v value, name string) (value, bool) {
	var call func(r *run, a *given) (value, error)
	switch v := v.(type) {
	case *dict:
		call = dictMethod(v, name)
	case *list:
		call = listMethod(v, name)
	default:
		if s, ok := str(v); ok {
			call = textMethod(v, s, name)
		}
	}
	if call == nil {
		return nil, false
	}
	return &function{name, func(r *run, _ int, a *given) (value, error) { return call(r, a) }}, true
}

func dictMethod(d *dict, name string) func(r *run, a *given) (value, error) {
	switch name {
	case "items":
		return func(r *run, _ *given) (value, error) { return r.pairs(d) }
	case "keys":
		return func(r *run, _ *given) (value, error) {
			items, err := r.iterate(d)
			return &list{items: items}, err
		}
	case "values":
		return func(r *run, _ *given) (value, error) {
			l := &list{}
			for _, key := range d.keys {
				l.items = append(l.items, d.m[key])
			}
			return l, r.spend(len(d.keys), len(d.keys)*itemSize)
		}
	case "get":
		return func(r *run, a *given) (value, error) {
			b, err := r.bind(a, []string{"key", "default"})
			if err != nil {
				return nil, err
			}
			b.need(0)
			key, err := r.key(b.values[0])
			if err != nil {
				return nil, err
			}
			if v, ok := d.m[key]; ok {
				return v, b.err
			}
			return b.values[1], b.err
		}
	case "update":
		return func(r *run, a *given) (value, error) {
			more, err := dictGlobal(r, 0, a)
			if err != nil {
				return nil, err
			}
			for _, key := range more.(*dict).keys {
				d.set(key, more.(*dict).m[key])
			}
			return nil, nil //nolint:nilnil // none is the value
		}
	}
	return nil
}

func listMethod(l *list, name string) func(r *run, a *given) (value, error) {
	switch name {
	case "append":
		return func(r *run, a *given) (value, error) {
			if l.tuple || len(a.list) != 1 {
				return nil, errors.New("one value for a list expected")
			}
			l.items = append(l.items, a.list[0])
			return nil, r.spend(1, 2*itemSize)
		}
	case "index":
		return func(r *run, a *given) (value, error) {
			i, err := l.find(r, a)
			if err == nil && i < 0 {
				err = errors.New("the value is not in the list")
			}
			return int64(i), err
		}
	case "count":
		return func(r *run, a *given) (value, error) {
			n := int64(0)
			rest := &list{items: l.items}
			for {
				i, err := rest.find(r, a)
				if err != nil || i < 0 {
					return n, err
				}
				n++
				rest.items = rest.items[i+1:]
			}
		}
	}
	return nil
}

func (l *list) find(r *run, a *given) (int, error) {
	if len(a.list) != 1 {
		return 0, fmt.Errorf("1 argument expected, got %d", len(a.list))
	}
	for i, item := range l.items {
		if same, err := r.equal(item, a.list[0], 0); same || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// textMethod is a method of a text; where a filter does the same, it is the filter.
func textMethod(v value, s, name string) func(r *run, a *given) (value, error) {
	switch name {
	case "upper", "lower", "capitalize", "title", "replace", "center":
		return func(r *run, a *given) (value, error) { return r.filter(name, v, a) }
	case "strip", "lstrip", "rstrip":
		return func(r *run, a *given) (value, error) { return strip(r, v, name, a) }
	case "startswith", "endswith", "find", "count":
		return func(r *run, a *given) (value, error) { return search(r, s, name, a) }
	case "split", "rsplit":
		return func(r *run, a *given) (value, error) { return split(r, s, name, a) }
	case "splitlines":
		return func(r *run, _ *given) (value, error) {
			lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
			if lines[len(lines)-1] == "" {
				lines = lines[:len(lines)-1]
			}
			return r.texts(lines)
		}
	case "join":
		return func(r *run, a *given) (value, error) {
			if len(a.list) != 1 {
				return nil, fmt.Errorf("1 argument expected, got %d", len(a.list))
			}
			return r.filter("join", a.list[0], &given{list: []value{v}})
		}
	case "isdigit":
		return func(*run, *given) (value, error) { return s != "" && strings.Trim(s, "0123456789") == "", nil }
	}
	return nil
}

func (r *run) texts(parts []string) (value, error) {
	if err := r.spend(len(parts), 2*len(parts)*itemSize); err != nil {
		return nil, err
	}
	l := &list{items: make([]value, len(parts))}
	for i, part := range parts {
		l.items[i] = part
	}
	return l, nil
}

func strip(r *run, v value, name string, a *given) (value, error) {
	b, err := r.bind(a, []string{"chars"})
	if err != nil {
		return nil, err
	}
	chars := b.str(0, " \t\n\r\v\f")
	if b.err != nil {
		return nil, b.err
	}
	return r.changed(v, func(s string) (string, error) {
		if name != "rstrip" {
			s = strings.TrimLeft(s, chars)
		}
		if name != "lstrip" {
			s = strings.TrimRight(s, chars)
		}
		return s, nil
	})
}

func search(r *run, s, name string, a *given) (value, error) {
	b, err := r.bind(a, []string{"text"})
	if err != nil {
		return nil, err
	}
	b.need(0)
	part := b.str(0, "")
	if err := r.spend(1+len(s)/64, 0); err != nil {
		return nil, err
	}
	switch name {
	case "startswith":
		return strings.HasPrefix(s, part), b.err
	case "endswith":
		return strings.HasSuffix(s, part), b.err
	case "find":
		return int64(strings.Index(s, part)), b.err
	default:
		return int64(strings.Count(s, part)), b.err
	}
}

func split(r *run, s, name string, a *given) (value, error) {
	b, err := r.bind(a, []string{"sep", "maxsplit"})
	if err != nil {
		return nil, err
	}
	sep, most := b.str(0, ""), b.int(1, -1)
	if b.err != nil {
		return nil, b.err
	}
	if err := r.spend(1+len(s)/16, len(s)); err != nil {
		return nil, err
	}
	if !b.has[0] || b.values[0] == nil {
		fields := strings.Fields(s)
		if most >= 0 && int64(len(fields)) > most {
			return nil, errors.New("maxsplit wants a separator")
		}
		return r.texts(fields)
	}
	if sep == "" {
		return nil, errors.New("the separator is empty")
	}
	parts := strings.Split(s, sep)
	if err := r.spend(len(parts), len(parts)*itemSize); err != nil {
		return nil, err
	}
	if over := int64(len(parts)) - 1 - most; most >= 0 && over > 0 {
		if name == "rsplit" {
			parts = append([]string{strings.Join(parts[:over+1], sep)}, parts[over+1:]...)
		} else {
			parts = append(parts[:most:most], strings.Join(parts[most:], sep))
		}
	}
	return r.texts(parts)
}
