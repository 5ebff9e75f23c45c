package jinja

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"assay.rs/mod-data/yaml"
)

func (l *library) addChoosingFilters() {
	l.onItems("map", "...", mapFilter)
	l.onItems("select", "...", func(r *run, items []value, a *bound) (value, error) { return r.choose(items, a, false, true) })
	l.onItems("reject", "...", func(r *run, items []value, a *bound) (value, error) { return r.choose(items, a, false, false) })
	l.onItems("selectattr", "...", func(r *run, items []value, a *bound) (value, error) { return r.choose(items, a, true, true) })
	l.onItems("rejectattr", "...", func(r *run, items []value, a *bound) (value, error) { return r.choose(items, a, true, false) })
}

// mapFilter takes an attribute of each item, or passes each through a filter.
func mapFilter(r *run, items []value, a *bound) (value, error) {
	attribute, byAttribute := a.named["attribute"]
	otherwise, hasDefault := a.named["default"]
	var name string
	if !byAttribute {
		if len(a.more) == 0 {
			return nil, errors.New("the name of a filter, or attribute=, expected")
		}
		name, _ = str(a.more[0])
		if _, known := r.library.filters[name]; !known {
			return nil, fmt.Errorf("there is no filter '%s'", name)
		}
	}
	l := &list{items: make([]value, len(items))}
	for i, item := range items {
		var err error
		if byAttribute {
			item, err = r.path(item, attribute)
			if _, ok := item.(undefined); ok && hasDefault {
				item = otherwise
			}
		} else {
			item, err = r.filter(name, item, a.behind(1))
		}
		if err != nil {
			return nil, err
		}
		l.items[i] = item
	}
	return l, nil
}

// behind are the arguments from the number i on.
func (b *bound) behind(i int) *given {
	g := &given{list: b.more[i:], named: b.named}
	for name := range b.named {
		g.names = append(g.names, name)
	}
	slices.Sort(g.names)
	return g
}

// choose keeps the items that pass a test, or of which an attribute does; without a test those that are true.
func (r *run) choose(items []value, a *bound, attribute, want bool) (value, error) {
	skip := 0
	if attribute {
		if skip = 1; len(a.more) == 0 {
			return nil, errors.New("the name of an attribute expected")
		}
	}
	name := ""
	if len(a.more) > skip {
		name, _ = str(a.more[skip])
		if _, known := r.library.tests[name]; !known {
			return nil, fmt.Errorf("there is no test '%s'", name)
		}
	}
	l := &list{}
	for _, item := range items {
		v, err := item, error(nil)
		if attribute {
			if v, err = r.path(item, a.more[0]); err != nil {
				return nil, err
			}
		}
		passed := truth(v)
		if name != "" {
			if passed, err = r.test(name, v, a.behind(skip+1)); err != nil {
				return nil, err
			}
		}
		if passed == want {
			l.items = append(l.items, item)
		}
	}
	return l, nil
}

func (l *library) addDataFilters() {
	l.filter("default d", "default_value boolean", func(_ *run, v value, a *bound) (value, error) {
		_, missing := v.(undefined)
		if !missing && (!a.bool(1, false) || truth(v)) {
			return v, nil
		}
		if !a.has[0] {
			return "", nil
		}
		return a.values[0], nil
	})
	l.filter("attr", "name", func(r *run, v value, a *bound) (value, error) {
		a.need(0)
		return r.attr(v, a.str(0, ""))
	})
	l.filter("pprint", "", func(r *run, v value, _ *bound) (value, error) {
		var b strings.Builder
		err := r.repr(&b, v, 0)
		return b.String(), err
	})
	l.filter("tojson", "indent", func(r *run, v value, a *bound) (value, error) {
		indent := ""
		if n := a.width(0, 0); a.has[0] && a.values[0] != nil {
			indent = "\n" + strings.Repeat(" ", min(n, 16))
		}
		var b strings.Builder
		err := (&jsonWriter{run: r, Builder: &b, indent: indent, html: true}).value(v, 0)
		return safe(b.String()), err
	})
	l.addFormatFilters()
}

// addFormatFilters adds filters that Ansible has, for text that is no HTML.
func (l *library) addFormatFilters() {
	for name, width := range map[string]int{"to_json": 0, "to_nice_json": 4} {
		l.filter(name, "indent", func(r *run, v value, a *bound) (value, error) {
			indent := ""
			if n := a.width(0, int64(width)); n > 0 {
				indent = "\n" + strings.Repeat(" ", min(n, 16))
			}
			var b strings.Builder
			err := (&jsonWriter{run: r, Builder: &b, indent: indent}).value(v, 0)
			return b.String(), err
		})
	}
	l.filter("to_yaml to_nice_yaml", "", func(r *run, v value, _ *bound) (value, error) {
		data, err := r.toGo(v, 0)
		if err != nil {
			return nil, err
		}
		text, err := yaml.Encode(data)
		return string(text), err
	})
	l.filter("b64encode", "", func(r *run, v value, _ *bound) (value, error) {
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.EncodeToString([]byte(s)), r.spend(1+len(s)/16, 2*len(s))
	})
	l.filter("b64decode", "", func(r *run, v value, _ *bound) (value, error) {
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		if err := r.spend(1+len(s)/16, len(s)); err != nil {
			return nil, err
		}
		plain, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, errors.New("no Base64 (RFC 4648, with its padding)")
		}
		return string(plain), nil
	})
}

// toGo makes data of a value.
func (r *run) toGo(v value, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("a value is nested deeper than %d", maxDepth)
	}
	var err error
	switch v := v.(type) {
	case nil, bool, int64, float64:
		return v, r.spend(1, 2*itemSize)
	case *list:
		made := make([]any, len(v.items))
		for i, item := range v.items {
			if made[i], err = r.toGo(item, depth+1); err != nil {
				return nil, err
			}
		}
		return made, r.spend(1, len(made)*itemSize)
	case *dict:
		made := make(map[string]any, len(v.keys))
		for _, key := range v.keys {
			if made[key], err = r.toGo(v.m[key], depth+1); err != nil {
				return nil, err
			}
		}
		return made, r.spend(1, len(made)*entrySize)
	}
	s, ok := str(v)
	if !ok {
		return nil, fmt.Errorf("%s has no form as data", r.subject(v))
	}
	return s, r.spend(1+len(s)/16, 4*len(s)+depth*2*strings.Count(s, "\n"))
}

// jsonWriter writes values as JSON.
type jsonWriter struct {
	*run
	*strings.Builder
	indent string // a newline and the blanks of a level, or empty
	html   bool   // the text may stand in HTML
}

func (w *jsonWriter) value(v value, depth int) error {
	b, indent := w.Builder, w.indent
	if depth > maxDepth {
		return fmt.Errorf("a value is nested deeper than %d", maxDepth)
	}
	if err := w.spend(1, itemSize+len(indent)+depth*max(len(indent)-1, 0)); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s has no form in JSON", floatText(v))
		}
		b.WriteString(floatText(v))
	case *list:
		return w.members("[]", len(v.items), depth, func(i int) (string, value) { return "", v.items[i] })
	case *dict:
		keys := v.keys
		if w.html {
			keys = slices.Sorted(maps.Keys(v.m))
		}
		return w.members("{}", len(keys), depth, func(i int) (string, value) { return keys[i], v.m[keys[i]] })
	default:
		s, ok := str(v)
		if !ok {
			return fmt.Errorf("%s has no form in JSON", w.subject(v))
		}
		return w.text(s)
	}
	return nil
}

func (w *jsonWriter) members(brackets string, n, depth int, member func(i int) (string, value)) error {
	b, indent := w.Builder, w.indent
	b.WriteByte(brackets[0])
	line := func(levels int) {
		if indent != "" && n > 0 {
			b.WriteByte('\n')
			b.WriteString(strings.Repeat(indent[1:], levels))
		}
	}
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
			if indent == "" {
				b.WriteByte(' ')
			}
		}
		line(depth + 1)
		key, v := member(i)
		if brackets == "{}" {
			if err := w.text(key); err != nil {
				return err
			}
			b.WriteString(": ")
		}
		if err := w.value(v, depth+1); err != nil {
			return err
		}
	}
	line(depth)
	b.WriteByte(brackets[1])
	return nil
}

func (w *jsonWriter) text(s string) error {
	b := w.Builder
	if err := w.spend(1+len(s)/16, 6*len(s)); err != nil {
		return err
	}
	if !utf8.ValidString(s) {
		return errors.New("text that is not UTF-8 has no form in JSON")
	}
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\r':
			b.WriteString(`\r`)
		case c < ' ' || w.html && (c == '<' || c == '>' || c == '&' || c == '\'') || c == 0x7f || c == '\u2028' || c == '\u2029':
			fmt.Fprintf(b, `\u%04x`, c)
		case w.html && c > 0x7f:
			for _, half := range utf16.AppendRune(nil, c) {
				fmt.Fprintf(b, `\u%04x`, half)
			}
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return nil
}
