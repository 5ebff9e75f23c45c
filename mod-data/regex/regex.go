// Package regex offers regular expressions to scripts: regex.match, find, find_all, replace, split and
// escape.
//
// The syntax is that of RE2, as package regexp has it: searches are linear in the text. What a [pattern]
// compiles to is bounded and kept in a [cache]; a [search] ends with its task, also in a large text.
package regex

import (
	"regexp"

	"assay.rs/core"
)

// New makes the module.
func New() core.Module {
	known := &cache{}
	return core.Module{
		Name: "regex",
		Doc: "Finds and replaces with regular expressions in the syntax of RE2.\n\n" +
			"The text comes first, then the pattern. A pattern matches anywhere in the text unless `^` and `$` hold it. " +
			"Long strings spare doubled backslashes: `[[\\d+]]`. Positions are bytes from 1, as `string.find` gives them.",
		Funcs: []core.Func{matchFunc(known), findFunc(known), findAllFunc(known), replaceFunc(known), splitFunc(known), escapeFunc()},
	}
}

func textParam() core.Param[string] { return core.Arg("text", core.String(), "The text to search.") }

func patternParam() core.Param[string] {
	return core.Arg("pattern", core.String(), "A regular expression; `(?i)` in front ignores case, `(?m)` makes `^` and `$` match at lines, `(?s)` lets `.` match a newline.")
}

func codes() []*core.Code { return []*core.Code{errSyntax, errLimit} }

func matchFunc(known *cache) core.Func {
	return core.Fn2(core.Doc{
		Name: "match", Text: "Tells whether the pattern matches anywhere in the text.",
		Needs: core.Pure, Level: core.Check, Raises: codes(),
		Examples: []string{
			`assert(regex.match("v1.2.3", [[^v\d+\.\d+]]))  assert(not regex.match("main", [[^v\d]]))`,
			`local ok, e = pcall(regex.match, "x", "(")  assert.eq(e.code, "regex.syntax")`,
		},
	}, textParam(), patternParam(), core.Returns(core.Bool(), "Whether it does."),
		func(c core.Call, text, pattern string) (bool, error) {
			s, err := newSearch(c, known, text, pattern)
			if err != nil {
				return false, err
			}
			return s.matches()
		})
}

func findFunc(known *cache) core.Func {
	return core.Fn2(core.Doc{
		Name: "find", Text: "Gives the first match, or `nil`.",
		Needs: core.Pure, Level: core.Check, Raises: codes(),
		Examples: []string{
			`local m = regex.find("image: web:1.2", [[(?P<name>\w+):(?P<tag>[\d.]+)$]])` + "\n" +
				`assert.eq(m.match, "web:1.2")  assert.eq(m.groups[2], "1.2")  assert.eq(m.named.name, "web")  assert.eq(m.start, 8)`,
		},
	}, textParam(), patternParam(), core.Returns(core.Nullable(matchType()), "The match, or `nil` when there is none."),
		func(c core.Call, text, pattern string) (*match, error) {
			s, err := newSearch(c, known, text, pattern)
			if err != nil {
				return nil, err
			}
			found, err := s.next(0)
			if err != nil || found == nil {
				return nil, err
			}
			m, err := s.match(found)
			return &m, err
		})
}

func findAllFunc(known *cache) core.Func {
	return core.Fn2(core.Doc{
		Name: "find_all", Text: "Gives all matches that do not overlap, from the left.",
		Needs: core.Pure, Level: core.Check, Raises: codes(),
		Examples: []string{`local all = regex.find_all("a=1 b=22", [[(\w)=(\d+)]])  assert.eq(#all, 2)  assert.eq(all[2].groups, {"b", "22"})`},
	}, textParam(), patternParam(), core.Returns(core.ListOf(matchType()), "The matches, none if there is none."),
		func(c core.Call, text, pattern string) ([]match, error) {
			s, err := newSearch(c, known, text, pattern)
			if err != nil {
				return nil, err
			}
			var all []match
			err = s.each(func(found []int) error {
				m, err := s.match(found)
				all = append(all, m)
				return err
			})
			return all, err
		})
}

func replaceFunc(known *cache) core.Func {
	return core.Fn3(core.Doc{
		Name: "replace",
		Text: "Gives the text with every match replaced. In a replacement text `$1` or `${1}` stands for a group, `${name}` for a named one, " +
			"`$0` for the whole match and `$$` for a dollar sign. A function gets the match and gives the text to put in its place, or `nil` to leave it.",
		Needs: core.Pure, Level: core.Check, Raises: codes(),
		Examples: []string{
			`assert.eq(regex.replace("2024-05-01", [[(\d+)-(\d+)-(\d+)]], "$3.$2.$1"), "01.05.2024")`,
			`assert.eq(regex.replace("cpu=1 mem=2", [[\d]], function(m) return m.match * 10 end), "cpu=10 mem=20")`,
		},
	}, textParam(), patternParam(), core.Arg("replacement", replacementType(), "A text, or a function."), core.Returns(core.String(), "The new text."),
		func(c core.Call, text, pattern string, with replacement) (string, error) {
			s, err := newSearch(c, known, text, pattern)
			if err != nil {
				return "", err
			}
			return s.replace(with)
		})
}

func splitFunc(known *cache) core.Func {
	return core.Fn2(core.Doc{
		Name: "split", Text: "Gives the parts of the text between the matches. A pattern that matches nothing at all splits into characters.",
		Needs: core.Pure, Level: core.Check, Raises: codes(),
		Examples: []string{`assert.eq(regex.split("a, b;c", [[[,;]\s*]]), {"a", "b", "c"})`},
	}, textParam(), patternParam(), core.Returns(core.ListOf(core.String()), "The parts, at least one."),
		func(c core.Call, text, pattern string) ([]string, error) {
			s, err := newSearch(c, known, text, pattern)
			if err != nil {
				return nil, err
			}
			return s.split()
		})
}

func escapeFunc() core.Func {
	return core.Fn1(core.Doc{
		Name: "escape", Text: "Gives a pattern that matches the text as it stands.",
		Needs: core.Pure, Level: core.Check,
		Examples: []string{`assert.eq(regex.escape("1+1=2?"), [[1\+1=2\?]])  assert(regex.match("a.b", "^" .. regex.escape("a.b") .. "$"))`},
	}, core.Arg("text", core.String(), "Any text."), core.Returns(core.String(), "The pattern."),
		func(c core.Call, text string) (string, error) {
			if err := c.Charge(2 * len(text)); err != nil {
				return "", err
			}
			return regexp.QuoteMeta(text), nil
		})
}

// partSize is about what a part takes besides its text, which is the searched one's.
const partSize = 32

func (s *search) split() ([]string, error) {
	var parts []string
	start := 0
	err := s.each(func(found []int) error {
		if found[1] == 0 || found[0] == found[1] && found[0] == len(s.text) {
			return nil // nothing before the first character, or behind the last one
		}
		parts = append(parts, s.text[start:found[0]])
		start = found[1]
		return s.results.Add(partSize)
	})
	return append(parts, s.text[start:]), err
}
