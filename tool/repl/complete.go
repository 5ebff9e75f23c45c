package repl

import (
	"context"
	"slices"
	"strings"

	"assay.rs/core"
	"assay.rs/core/inspect"
)

// Complete gives the names that the last word of text may become, sorted, each as the whole word.
func (s *Session) Complete(text string) []string {
	word := lastWord(text)
	at := strings.LastIndexAny(word, ".:")
	base, begun := word[:at+1], word[at+1:]
	literal := base == ":" && endsWithText(text[:len(text)-len(begun)])
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, ":") && !literal {
		return nil // of a value that has no name
	}
	var names []string
	err := s.vm.Do(context.Background(), func(c core.Call) error {
		c.Hold(func() {
			if literal {
				names = s.textMethods(c)
			} else {
				names = s.names(c, base)
			}
		})
		return nil
	})
	if err != nil {
		return nil
	}
	var words []string
	for _, name := range names {
		if strings.HasPrefix(name, begun) && isNameOrKeyword(name) {
			words = append(words, base+name)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

func isNameOrKeyword(name string) bool {
	return inspect.IsName(name) || slices.Contains(inspect.Keywords(), name)
}

// lastWord is what stands at the end of text and may be a name with its path: "http.ge".
func lastWord(text string) string {
	start := strings.LastIndexFunc(text, func(r rune) bool {
		return r != '.' && r != ':' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	word := text[start+1:]
	if dots := strings.LastIndex(word, ".."); dots >= 0 { // an operator
		word = word[dots+2:]
	}
	return word
}

// names are those that may follow a path such as "http." or "response:"; the empty one is of globals.
func (s *Session) names(c core.Call, path string) []string {
	if path == "" {
		keys, _ := c.Globals().Keys()
		return append(keys, inspect.Keywords()...)
	}
	value, ok := at(c, path)
	if !ok {
		return nil
	}
	methods := strings.HasSuffix(path, ":")
	switch value.Kind() {
	case core.KindTable:
		t, _ := value.Table()
		return fields(t, methods)
	case core.KindString:
		return s.textMethods(c)
	case core.KindObject:
		return s.members(value.TypeName(), methods)
	default:
		return nil
	}
}

// textMethods are what may follow a string and a colon.
func (s *Session) textMethods(c core.Call) []string {
	t, ok := c.Globals().Get("string").Table()
	if !ok {
		return nil
	}
	return fields(t, true)
}

// fields are the keys of a table, or those of its functions alone.
func fields(t core.Table, onlyFunctions bool) []string {
	keys, _ := t.Keys()
	if !onlyFunctions {
		return keys
	}
	return slices.DeleteFunc(keys, func(key string) bool { return t.Get(key).Kind() != core.KindFunction })
}

// members are the methods of a class, or what a dot may be followed by: its properties, and the methods that need no
// colon.
func (s *Session) members(class string, methods bool) []string {
	var names []string
	for _, m := range s.rt.Specs() {
		for _, c := range m.Classes {
			if c.Name != class {
				continue
			}
			for _, method := range c.Methods {
				if methods || method.Unbound {
					names = append(names, method.Name)
				}
			}
			for _, field := range c.Fields {
				if !methods {
					names = append(names, field.Name)
				}
			}
		}
	}
	return names
}

// endsWithText tells whether a string literal stands before a colon: ("a"): or "a":.
func endsWithText(text string) bool {
	text = strings.TrimRight(strings.TrimSuffix(text, ":"), " ")
	for {
		inner, ok := strings.CutSuffix(text, ")")
		if !ok {
			break
		}
		text = strings.TrimRight(inner, " ")
	}
	return strings.HasSuffix(text, `"`) || strings.HasSuffix(text, "'") || strings.HasSuffix(text, "]]")
}

// common is the longest beginning that all words have.
func common(words []string) string {
	prefix := words[0]
	for _, word := range words[1:] {
		for !strings.HasPrefix(word, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}
