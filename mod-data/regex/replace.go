package regex

import (
	"fmt"
	"strconv"
	"strings"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// replacement is what stands in place of each match: pieces of text and groups, or what fn gives.
type replacement struct {
	template string
	fn       core.Callback
}

func replacementType() core.Type[replacement] {
	fn := spec.Type{
		Kind:    spec.Callback,
		Params:  []spec.Param{{Name: "match", Type: core.SpecOf(matchType()), Text: "The match."}},
		Returns: []spec.Return{{Type: core.SpecOf(core.Nullable(core.String())), Text: "What to put in its place; `nil` or `false` leaves it."}},
	}
	described := spec.Type{Kind: spec.Union, Of: []spec.Type{core.SpecOf(core.String()), fn}}
	return core.Custom(described, func(_ core.Call, v core.Value) (replacement, error) {
		if fn, ok := v.Function(); ok {
			return replacement{fn: fn}, nil
		}
		text, ok := v.Text()
		if !ok {
			return replacement{}, fmt.Errorf("string or function expected, got %s", v.TypeName())
		}
		return replacement{template: text}, nil
	}, nil)
}

// piece is a part of a template: text, or a group.
type piece struct {
	text  string
	group int // used when text is empty
}

// pieces reads a template: $1 and ${1} are a group, $name and ${name} a named one, $$ is a dollar sign. A
// dollar sign before anything else stands for itself.
func (p *pattern) pieces(template string) ([]piece, error) {
	var all []piece
	for template != "" {
		at := strings.IndexByte(template, '$')
		if at < 0 {
			return append(all, piece{text: template}), nil
		}
		if at > 0 {
			all = append(all, piece{text: template[:at]})
		}
		template = template[at+1:]
		name, rest := groupName(template)
		if name == "" {
			all = append(all, piece{text: "$"})
			template = strings.TrimPrefix(template, "$")
			continue
		}
		group, err := p.groupNamed(name)
		if err != nil {
			return nil, err
		}
		all = append(all, piece{group: group})
		template = rest
	}
	return all, nil
}

// groupName splits what follows a dollar sign into the name of a group and the rest.
func groupName(s string) (name, rest string) {
	if inner, ok := strings.CutPrefix(s, "{"); ok {
		if name, rest, ok = strings.Cut(inner, "}"); ok {
			return name, rest
		}
		return "", s
	}
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == 0 {
		for n < len(s) && wordByte(s[n]) {
			n++
		}
	}
	return s[:n], s[n:]
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func (p *pattern) groupNamed(name string) (int, error) {
	if n, err := strconv.Atoi(name); err == nil {
		if n < 0 || n >= len(p.names) {
			return 0, core.WithHint(fmt.Errorf("the replacement names group %d, but the pattern has %d", n, len(p.names)-1), "write $$ for a dollar sign")
		}
		return n, nil
	}
	if i := p.index(name); i >= 0 {
		return i, nil
	}
	return 0, core.WithHint(fmt.Errorf("the replacement names the group %q, which the pattern does not have", excerpt(name)), "write $$ for a dollar sign, ${1} before a letter")
}

// replace puts something in place of each match.
func (s *search) replace(with replacement) (string, error) {
	pieces, err := s.p.pieces(with.template)
	if err != nil {
		return "", err
	}
	var made strings.Builder
	done := 0
	write := func(text string) error {
		if made.Len()+len(text) > maxText {
			return errLimit.Errorf("the result is larger than %d bytes", maxText)
		}
		made.WriteString(text)
		return s.results.Add(len(text))
	}
	err = s.each(func(found []int) error {
		if err := write(s.text[done:found[0]]); err != nil {
			return err
		}
		done = found[1]
		if !with.fn.IsZero() {
			text, err := s.ask(with.fn, found)
			if err != nil {
				return err
			}
			return write(text)
		}
		for _, p := range pieces {
			if p.text == "" {
				p.text, _ = s.group(found, p.group)
			}
			if err := write(p.text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if done == 0 && made.Len() == 0 {
		return s.text, nil
	}
	if err := write(s.text[done:]); err != nil {
		return "", err
	}
	return made.String(), nil
}

// ask lets a function say what to put in place of a match.
func (s *search) ask(fn core.Callback, found []int) (string, error) {
	m, err := s.match(found)
	if err != nil {
		return "", err
	}
	results, err := fn.Call(s.call, core.ValueOf(s.call, matchType(), m))
	if err != nil {
		return "", err
	}
	if len(results) == 0 || !results[0].Truthy() {
		return m.text, nil
	}
	text, ok := results[0].Text()
	if !ok {
		return "", fmt.Errorf("the function must give a string, or nil to leave the match, got %s", results[0].TypeName())
	}
	return text, nil
}
