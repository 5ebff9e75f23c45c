package jinja

import (
	"maps"
	"slices"
	"strings"

	"assay.rs/core/nearest"
)

// parser makes nodes of tokens.
type parser struct {
	*source
	library *library
	tokens  []token
	pos     int
	depth   int // of blocks and expressions
	links   int // of the outermost expression: operators, filters and calls that follow each other
	blocks  map[string]*blockStmt
	loops   int // around the position
	def     *macroDef
}

// maxLinks is how many operators, filters and calls one expression may have.
const maxLinks = 500

func parse(c *Config, lib *library, name, text string) (*template, error) {
	src := &source{name, text}
	tokens, err := lex(c, src)
	if err != nil {
		return nil, err
	}
	p := &parser{source: src, library: lib, tokens: tokens, blocks: make(map[string]*blockStmt)}
	body, _, err := p.body()
	if err != nil {
		return nil, err
	}
	return &template{source: src, body: body, blocks: p.blocks}, nil
}

func (p *parser) now() token { return p.tokens[p.pos] }

func (p *parser) take() token {
	t := p.tokens[p.pos]
	if t.kind != endToken {
		p.pos++
	}
	return t
}

func (p *parser) peek(k kind, text string) bool {
	t := p.now()
	return t.kind == k && t.text == text
}

func (p *parser) accept(k kind, text string) bool {
	if !p.peek(k, text) {
		return false
	}
	p.pos++
	return true
}

func (p *parser) acceptAny(k kind, texts []string) bool {
	t := p.now()
	if t.kind != k || !slices.Contains(texts, t.text) {
		return false
	}
	p.pos++
	return true
}

func (p *parser) expect(k kind, text string) error {
	if !p.accept(k, text) {
		return p.wrong(p.now(), "'"+text+"'")
	}
	return nil
}

func (p *parser) failAt(at int, format string, args ...any) error {
	return p.fail(at, true, nil, format, args...)
}

// wrong is the error of a token where something else must stand.
func (p *parser) wrong(t token, want string) error {
	got := "'" + t.text + "'"
	switch t.kind {
	case endToken:
		got = "the end of the template"
	case printEndToken, blockEndToken:
		got = "the end of the tag"
	case stringToken:
		got = "a string"
	default:
	}
	return p.failAt(t.at, "%s expected, got %s", want, got)
}

// unknown is the error of a name that is none of the known ones.
func (p *parser) unknown(t token, what string, known []string) error {
	hint := ""
	if near, ok := nearest.Name(t.text, known); ok {
		hint = ": did you mean '" + near + "'?"
	}
	return p.failAt(t.at, "unknown %s '%s'%s", what, t.text, hint)
}

func (p *parser) enter() error {
	if p.depth == 0 {
		p.links = 0
	}
	if p.depth++; p.depth > maxDepth {
		return p.failAt(p.now().at, "nested deeper than %d", maxDepth)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// long counts an operator, a filter or a call.
func (p *parser) long() error {
	if p.links++; p.links > maxLinks {
		return p.failAt(p.now().at, "more than %d operators, filters and calls in one expression", maxLinks)
	}
	return nil
}

// body reads up to a block tag with one of the given names, and gives that name; without names up to the
// end of the template. The tag's name is taken, what follows it is not.
func (p *parser) body(ends ...string) ([]stmt, string, error) {
	if err := p.enter(); err != nil {
		return nil, "", err
	}
	defer p.leave()
	var body []stmt
	for {
		t := p.take()
		switch t.kind {
		case endToken:
			if len(ends) > 0 {
				return nil, "", p.failAt(t.at, "{%% %s %%} is missing", ends[len(ends)-1])
			}
			return body, "", nil
		case textToken:
			body = append(body, text(t.text))
		case printToken:
			p.links = 0
			x, err := p.tuple()
			if err == nil {
				err = p.closeTag(printEndToken)
			}
			if err != nil {
				return nil, "", err
			}
			body = append(body, &print{at(x.place()), x})
		default:
			tag := p.take()
			if tag.kind == nameToken && slices.Contains(ends, tag.text) {
				return body, tag.text, nil
			}
			p.links = 0
			s, err := p.statement(tag, ends)
			if err != nil {
				return nil, "", err
			}
			if s != nil {
				body = append(body, s)
			}
		}
	}
}

func (p *parser) closeTag(k kind) error {
	if t := p.take(); t.kind != k {
		return p.wrong(t, "the end of the tag")
	}
	return nil
}

// statement reads the statement of a tag, with its body and its end.
func (p *parser) statement(tag token, ends []string) (stmt, error) {
	if tag.kind != nameToken {
		return nil, p.wrong(tag, "the name of a tag")
	}
	read, known := p.statements()[tag.text]
	if !known {
		if strings.HasPrefix(tag.text, "end") || tag.text == "else" || tag.text == "elif" {
			if len(ends) > 0 {
				return nil, p.failAt(tag.at, "'%s' where '%s' must stand", tag.text, ends[len(ends)-1])
			}
			return nil, p.failAt(tag.at, "'%s' ends nothing", tag.text)
		}
		return nil, p.unknown(tag, "tag", slices.Sorted(maps.Keys(p.statements())))
	}
	return read(at(tag.at))
}

func (p *parser) statements() map[string]func(at) (stmt, error) {
	return map[string]func(at) (stmt, error){
		"if": p.ifTag, "for": p.forTag, "break": p.control, "continue": p.control, "set": p.setTag, "macro": p.macroTag, "call": p.callTag,
		"filter": p.filterTag, "with": p.withTag, "autoescape": p.escapeTag, "do": p.doTag,
		"block": p.blockTag, "extends": p.extendsTag, "include": p.includeTag, "import": p.importTag, "from": p.fromTag,
	}
}

// rest reads the end of a tag, the body behind it, and the tag with the given name that ends it.
func (p *parser) rest(end string) ([]stmt, error) {
	if err := p.closeTag(blockEndToken); err != nil {
		return nil, err
	}
	body, _, err := p.body(end)
	if err != nil {
		return nil, err
	}
	return body, p.closeTag(blockEndToken)
}

func (p *parser) ifTag(where at) (stmt, error) {
	s := &ifStmt{at: where}
	for end := "elif"; end == "elif"; {
		cond, err := p.plainTuple()
		if err == nil {
			err = p.closeTag(blockEndToken)
		}
		if err != nil {
			return nil, err
		}
		var body []stmt
		if body, end, err = p.body("elif", "else", "endif"); err != nil {
			return nil, err
		}
		s.conds, s.then = append(s.conds, cond), append(s.then, body)
		if end == "else" {
			s.other, err = p.rest("endif")
			return s, err
		}
	}
	return s, p.closeTag(blockEndToken)
}

func (p *parser) forTag(where at) (stmt, error) {
	s := &forStmt{at: where}
	var err error
	if s.target, err = p.target(); err != nil {
		return nil, err
	}
	if err := p.expect(nameToken, "in"); err != nil {
		return nil, err
	}
	// What follows an "if" is a filter of the items, not a conditional expression.
	if s.items, err = p.plainTuple(); err != nil {
		return nil, err
	}
	if p.accept(nameToken, "if") {
		if s.cond, err = p.expression(); err != nil {
			return nil, err
		}
	}
	s.recursive = p.accept(nameToken, "recursive")
	if err := p.closeTag(blockEndToken); err != nil {
		return nil, err
	}
	p.loops++
	body, end, err := p.body("else", "endfor")
	p.loops--
	if err != nil {
		return nil, err
	}
	s.body = body
	if end == "else" {
		s.other, err = p.rest("endfor")
		return s, err
	}
	return s, p.closeTag(blockEndToken)
}

// plainTuple is a tuple of expressions that are not conditional.
func (p *parser) plainTuple() (expr, error) {
	first, err := p.or()
	if err != nil || !p.peek(opToken, ",") {
		return first, err
	}
	t := &listExpr{at: at(first.place()), items: []expr{first}, tuple: true}
	for p.accept(opToken, ",") {
		x, err := p.or()
		if err != nil {
			return nil, err
		}
		t.items = append(t.items, x)
	}
	return t, nil
}

// target reads what can be assigned to: a name, an attribute of a namespace, or several with commas between them.
func (p *parser) target() (target, error) {
	if err := p.enter(); err != nil {
		return target{}, err
	}
	defer p.leave()
	t := target{at: at(p.now().at)}
	for {
		part, err := p.targetPart()
		if err != nil || len(t.parts) == 0 && !p.peek(opToken, ",") {
			return part, err
		}
		t.parts = append(t.parts, part)
		if !p.accept(opToken, ",") || p.peek(nameToken, "in") || p.peek(opToken, "=") || p.peek(opToken, ")") {
			return t, nil
		}
	}
}

func (p *parser) targetPart() (target, error) {
	t := target{at: at(p.now().at)}
	var err error
	if p.accept(opToken, "(") {
		if t, err = p.target(); err != nil {
			return t, err
		}
		return t, p.expect(opToken, ")")
	}
	if t.name, err = p.name(); err != nil {
		return t, err
	}
	if p.accept(opToken, ".") {
		t.attr, err = p.name()
	}
	return t, err
}

// name reads a name that can be assigned to.
func (p *parser) name() (string, error) {
	t := p.take()
	if t.kind != nameToken || reserved(t.text) || strings.Contains(" true false none True False None ", " "+t.text+" ") {
		return "", p.wrong(t, "a name")
	}
	return t.text, nil
}

func (p *parser) control(where at) (stmt, error) {
	tag := p.tokens[p.pos-1].text
	if p.loops == 0 {
		return nil, p.failAt(int(where), "'%s' outside of a loop", tag)
	}
	err := errBreak
	if tag == "continue" {
		err = errContinue
	}
	return &loopControl{where, err}, p.closeTag(blockEndToken)
}
