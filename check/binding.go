package check

import (
	"encoding/json"
	"fmt"
	"strings"

	"assay.rs/mod-data/yaml"
)

// binding is the value of a ${} in a jq expression, which is a variable there: it is never read as jq.
type binding struct {
	source string // ${name}, as the file has it
	text   Template
	value  any  // of a var that is no text
	quoted bool // it stands in a string, as a part of its text
}

// bindingName is the variable of the nth ${}, from 1.
func bindingName(n int) string { return fmt.Sprintf("$__value%d", n) }

// of gives the value. A number or a boolean that is not quoted is one; where a var has a type, that one counts.
func (b binding) of(captures map[string]any) (any, error) {
	if p := b.text.parts; len(p) == 1 && p[0].secret != nil {
		return b.text.Expand(captures)
	}
	if b.value != nil && !b.quoted {
		return b.value, nil
	}
	if p := b.text.parts; len(p) == 1 && p[0].capture != "" && !p[0].fixture() && !b.quoted {
		v, ok := captures[p[0].capture]
		if !ok {
			return nil, fmt.Errorf("%s has no value", p[0].place())
		}
		return v, nil
	}
	text, err := b.text.Expand(captures)
	if err != nil || b.quoted {
		return text, err
	}
	switch {
	case text == "true" || text == "false":
		return text == "true", nil
	case json.Valid([]byte(text)) && strings.ContainsAny(text[:1], "-0123456789"):
		return json.Number(text), nil
	}
	return text, nil
}

// bind replaces each ${} of a jq expression by a variable, in strings by an interpolation. $$ is a dollar.
func (r *Reader) bind(n *yaml.Node, text string) (program string, bound []binding, ok bool) {
	if !strings.Contains(text, "$$") && !strings.Contains(text, "${") {
		return text, nil, true
	}
	var out strings.Builder
	var open []int // of each \( that is not closed: how many parentheses are open in it
	quoted := false
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "$$"):
			out.WriteByte('$')
			i++
			continue
		case strings.HasPrefix(rest, "${"):
			b, length, good := r.bindOne(n, rest, quoted)
			if !good {
				return "", nil, false
			}
			if before := out.String(); !quoted && strings.HasSuffix(before, ".") {
				r.Fail(n, "%s is a value here, not a name: write .[%q] for the key", b.source, b.source)
				return "", nil, false
			}
			bound = append(bound, b)
			if quoted {
				out.WriteString(`\(` + bindingName(len(bound)) + ")")
			} else {
				out.WriteString(bindingName(len(bound)))
			}
			i += length - 1
			continue
		case quoted && strings.HasPrefix(rest, `\(`):
			open = append(open, 0)
			quoted = false
			out.WriteString(`\(`)
			i++
			continue
		case quoted && rest[0] == '\\' && len(rest) > 1:
			out.WriteString(rest[:2])
			i++
			continue
		case rest[0] == '"':
			quoted = !quoted
		case !quoted && rest[0] == '#':
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				return out.String(), bound, true
			}
			i += end - 1
			continue
		case !quoted && len(open) > 0 && rest[0] == '(':
			open[len(open)-1]++
		case !quoted && len(open) > 0 && rest[0] == ')':
			if open[len(open)-1]--; open[len(open)-1] < 0 {
				open, quoted = open[:len(open)-1], true
			}
		}
		out.WriteByte(rest[0])
	}
	return out.String(), bound, true
}

// bindOne reads the ${} that text begins with.
func (r *Reader) bindOne(n *yaml.Node, text string, quoted bool) (b binding, length int, ok bool) {
	end := closing(text, len("${"))
	if end < 0 {
		r.Fail(n, "'${' without '}': write '$${' for the text itself")
		return b, 0, false
	}
	length = end + 1
	parts, err := r.scope.lookup(text[2:end], 0)
	if err != nil {
		r.Fail(n, "%s", err)
		return b, 0, false
	}
	b = binding{source: text[:length], text: Template{parts, true}, quoted: quoted}
	if len(parts) == 1 {
		b.value = parts[0].value
	}
	for _, p := range parts {
		if p.capture != "" && !p.fixture() {
			r.scope.use(p.capture, n)
		}
	}
	return b, length, true
}
