package xml

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay.rs/core"
)

func encode(c core.Call, v core.Value) (string, error) {
	w := &writer{out: c.Buffer()}
	if err := w.element(v, "", "", 1); err != nil {
		return "", err
	}
	return w.out.String(), nil
}

type writer struct{ out *core.Buffer }

// element writes one that stands at path, in a namespace.
func (w *writer) element(v core.Value, path, around string, depth int) error {
	if depth > maxDepth {
		return errLimit.Errorf("%s: nested deeper than %d", at(path), maxDepth)
	}
	t, ok := v.Table()
	if !ok {
		return errValue.Errorf("%s is a %s: an element is a table with a name", at(path), v.TypeName())
	}
	name, ok := t.Get("name").Text()
	if !ok || !isName(name) {
		return errValue.Errorf("%s: %q is no name of an element", at(path), name)
	}
	path += "." + name
	space, ok := t.Get("space").Text()
	if !ok {
		space = around
	}
	tag := "<" + name
	if space != around {
		value, err := escaped(space, path+".space", true)
		if err != nil {
			return err
		}
		tag += ` xmlns="` + value + `"`
	}
	if _, err := w.out.WriteString(tag); err != nil {
		return err
	}
	if err := w.attributes(t.Get("attributes"), path); err != nil {
		return err
	}
	return w.content(t, name, path, space, depth)
}

func (w *writer) content(t core.Table, name, path, space string, depth int) error {
	inside := ""
	if v := t.Get("text"); !v.IsNil() {
		text, ok := scalar(v)
		if !ok {
			return errValue.Errorf("%s.text is a %s", at(path), v.TypeName())
		}
		var err error
		if inside, err = escaped(text, path+".text", false); err != nil {
			return err
		}
	}
	children, ok := t.Get("children").Table()
	if inside == "" && (!ok || children.Len() == 0) {
		_, err := w.out.WriteString("/>")
		return err
	}
	if _, err := w.out.WriteString(">" + inside); err != nil {
		return err
	}
	if ok {
		for i := 1; i <= children.Len(); i++ {
			if err := w.element(children.At(i), fmt.Sprintf("%s.children[%d]", path, i), space, depth+1); err != nil {
				return err
			}
		}
	}
	_, err := w.out.WriteString("</" + name + ">")
	return err
}

func (w *writer) attributes(v core.Value, path string) error {
	t, ok := v.Table()
	if !ok {
		if v.IsNil() {
			return nil
		}
		return errValue.Errorf("%s.attributes is a %s", at(path), v.TypeName())
	}
	keys, only := t.Keys()
	if !only {
		return errValue.Errorf("%s.attributes has keys that are no texts", at(path))
	}
	slices.Sort(keys)
	for _, key := range keys {
		text, ok := scalar(t.Get(key))
		if !ok || !isName(key) || key == "xmlns" { // which space says
			return errValue.Errorf("%s.attributes.%s is no attribute", at(path), key)
		}
		value, err := escaped(text, path+".attributes."+key, true)
		if err != nil {
			return err
		}
		if _, err := w.out.WriteString(" " + key + `="` + value + `"`); err != nil {
			return err
		}
	}
	return nil
}

func at(path string) string {
	if path == "" {
		return "the value"
	}
	return path
}

// scalar is the text of a value that may stand in a text.
func scalar(v core.Value) (string, bool) {
	if v.Kind() == core.KindBool {
		return fmt.Sprint(v.Bool()), true
	}
	return v.Text()
}

// escaped writes what a reader would take for markup, or change, as references.
func escaped(text, path string, attribute bool) (string, error) {
	if !utf8.ValidString(text) {
		return "", errValue.Errorf("%s is not UTF-8", path)
	}
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			out.WriteString("&amp;")
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '"' && attribute:
			out.WriteString("&quot;")
		case r == '\r', attribute && (r == '\n' || r == '\t'):
			fmt.Fprintf(&out, "&#%d;", r)
		case r < ' ' && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF:
			return "", errValue.Errorf("%s has the character U+%04X, which XML does not", path, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String(), nil
}

// isName tells whether XML has a name, about: a letter, then letters, digits and some signs, with at most one prefix.
func isName(name string) bool {
	for i, r := range name {
		letter := r == '_' || unicode.IsLetter(r)
		if !letter && (i == 0 || r != '-' && r != '.' && r != ':' && !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != "" && utf8.ValidString(name) && strings.Count(name, ":") < 2
}
