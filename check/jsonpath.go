package check

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"assay.rs/mod-data/yaml"
)

// jsonPath is the part of kubectl's JSONPath that leads somewhere without deciding anything: keys, indexes and [*].
// https://kubernetes.io/docs/reference/kubectl/jsonpath/
type jsonPath struct {
	text  string
	steps []jsonStep
}

// jsonStep leads from a value to those in it: by a key, an index (from the end when negative), or to all.
type jsonStep struct {
	key   string
	index int
	kind  byte // 'k', 'i' or '*'
}

// jsonPathValue reads "{.status.phase}=Running" or "{.status.phase}" alone.
func jsonPathValue(into **jsonPath, want *Template) Value {
	return Value{func() schema { return schema{"type": "string", "minLength": 1} }, func(r *Reader, n *yaml.Node) {
		s, ok := r.someText(n)
		if !ok {
			return
		}
		path, value, compared, err := parseJSONPath(s)
		if err != nil {
			r.Fail(n, "%s", err)
			return
		}
		*into, *want = path, Template{}
		if !compared {
			return
		}
		if t, ok := r.template(n, value); ok {
			*want = t
		}
	}}
}

// parseJSONPath splits at the '=' and reads the path, with or without its braces and first dot, as kubectl does.
func parseJSONPath(s string) (path *jsonPath, value string, compared bool, err error) {
	text := strings.TrimSpace(s)
	inner, rest := "", ""
	if braced, ok := strings.CutPrefix(text, "{"); ok {
		if inner, rest, ok = cutQuoted(braced, '}'); !ok {
			return nil, "", false, fmt.Errorf("the jsonpath %q has no '}'", clip(s))
		}
	} else if before, after, ok := cutQuoted(text, '='); ok {
		inner, rest = before, "="+after
	} else {
		inner = text
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		if value, compared = strings.CutPrefix(rest, "="); !compared {
			return nil, "", false, fmt.Errorf("after the jsonpath %q there may be =value, not %q", clip("{"+inner+"}"), clip(rest))
		}
		if strings.HasPrefix(value, "=") {
			return nil, "", false, fmt.Errorf("the jsonpath %q is compared with one '=', not two", clip(s))
		}
		if value = unquote(strings.TrimSpace(value)); value == "" {
			return nil, "", false, fmt.Errorf("the jsonpath %q is compared with nothing", clip(s))
		}
	}
	steps, err := jsonSteps(strings.TrimSpace(inner))
	if err != nil {
		return nil, "", false, err
	}
	return &jsonPath{text: "{" + strings.TrimSpace(inner) + "}", steps: steps}, value, compared, nil
}

// cutQuoted is strings.Cut at a character that is neither in quotes nor in brackets.
func cutQuoted(s string, at rune) (before, after string, found bool) {
	quote, depth := rune(0), 0
	for i, c := range s {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '[' || c == '(':
			depth++
		case c == ']' || c == ')':
			depth--
		case c == at && depth <= 0:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// unsupported is what a path cannot say, with what can.
func unsupported(text, what string) error {
	return fmt.Errorf("the jsonpath %q has %s, which is not supported: use 'json' with a jq expression", clip(text), what)
}

func jsonSteps(text string) ([]jsonStep, error) {
	if strings.HasPrefix(text, "range") || strings.ContainsAny(text, "{}") {
		return nil, unsupported(text, "a template")
	}
	rest := strings.TrimPrefix(text, "$")
	if rest != "" && rest[0] != '.' && rest[0] != '[' {
		rest = "." + rest
	}
	var steps []jsonStep
	for rest != "" {
		var step jsonStep
		var err error
		if rest[0] == '[' {
			step, rest, err = bracketStep(text, rest)
		} else if strings.HasPrefix(rest, "..") {
			err = unsupported(text, "'..'")
		} else {
			step, rest, err = keyStep(text, rest[1:])
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("the jsonpath %q leads nowhere", clip(text))
	}
	return steps, nil
}

// keyStep reads a key after its dot; a backslash stands before a dot that is part of it.
func keyStep(text, rest string) (jsonStep, string, error) {
	var key strings.Builder
	i := 0
	for i < len(rest) && rest[i] != '.' && rest[i] != '[' {
		if rest[i] == '\\' && i+1 < len(rest) {
			i++
		}
		key.WriteByte(rest[i])
		i++
	}
	name := key.String()
	switch {
	case name == "*":
		return jsonStep{kind: '*'}, rest[i:], nil
	case name == "":
		return jsonStep{}, "", fmt.Errorf("the jsonpath %q has no key after a dot", clip(text))
	case strings.ContainsFunc(name, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(`'"()|=<>?@,`, c) }):
		return jsonStep{}, "", fmt.Errorf("the jsonpath %q: %q is no key: write ['%s'] if it is meant", clip(text), clip(name), clip(name))
	}
	return jsonStep{kind: 'k', key: name}, rest[i:], nil
}

// bracketStep reads [0], [*] or ['key'].
func bracketStep(text, rest string) (jsonStep, string, error) {
	if quote := rest[1:min(2, len(rest))]; quote == "'" || quote == `"` {
		key, after, found := strings.Cut(rest[2:], quote+"]")
		switch {
		case !found:
			return jsonStep{}, "", fmt.Errorf("the jsonpath %q: a quote or bracket is not closed", clip(text))
		case key == "" || strings.Contains(key, quote):
			return jsonStep{}, "", unsupported(text, "several keys in brackets, or none")
		}
		return jsonStep{kind: 'k', key: key}, after, nil
	}
	inner, after, found := strings.Cut(rest[1:], "]")
	if !found {
		return jsonStep{}, "", fmt.Errorf("the jsonpath %q: a bracket is not closed", clip(text))
	}
	inner = strings.TrimSpace(inner)
	if inner == "*" {
		return jsonStep{kind: '*'}, after, nil
	}
	if n, err := strconv.Atoi(inner); err == nil {
		return jsonStep{kind: 'i', index: n}, after, nil
	}
	switch {
	case strings.HasPrefix(inner, "?"):
		return jsonStep{}, "", unsupported(text, "a filter")
	case strings.ContainsAny(inner, ":,"):
		return jsonStep{}, "", unsupported(text, "a slice or several indexes")
	}
	return jsonStep{}, "", fmt.Errorf("the jsonpath %q: %q is no index: write [0], [*] or ['key']", clip(text), clip(inner))
}

// values are those that the path leads to. What is not there, or null, is none.
func (p *jsonPath) values(v any) []any {
	at := []any{v}
	for _, step := range p.steps {
		var next []any
		for _, v := range at {
			next = append(next, step.of(v)...)
		}
		at = next
	}
	var out []any
	for _, v := range at {
		if v != nil {
			out = append(out, v)
		}
	}
	return out
}

func (s jsonStep) of(v any) []any {
	switch v := v.(type) {
	case map[string]any:
		if s.kind == 'k' {
			return []any{v[s.key]}
		}
		if s.kind == '*' {
			var out []any
			for _, item := range v {
				out = append(out, item)
			}
			return out
		}
	case []any:
		if s.kind == '*' {
			return v
		}
		i := s.index
		if i < 0 {
			i += len(v)
		}
		if s.kind == 'i' && i >= 0 && i < len(v) {
			return []any{v[i]}
		}
	}
	return nil
}
