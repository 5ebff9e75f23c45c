package repl

import (
	"context"
	"slices"
	"strings"

	"assay.rs/core"
)

// Complete gives the names that the last word of text may become, sorted, each as the whole word.
func (s *Session) Complete(text string) []string {
	word := lastWord(text)
	at := strings.LastIndexAny(word, ".:")
	base, begun := word[:at+1], word[at+1:]
	var names []string
	err := s.vm.Do(context.Background(), func(c core.Call) error {
		c.Hold(func() { names = s.names(c, base) })
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

func isNameOrKeyword(name string) bool { return isName(name) || slices.Contains(keywords(), name) }

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
	globals := c.Globals()
	if path == "" {
		keys, _ := globals.Keys()
		return append(keys, keywords()...)
	}
	value := globals.Value()
	for part := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' || r == ':' }) {
		t, ok := value.Table()
		if !ok {
			return nil
		}
		value = t.Get(part)
	}
	switch value.Kind() {
	case core.KindTable:
		t, _ := value.Table()
		keys, _ := t.Keys()
		return keys
	case core.KindString:
		return s.names(c, "string.")
	case core.KindObject:
		return s.members(value.TypeName(), strings.HasSuffix(path, ":"))
	default:
		return nil
	}
}

// members are the methods of a class, and its properties unless only methods are asked for.
func (s *Session) members(class string, onlyMethods bool) []string {
	var names []string
	for _, m := range s.rt.Specs() {
		for _, c := range m.Classes {
			if c.Name != class {
				continue
			}
			for _, method := range c.Methods {
				names = append(names, method.Name)
			}
			for _, field := range c.Fields {
				if !onlyMethods {
					names = append(names, field.Name)
				}
			}
		}
	}
	return names
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
