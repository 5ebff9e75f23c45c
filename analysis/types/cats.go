package types

import (
	"cmp"
	"slices"
	"strings"

	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

// Exports is what a module written in Lua gives to those who require it: the functions of the table that it
// returns, with their comments. It has a name for each field that the source shows, and nothing else is known of it.
func Exports(name, source string) *Module {
	t := syntax.Parse(source)
	m := &Module{Name: name, Doc: docAt(t, 0), Open: true}
	kids := t.Kids(t.Root)
	if len(kids) == 0 || t.Node(kids[len(kids)-1]).Kind != syntax.ReturnStatement {
		return m
	}
	returned := t.Kids(kids[len(kids)-1])
	if len(returned) != 1 || t.Node(returned[0]).Kind != syntax.NameExpression {
		return m
	}
	table := t.Name(returned[0])
	for _, kid := range kids {
		m.export(t, kid, table)
	}
	return m
}

// export adds what a statement puts into the table: function M.f(), or M.x = 1.
func (m *Module) export(t *syntax.Tree, id syntax.NodeID, table string) {
	kids := t.Kids(id)
	switch n := t.Node(id); n.Kind {
	case syntax.FunctionStatement, syntax.AssignStatement:
		if len(kids) != 2 {
			return
		}
		target := t.Kids(kids[0])
		if k := t.Node(kids[0]).Kind; (k != syntax.Index && k != syntax.Method) || t.Node(target[0]).Kind != syntax.NameExpression || t.Name(target[0]) != table {
			return
		}
		name := t.Name(target[1])
		if t.Node(kids[1]).Kind == syntax.FunctionBody {
			m.Funcs = append(m.Funcs, FuncAt(t, name, kids[1], int(n.First)))
		} else {
			m.Consts = append(m.Consts, spec.Const{Name: name, Type: scalarOf("any")})
		}
	}
}

// FuncAt is a function of a source as a declaration: its parameters, and what the comments above the token say.
func FuncAt(t *syntax.Tree, name string, body syntax.NodeID, token int) spec.Func {
	doc := commentsAbove(t, token)
	f := spec.Func{Name: name, Text: doc.text, Level: "check"}
	n := t.Node(body)
	for _, kid := range t.Kids(body)[:n.Split] {
		p := spec.Param{Name: t.Name(kid), Type: scalarOf("any"), Optional: true}
		if t.Node(kid).Kind == syntax.VarargParameter {
			p.Name, p.Rest = "...", true
		}
		if at := slices.IndexFunc(doc.params, func(d spec.Param) bool { return d.Name == p.Name }); at >= 0 {
			documented := doc.params[at]
			documented.Rest = p.Rest
			p = documented
		}
		f.Params = append(f.Params, p)
	}
	f.Returns = doc.returns
	if doc.deprecated != "" {
		f.Text = strings.TrimSpace(f.Text + "\n\n" + doc.deprecated)
	}
	return f
}

// comment is what the comments above something say, in LuaCATS.
type comment struct {
	text       string
	params     []spec.Param
	returns    []spec.Return
	typ        string
	deprecated string
}

// docAt is the text of the comments that a source begins with.
func docAt(t *syntax.Tree, token int) string { return commentsAbove(t, token).text }

func commentsAbove(t *syntax.Tree, token int) comment {
	start := 0
	if token > 0 {
		start = int(t.Tokens[token-1].End)
	}
	trivia := t.Comments(start, int(t.Tokens[token].Start))
	from := len(trivia)
	for line := t.Tokens[token].Line; from > 0; from-- {
		c := trivia[from-1]
		if c.Kind != syntax.LineComment || c.Line != line-1 || token > 0 && c.Line == t.Tokens[token-1].Line {
			break
		}
		line = c.Line
	}
	if token == 0 { // of a file, the first lines
		from = 0
		for from < len(trivia) && trivia[from].Kind != syntax.LineComment {
			from++
		}
	}
	var doc comment
	var text []string
	for _, c := range trivia[from:] {
		line := strings.TrimLeft(t.Source[c.Start:c.End], "-")
		if tag, ok := strings.CutPrefix(strings.TrimSpace(line), "@"); ok {
			doc.tag(tag)
			continue
		}
		text = append(text, strings.TrimPrefix(strings.TrimRight(line, " \t\r"), " "))
	}
	doc.text = strings.TrimSpace(strings.Join(text, "\n"))
	return doc
}

func (c *comment) tag(tag string) {
	word, rest, _ := strings.Cut(tag, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "deprecated":
		c.deprecated = spec.Deprecation + cmp.Or(rest, "it goes with a later version")
	case "type":
		c.typ, _ = typeWord(rest)
	case "param":
		name, rest, _ := strings.Cut(rest, " ")
		word, text := typeWord(rest)
		p := spec.Param{Type: ParseType(word), Text: text}
		p.Name, p.Optional = strings.CutSuffix(name, "?")
		p.Optional = p.Optional || p.Type.Nullable
		c.params = append(c.params, p)
	case "return":
		word, text := typeWord(rest)
		c.returns = append(c.returns, spec.Return{Type: ParseType(word), Text: strings.TrimPrefix(text, "# ")})
	}
}

// typeWord parts a type from the text behind it: spaces inside brackets belong to the type.
func typeWord(s string) (word, rest string) {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '<', '{', '[':
			depth++
		case ')', '>', '}', ']':
			depth--
		case ' ':
			if depth <= 0 && !strings.HasSuffix(s[:i], ":") {
				return s[:i], strings.TrimSpace(s[i:])
			}
		}
	}
	return s, ""
}

// ParseType reads a type of LuaCATS. What it does not know is "any".
func ParseType(s string) spec.Type {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutSuffix(s, "?"); ok {
		t := ParseType(inner)
		t.Nullable = true
		return t
	}
	if parts := union(s); len(parts) > 1 {
		u := spec.Type{Kind: spec.Union}
		for _, part := range parts {
			if part == "nil" {
				u.Nullable = true
				continue
			}
			u.Of = append(u.Of, ParseType(part))
		}
		if len(u.Of) == 1 {
			one := u.Of[0]
			one.Nullable = true
			return one
		}
		return u
	}
	switch {
	case strings.HasSuffix(s, "[]"):
		elem := ParseType(strings.TrimSuffix(s, "[]"))
		return spec.Type{Kind: spec.List, Elem: &elem}
	case strings.HasPrefix(s, "table<string,") && strings.HasSuffix(s, ">"):
		elem := ParseType(s[len("table<string,") : len(s)-1])
		return spec.Type{Kind: spec.Map, Elem: &elem}
	case strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")"):
		return ParseType(s[1 : len(s)-1])
	case strings.HasPrefix(s, "fun("):
		return spec.Type{Kind: spec.Callback}
	case s == "string" || s == "number" || s == "integer" || s == "boolean" || s == "table" || s == "function":
		return scalarOf(s)
	case strings.Contains(s, ".") && !strings.ContainsAny(s, "<>{}() "):
		return spec.Type{Kind: spec.Ref, Name: s}
	}
	return scalarOf("any")
}

// union splits at the bars that stand outside of brackets.
func union(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(', '<', '{', '[':
			depth++
		case ')', '>', '}', ']':
			depth--
		case '|':
			if depth == 0 {
				parts = append(parts, strings.TrimSpace(s[from:i]))
				from = i + 1
			}
		}
	}
	return append(parts, strings.TrimSpace(s[from:]))
}
