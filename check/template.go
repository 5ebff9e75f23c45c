package check

import (
	"fmt"
	"strings"

	"assay.rs/core/nearest"
	"assay.rs/mod-data/yaml"
)

// Template is a text whose ${} are filled in: all but captures when the file is read, captures when the check runs.
// Its zero value is the empty text.
type Template struct {
	parts []part
	set   bool
}

// part is a piece of text, or the name of a capture or of a fixture's URL.
type part struct {
	text, capture string
	value         any         // of a var, as the file has it; nil of what is text alone
	env           bool        // the environment has been asked for it
	secret        *secretFile // whose value text was when the file was read
}

func (p part) fixture() bool { return strings.HasPrefix(p.capture, fixtureSpace) }

// place is how the file names what is not known yet.
func (p part) place() string {
	if p.fixture() {
		return "${" + p.capture + "}"
	}
	return "${captures." + p.capture + "}"
}

// Set reports whether the file had a value for it.
func (t Template) Set() bool { return t.set }

// Expand returns the text. A capture that no check has made is an error: it is never an empty text.
func (t Template) Expand(captures map[string]any) (string, error) {
	if text, ok := t.plain(); ok {
		return text, nil
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.secret != nil {
			text, err := p.secret.read()
			if err != nil {
				return "", err
			}
			b.WriteString(text)
			continue
		}
		if p.capture == "" {
			b.WriteString(p.text)
			continue
		}
		v, ok := captures[p.capture]
		if !ok {
			return "", fmt.Errorf("%s has no value", p.place())
		}
		text, ok := plainText(v)
		if !ok {
			return "", fmt.Errorf("%s is a list or a map, not a text", p.place())
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// plain is the text of a template without anything to fill in.
func (t Template) plain() (string, bool) {
	if len(t.parts) != 1 || t.parts[0].capture != "" || t.parts[0].secret != nil {
		return "", false
	}
	return t.parts[0].text, true
}

// preview is the text with captures by name, for plans and messages.
func (t Template) preview() string {
	if text, ok := t.plain(); ok {
		return text
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.capture != "" {
			b.WriteString(p.place())
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// fixed returns the text of a template without captures.
func (t Template) fixed() (string, bool) {
	for _, p := range t.parts {
		if p.capture != "" {
			return "", false
		}
	}
	return t.preview(), true
}

// template reads s with all its ${}; ok is false when a problem was noted.
func (r *Reader) template(n *yaml.Node, s string) (Template, bool) {
	parts, err := r.scope.parse(s, 0)
	if err != nil {
		r.Fail(n, "%s", err)
		return Template{}, false
	}
	for _, p := range parts {
		if p.capture != "" && !p.fixture() {
			r.scope.use(p.capture, n)
		}
	}
	return Template{parts, true}, true
}

// static reads s where captures cannot stand: the value must be known before anything runs.
func (r *Reader) static(n *yaml.Node, s string) (string, bool) {
	parts, err := r.scope.parse(s, 0)
	if err != nil {
		r.Fail(n, "%s", err)
		return "", false
	}
	text, ok := Template{parts: parts}.fixed()
	if !ok {
		r.Fail(n, "${captures} cannot stand here: the value must be known before the first check runs")
	}
	return text, ok
}

// parse splits a text at its ${}; $$ is a dollar, and a dollar before anything else is itself.
func (s *scope) parse(text string, depth int) ([]part, error) {
	if depth > 10 {
		return nil, fmt.Errorf("${} nested deeper than 10")
	}
	if !strings.Contains(text, "$") {
		return []part{{text: text}}, nil
	}
	var parts []part
	var lit strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '$' || i+1 == len(text) {
			lit.WriteByte(text[i])
			continue
		}
		switch text[i+1] {
		case '$':
			lit.WriteByte('$')
			i++
		case '{':
			end := closing(text, i+2)
			if end < 0 {
				return nil, fmt.Errorf("'${' without '}': write '$${' for the text itself")
			}
			got, err := s.lookup(text[i+2:end], depth)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part{text: lit.String()})
			lit.Reset()
			parts = append(parts, got...)
			i = end
		default:
			lit.WriteByte('$')
		}
	}
	return append(parts, part{text: lit.String()}), nil
}

// closing finds the brace that ends the ${ whose inside begins at from, or -1.
func closing(text string, from int) int {
	for i, depth := from, 0; i < len(text); i++ {
		switch {
		case text[i] == '}' && depth == 0:
			return i
		case text[i] == '}':
			depth--
		case strings.HasPrefix(text[i:], "${"):
			depth++
		}
	}
	return -1
}

// lookup gives what ${inside} stands for.
func (s *scope) lookup(inside string, depth int) ([]part, error) {
	name, alternative, mode := inside, "", byte(0)
	if i := strings.IndexByte(inside, ':'); i >= 0 && i+1 < len(inside) && strings.IndexByte("-?", inside[i+1]) >= 0 {
		name, mode, alternative = inside[:i], inside[i+1], inside[i+2:]
	}
	if !nameLike(name) {
		return nil, fmt.Errorf("'${%s}' is not a name: write '$${' for the text itself", clip(name))
	}
	got, found, err := s.value(name)
	if err != nil {
		return nil, err
	}
	if got.env && mode != '-' {
		s.needed.env[name] = true
		if s.remote && !found && nearest.Hint(name, s.names()) == "" {
			return []part{{text: absent}}, nil
		}
	}
	if found && (mode == 0 || got.capture != "" || got.text != "") {
		return []part{got}, nil
	}
	switch mode {
	case '-':
		return s.parse(alternative, depth+1)
	case '?':
		if alternative == "" {
			alternative = "is not set"
		}
		return nil, fmt.Errorf("${%s}: %s", name, alternative)
	}
	return nil, s.unknown(name)
}

func (s *scope) unknown(name string) error {
	known := s.names()
	if hint := nearest.Hint(name, known); hint != "" {
		return fmt.Errorf("${%s}: no var and no environment variable has this name: %s", name, hint)
	}
	return fmt.Errorf("${%s}: no var and no environment variable has this name; a default is written ${%s:-text}", name, name)
}

func nameLike(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}
