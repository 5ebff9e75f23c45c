package spec

import (
	"fmt"
	"io"
	"strings"
)

// Terminal writes what `assay doc` prints for an entry that [Lookup] found: for a module an overview,
// for anything else all there is to know. Lines are wrapped to width columns, 80 when that is not
// positive; colour adds ANSI escapes.
func Terminal(w io.Writer, e Entry, width int, colour bool) error {
	if width <= 0 {
		width = 80
	}
	s := &screen{m: e.Module, width: width, colour: colour}
	switch {
	case e.Func != nil:
		s.function(e.Name, *e.Func)
	case e.Class != nil:
		s.class(*e.Class)
	case e.Record != nil:
		s.title(e.Name, "")
		s.body(e.Record.Text)
		s.section("keys", fieldRows(e.Record.Fields))
	case e.Field != nil:
		s.title(e.Name, ": "+e.Field.Type.String())
		s.body(withDefault(e.Field.Text, e.Field.Default))
	case e.Const != nil:
		s.title(e.Name, ": "+e.Const.Type.String())
		s.body(e.Const.Text)
	case e.Code != nil:
		s.title(e.Name, "")
		s.body("Error code, raised when: " + e.Code.Text)
	default:
		s.module()
	}
	if _, err := io.WriteString(w, s.b.String()); err != nil {
		return fmt.Errorf("write the help of %s: %w", e.Name, err)
	}
	return nil
}

// screen is help text being written.
type screen struct {
	m      Module
	b      strings.Builder
	width  int
	colour bool
}

// The styles of what is printed.
const (
	plain = ""
	bold  = "1"
	dim   = "2"
	cyan  = "36"
)

func (s *screen) paint(style, text string) string {
	if !s.colour || style == plain || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

const indent = 4

func (s *screen) title(text, rest string) {
	lines := wrap(text+rest, s.width-indent)
	for i, line := range lines {
		if i == 0 && strings.HasPrefix(line, text) {
			line = s.paint(bold, text) + line[len(text):]
		}
		if i > 0 {
			line = strings.Repeat(" ", indent) + line
		}
		s.b.WriteString(line + "\n")
	}
}

// body writes text as an indented paragraph.
func (s *screen) body(text string) { s.bodyIn(plain, text) }

func (s *screen) bodyIn(style, text string) {
	if text == "" {
		return
	}
	s.b.WriteString("\n")
	for _, line := range wrap(text, s.width-indent) {
		if line != "" {
			line = strings.Repeat(" ", indent) + s.paint(style, line)
		}
		s.b.WriteString(line + "\n")
	}
}

// section writes rows, aligned, under a heading; nothing when there are none.
func (s *screen) section(heading string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	s.b.WriteString("\n" + s.paint(bold, heading) + "\n")
	s.table(rows)
}

func (s *screen) module() {
	m := s.m
	s.title(m.Title(), "")
	if m.Require != "" {
		s.body("local " + m.Name + " = require(\"" + m.Require + "\")")
	}
	s.body(m.Doc)
	if m.Call != nil {
		s.b.WriteString("\n")
		s.function(m.Name, *m.Call)
	}
	var funcs, consts, classes, records, codes [][]string
	for _, f := range m.Funcs {
		funcs = append(funcs, []string{call(m.full(f.Name), f), Summary(f.Text)})
	}
	for _, c := range m.Consts {
		consts = append(consts, []string{m.full(c.Name), c.Type.String(), c.Text})
	}
	for _, c := range m.Classes {
		classes = append(classes, []string{c.Name, Summary(c.Text)})
	}
	for _, r := range m.Records {
		records = append(records, []string{r.Name, Summary(r.Text)})
	}
	for _, c := range m.Codes {
		codes = append(codes, []string{c.Name, c.Text})
	}
	s.section("functions", funcs)
	s.section("constants", consts)
	s.section("classes", classes)
	s.section("records", records)
	s.section("error codes", codes)
}

func (s *screen) function(full string, f Func) {
	sig := signature(full, f)
	s.title(full, sig[len(full):])
	s.body(f.Text)
	if f.Unbound {
		s.body("It may be called with a dot as well as with a colon.")
	}
	s.bodyIn(dim, "level "+where(f))
	s.section("parameters", paramRows(f.Params))
	for _, p := range f.Params {
		if r, ok := s.m.record(p.Type.Name); ok && p.Type.Kind == Ref {
			s.section("keys of "+p.Name, fieldRows(r.Fields))
		}
	}
	heading := "returns"
	if f.Iterator {
		heading = "each step gives"
	}
	s.section(heading, returnRows(f.Returns))
	var raises [][]string
	for _, code := range f.Raises {
		raises = append(raises, []string{code, s.m.codeText(code)})
	}
	s.section("raises", raises)
	if len(f.Examples) == 0 {
		return
	}
	s.b.WriteString("\n" + s.paint(bold, "examples") + "\n")
	for i, example := range f.Examples {
		if i > 0 {
			s.b.WriteString("\n")
		}
		for line := range strings.SplitSeq(strings.Trim(example, "\n"), "\n") {
			s.b.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+line, " ") + "\n")
		}
	}
}

func (s *screen) class(c Class) {
	s.title(c.Name, "")
	s.body(c.Text)
	s.section("properties", fieldRows(c.Fields))
	var methods [][]string
	for _, f := range c.Methods {
		methods = append(methods, []string{signature(":"+f.Name, f), Summary(f.Text)})
	}
	s.section("methods", methods)
}

func paramRows(params []Param) [][]string {
	var rows [][]string
	for _, p := range params {
		label := p.label()
		if p.Rest {
			label = p.Name + "..."
		}
		rows = append(rows, []string{label, p.Type.String(), withDefault(p.Text, p.Default)})
	}
	return rows
}

func fieldRows(fields []Field) [][]string {
	var rows [][]string
	for _, f := range fields {
		rows = append(rows, []string{f.Name, f.Type.String(), withDefault(f.Text, f.Default)})
	}
	return rows
}

func returnRows(rs []Return) [][]string {
	var rows [][]string
	for _, r := range rs {
		t := r.Type.String()
		if r.Rest {
			t += "..."
		}
		rows = append(rows, []string{t, oneLine(r.Text)})
	}
	return rows
}
