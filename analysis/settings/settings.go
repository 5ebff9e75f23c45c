// Package settings reads .assay.toml, which says how bad findings are:
//
//	[severity]
//	unused-local = "off"          # off, hint, info, warning or error
//
//	[severity."tests/**"]         # of files below the folder of .assay.toml; the last pattern that fits counts
//	undefined-global = "warning"
//
// It reads as much of TOML as this needs: tables, comments, and keys with texts. Anything else is an error with its line.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/analysis/rules"
	"assay.rs/core/nearest"
)

// Name is that of the file.
const Name = ".assay.toml"

// Settings are those of a file, for what is below its folder. Nil says nothing.
type Settings struct {
	folder   string
	sections []section
}

// section is what a table says: for all files, or for those that fit a pattern.
type section struct {
	pattern    string
	severities map[string]rules.Severity
}

// For are the settings of a file: those of the nearest .assay.toml in its folder and above. None is no error.
func For(name string) (*Settings, error) {
	full, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	for folder := filepath.Dir(full); ; folder = filepath.Dir(folder) {
		file := filepath.Join(folder, Name)
		text, err := os.ReadFile(file)
		if err == nil {
			s, err := Read(string(text))
			if err != nil {
				return nil, fmt.Errorf("%s:%w", file, err)
			}
			s.folder = folder
			return s, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		if folder == filepath.Dir(folder) {
			return nil, nil //nolint:nilnil // there are none
		}
	}
}

// Adjusted are the findings of a file as its settings have them.
func (s *Settings) Adjusted(name string, findings []rules.Finding) []rules.Finding {
	if s == nil {
		return findings
	}
	full, err := filepath.Abs(name)
	if err != nil {
		full = name
	}
	rel, err := filepath.Rel(s.folder, full)
	if err != nil {
		rel = name
	}
	rel = filepath.ToSlash(rel)
	return rules.Adjusted(findings, func(code string) rules.Severity {
		var found rules.Severity
		for _, section := range s.sections {
			if severity, ok := section.severities[code]; ok && (section.pattern == "" || fits(strings.Split(section.pattern, "/"), strings.Split(rel, "/"))) {
				found = severity
			}
		}
		return found
	})
}

// fits reports whether a path fits a pattern, both in pieces; ** stands for any number of folders.
func fits(pattern, name []string) bool {
	if len(pattern) == 0 {
		return len(name) == 0
	}
	if pattern[0] == "**" {
		return fits(pattern[1:], name) || len(name) > 0 && fits(pattern, name[1:])
	}
	if len(name) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], name[0])
	return err == nil && ok && fits(pattern[1:], name[1:])
}

// Read reads the text of a file. Its errors begin with the number of a line.
func Read(text string) (*Settings, error) {
	s := &Settings{}
	var current *section
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\uFEFF")) {
		number++
		r := reader(strings.TrimSpace(line))
		if r == "" || r[0] == '#' {
			continue
		}
		var err error
		if r[0] == '[' {
			current, err = s.table(r)
		} else {
			err = current.entry(r)
		}
		if err != nil {
			return nil, fmt.Errorf("%d: %w", number, err)
		}
	}
	return s, nil
}

func (s *Settings) table(r reader) (*section, error) {
	r = r[1:]
	if strings.HasPrefix(string(r), "[") {
		return nil, errors.New("there are no arrays of tables here")
	}
	name, err := r.key()
	if err != nil {
		return nil, err
	}
	if name != "severity" {
		return nil, errors.New("unknown table '" + name + "'" + hint(name, []string{"severity"}))
	}
	pattern := ""
	if r.take('.') {
		if pattern, err = r.key(); err != nil {
			return nil, err
		}
		for piece := range strings.SplitSeq(pattern, "/") {
			if _, err := path.Match(piece, ""); err != nil {
				return nil, errors.New("bad pattern '" + pattern + "'")
			}
		}
	}
	if !r.take(']') || !r.ends() {
		return nil, errors.New("expected ']' and the end of the line")
	}
	if slices.ContainsFunc(s.sections, func(o section) bool { return o.pattern == pattern }) {
		return nil, errors.New("the table is there already")
	}
	s.sections = append(s.sections, section{pattern, make(map[string]rules.Severity)})
	return &s.sections[len(s.sections)-1], nil
}

func (s *section) entry(r reader) error {
	code, err := r.key()
	switch {
	case err != nil:
		return err
	case s == nil:
		return errors.New("'" + code + "' stands in no table: write [severity] above")
	case !slices.Contains(rules.Codes(), code):
		return errors.New("unknown code '" + code + "'" + hint(code, rules.Codes()))
	case code == "syntax":
		return errors.New("what cannot be read stays an error")
	case !r.take('='):
		return errors.New("expected '=' behind '" + code + "'")
	}
	if r == "" || r[0] != '"' && r[0] != '\'' {
		return errors.New("expected a severity in quotes, such as \"off\"")
	}
	value, err := r.key()
	switch {
	case err != nil:
		return err
	case !r.ends():
		return errors.New("expected the end of the line")
	case !slices.Contains(rules.Severities(), value):
		return errors.New("unknown severity '" + value + "': it is " + strings.Join(rules.Severities(), ", ") + hint(value, rules.Severities()))
	}
	if _, ok := s.severities[code]; ok {
		return errors.New("'" + code + "' is there already")
	}
	s.severities[code] = rules.Severity(value)
	return nil
}

func hint(got string, known []string) string {
	if near, ok := nearest.Name(got, known); ok {
		return "; did you mean '" + near + "'?"
	}
	return ""
}

// reader is the rest of a line.
type reader string

func (r *reader) space() { *r = reader(strings.TrimLeft(string(*r), " \t")) }

func (r *reader) take(c byte) bool {
	r.space()
	if *r == "" || (*r)[0] != c {
		return false
	}
	*r = (*r)[1:]
	r.space()
	return true
}

func (r *reader) ends() bool {
	r.space()
	return *r == "" || (*r)[0] == '#'
}

// key takes a bare key, or a text in quotes on one line. What is escaped in a text stays away from here.
func (r *reader) key() (string, error) {
	r.space()
	text := string(*r)
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		end := strings.IndexByte(text[1:], text[0])
		if end < 0 {
			return "", errors.New("a text has no end")
		}
		if text[0] == '"' && strings.Contains(text[1:end+1], `\`) {
			return "", errors.New("a text has no escapes here: write it in single quotes")
		}
		*r = reader(text[end+2:])
		return text[1 : end+1], nil
	}
	end := 0
	for end < len(text) && (text[end] == '-' || text[end] == '_' || text[end] >= '0' && text[end] <= '9' || text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z') {
		end++
	}
	if end == 0 {
		return "", errors.New("expected a name")
	}
	*r = reader(text[end:])
	return text[:end], nil
}
