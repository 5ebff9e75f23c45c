package gotemplate

import (
	"fmt"
	"regexp"
	"strings"

	"assay.rs/mod-data/regex"
)

// regexps are sprig's functions with regular expressions, whose size is bounded. Here those without must in
// their names fail as well, where sprig panics.
func (s *set) regexps() map[string]any {
	match := func(pattern, text string) (bool, error) {
		re, err := s.pattern(pattern, text)
		return err == nil && re.MatchString(text), err
	}
	findAll := func(pattern, text string, n int) ([]string, error) {
		re, err := s.pattern(pattern, text)
		if err != nil {
			return nil, err
		}
		return re.FindAllString(text, n), nil
	}
	find := func(pattern, text string) (string, error) {
		re, err := s.pattern(pattern, text)
		if err != nil {
			return "", err
		}
		return re.FindString(text), nil
	}
	split := func(pattern, text string, n int) ([]string, error) {
		re, err := s.pattern(pattern, text)
		if err != nil {
			return nil, err
		}
		return re.Split(text, n), nil
	}
	replace := func(pattern, text, with string) (string, error) { return s.replaceAll(pattern, text, with, false) }
	literal := func(pattern, text, with string) (string, error) { return s.replaceAll(pattern, text, with, true) }
	return map[string]any{
		"regexMatch": match, "mustRegexMatch": match, "regexFindAll": findAll, "mustRegexFindAll": findAll, "regexFind": find, "mustRegexFind": find,
		"regexSplit": split, "mustRegexSplit": split, "regexReplaceAll": replace, "mustRegexReplaceAll": replace,
		"regexReplaceAllLiteral": literal, "mustRegexReplaceAllLiteral": literal,
	}
}

// pattern compiles a pattern for a text, of which a function may make a list of its characters.
func (s *set) pattern(pattern, text string) (*regexp.Regexp, error) {
	if err := s.spend(1+len(text), 3*itemSize*len(text)+len(pattern)); err != nil {
		return nil, err
	}
	re, err := regex.Bounded(pattern, len(text))
	if err != nil {
		return nil, fmt.Errorf("bad regular expression: %w", err)
	}
	return re, nil
}

func (s *set) replaceAll(pattern, text, with string, literal bool) (string, error) {
	re, err := s.pattern(pattern, text)
	if err != nil {
		return "", err
	}
	groups := strings.Count(with, "$")
	if literal {
		groups = 0
	}
	if err := s.spendTimes(2*itemSize*(re.NumSubexp()+2), len(text)+1); err != nil {
		return "", err
	}
	var made []byte
	done := 0
	for _, at := range re.FindAllStringSubmatchIndex(text, -1) {
		if err := s.spendTimes(1, len(with)+at[0]-done); err != nil {
			return "", err
		}
		if err := s.spendTimes(at[1]-at[0], groups); err != nil {
			return "", err
		}
		made = append(made, text[done:at[0]]...)
		if literal {
			made = append(made, with...)
		} else {
			made = re.ExpandString(made, with, text, at)
		}
		done = at[1]
	}
	return string(append(made, text[done:]...)), nil
}
