package check

import (
	"fmt"
	"os"
	"strings"

	"assay.rs/check/internal/source"
	"assay.rs/mod-data/yaml"
)

// commonKeys are the tables of what every check has, whatever its type.
func commonKeys(c *check, typ *string) [][]Key {
	return [][]Key{{
		{Name: "name", Text: "What the document calls the check; no two are alike.", Required: true, Value: Word(&c.name)},
		{Name: "type", Text: "What is checked.", Required: true, Value: Word(typ)},
		{Name: "needs", Text: "Checks that must have passed before; this one is skipped if one did not.", Value: Words(new([]string))},
		{Name: "always", Text: "Run even when something failed before.", Value: Flag(&c.always)},
		{Name: "if", Text: "A jq expression over .vars and .captures that gives true or false; the check is skipped on false.", Value: expressionValue(&c.cond, asCondition)},
		{Name: "foreach", Text: "A list: the check is made once for each item, as ${item}.", Value: Value{func() schema { return schema{"type": "array", "minItems": 1} }, func(*Reader, *yaml.Node) {}}},
	}, c.settings.pacing(), c.settings.each()}
}

// rename gives the checks of a foreach names of their own.
func (r *Reader) rename(c *check, n *yaml.Node, e entry) {
	written, _ := stringOf(orNull(n.Get("name")))
	c.base = c.name
	if e.index < 0 {
		return
	}
	c.base = written
	if !strings.Contains(written, "${item") {
		c.name = fmt.Sprintf("%s[%d]", c.name, e.index)
	}
}

// duplicates refuses two checks of one name: a report could not tell them apart.
func (r *Reader) duplicates(s *suite) {
	first := map[string]*check{}
	for _, c := range s.checks {
		if c.name == "" {
			continue
		}
		if have, ok := first[c.name]; ok {
			r.problems.Add(c.place, "the name '%s' is taken by the check at %s", clip(c.name), placeFrom(have.place, c.place))
			continue
		}
		first[c.name] = c
	}
}

// placeFrom names a place for who is at another: the line is enough in the same file.
func placeFrom(at, from source.Place) string {
	if at.File == from.File {
		return fmt.Sprintf("line %d", at.Line)
	}
	return at.String()
}

// Prep is what a body sees while the file is read.
type Prep struct {
	r     *Reader
	n     *yaml.Node
	Check string // the name of the check
}

// Has reports whether the check itself says something about a key, or a key inside it: "expect", "min".
func (p *Prep) Has(path ...string) bool { return p.node(path) != nil }

func (p *Prep) node(path []string) *yaml.Node {
	n := p.n
	for _, key := range path {
		n = n.Get(key)
	}
	return n
}

// Fail notes a problem at a key, or at the check when it has no such key.
func (p *Prep) Fail(path []string, format string, args ...any) {
	n := p.node(path)
	if n == nil {
		n = p.n
	}
	p.r.Fail(n, format, args...)
}

// Folder is where the check file is.
func (p *Prep) Folder() string { return p.r.origin }

// ReadFile reads a file that the check names: relative to the check file, then to the working directory.
func (p *Prep) ReadFile(path string, limit int64) ([]byte, string, error) {
	found := p.r.find(path)
	if info, err := os.Stat(found); err == nil && !info.Mode().IsRegular() {
		return nil, found, fmt.Errorf("is not a file")
	}
	data, err := readFile(found, limit)
	p.r.scope.needed.files[found] = true
	return data, found, err
}
