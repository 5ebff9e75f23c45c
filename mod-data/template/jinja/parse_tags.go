package jinja

import "slices"

func (p *parser) setTag(where at) (stmt, error) {
	t, err := p.target()
	if err != nil {
		return nil, err
	}
	if p.accept(opToken, "=") {
		x, err := p.tuple()
		if err != nil {
			return nil, err
		}
		return &setStmt{where, t, x}, p.closeTag(blockEndToken)
	}
	if t.parts != nil {
		return nil, p.wrong(p.now(), "'='")
	}
	s := &setBlock{at: where, target: t}
	if s.filters, err = p.filters(); err != nil {
		return nil, err
	}
	s.body, err = p.rest("endset")
	return s, err
}

// filters reads the filters of a block, with a bar before each.
func (p *parser) filters() ([]*filterExpr, error) {
	var list []*filterExpr
	for p.peek(opToken, "|") {
		f, err := p.filter(nil)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

func (p *parser) macroTag(where at) (stmt, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	def, err := p.definition(where, name)
	if err != nil {
		return nil, err
	}
	def.body, err = p.macroBody(def, "endmacro")
	return &macroStmt{where, def}, err
}

// macroBody reads a body that loops around it have nothing to do with.
func (p *parser) macroBody(def *macroDef, end string) ([]stmt, error) {
	loops, outer := p.loops, p.def
	p.loops, p.def = 0, def
	defer func() { p.loops, p.def = loops, outer }()
	return p.rest(end)
}

// definition reads the parameters of a macro.
func (p *parser) definition(where at, name string) (*macroDef, error) {
	def := &macroDef{at: where, name: name, source: p.source}
	if err := p.expect(opToken, "("); err != nil {
		return nil, err
	}
	for !p.accept(opToken, ")") {
		if len(def.params) > 0 {
			if err := p.expect(opToken, ","); err != nil {
				return nil, err
			}
		}
		begin := p.now().at
		param, err := p.name()
		if err != nil {
			return nil, err
		}
		if slices.Contains(def.params, param) {
			return nil, p.failAt(begin, "two parameters '%s'", param)
		}
		def.params = append(def.params, param)
		switch {
		case p.accept(opToken, "="):
			x, err := p.expression()
			if err != nil {
				return nil, err
			}
			def.defaults = append(def.defaults, x)
		case len(def.defaults) > 0:
			return nil, p.failAt(begin, "a parameter without a default behind one that has one")
		}
	}
	return def, nil
}

func (p *parser) callTag(where at) (stmt, error) {
	def := &macroDef{at: where, name: "caller", source: p.source}
	if p.peek(opToken, "(") {
		var err error
		if def, err = p.definition(where, "caller"); err != nil {
			return nil, err
		}
	}
	def.caller = true
	x, err := p.expression()
	if err != nil {
		return nil, err
	}
	c, ok := x.(*call)
	if !ok {
		return nil, p.failAt(x.place(), "a call expected")
	}
	def.body, err = p.macroBody(def, "endcall")
	return &callStmt{where, c, def}, err
}

func (p *parser) filterTag(where at) (stmt, error) {
	p.pos-- // the first filter stands behind the name of the tag as the others do behind their bars
	s := &filterStmt{at: where}
	first, err := p.filter(nil)
	if err != nil {
		return nil, err
	}
	more, err := p.filters()
	if err != nil {
		return nil, err
	}
	s.filters = append([]*filterExpr{first}, more...)
	s.body, err = p.rest("endfilter")
	return s, err
}

func (p *parser) withTag(where at) (stmt, error) {
	s := &withStmt{at: where}
	for p.now().kind != blockEndToken {
		if len(s.names) > 0 {
			if err := p.expect(opToken, ","); err != nil {
				return nil, err
			}
		}
		name, err := p.name()
		if err == nil {
			err = p.expect(opToken, "=")
		}
		if err != nil {
			return nil, err
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		s.names, s.values = append(s.names, name), append(s.values, x)
	}
	var err error
	s.body, err = p.rest("endwith")
	return s, err
}

func (p *parser) escapeTag(where at) (stmt, error) {
	on, err := p.expression()
	if err != nil {
		return nil, err
	}
	body, err := p.rest("endautoescape")
	return &escapeStmt{where, on, body}, err
}

func (p *parser) doTag(where at) (stmt, error) {
	x, err := p.tuple()
	if err != nil {
		return nil, err
	}
	return &doStmt{where, x}, p.closeTag(blockEndToken)
}

func (p *parser) blockTag(where at) (stmt, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	if p.blocks[name] != nil {
		return nil, p.failAt(int(where), "two blocks '%s'", name)
	}
	s := &blockStmt{at: where, name: name, source: p.source}
	p.blocks[name] = s
	for {
		switch {
		case p.accept(nameToken, "scoped"):
			s.scoped = true
			continue
		case p.accept(nameToken, "required"):
			s.required = true
			continue
		}
		break
	}
	if err := p.closeTag(blockEndToken); err != nil {
		return nil, err
	}
	loops := p.loops
	p.loops = 0
	s.body, _, err = p.body("endblock")
	p.loops = loops
	if err != nil {
		return nil, err
	}
	p.accept(nameToken, name)
	return s, p.closeTag(blockEndToken)
}

func (p *parser) extendsTag(where at) (stmt, error) {
	x, err := p.expression()
	if err != nil {
		return nil, err
	}
	return &extendsStmt{where, x}, p.closeTag(blockEndToken)
}

func (p *parser) includeTag(where at) (stmt, error) {
	s := &includeStmt{at: where}
	var err error
	if s.name, err = p.expression(); err != nil {
		return nil, err
	}
	if p.accept(nameToken, "ignore") {
		if err := p.expect(nameToken, "missing"); err != nil {
			return nil, err
		}
		s.missing = true
	}
	if s.context, err = p.context(true); err != nil {
		return nil, err
	}
	return s, p.closeTag(blockEndToken)
}

// context reads "with context" or "without context".
func (p *parser) context(otherwise bool) (bool, error) {
	switch {
	case p.accept(nameToken, "with"):
		return true, p.expect(nameToken, "context")
	case p.accept(nameToken, "without"):
		return false, p.expect(nameToken, "context")
	}
	return otherwise, nil
}

func (p *parser) importTag(where at) (stmt, error) {
	s := &importStmt{at: where}
	var err error
	if s.name, err = p.expression(); err != nil {
		return nil, err
	}
	if err := p.expect(nameToken, "as"); err != nil {
		return nil, err
	}
	if s.as, err = p.name(); err != nil {
		return nil, err
	}
	if s.context, err = p.context(false); err != nil {
		return nil, err
	}
	return s, p.closeTag(blockEndToken)
}

func (p *parser) fromTag(where at) (stmt, error) {
	s := &importStmt{at: where}
	var err error
	if s.name, err = p.expression(); err != nil {
		return nil, err
	}
	if err := p.expect(nameToken, "import"); err != nil {
		return nil, err
	}
	for {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		alias := name
		if p.accept(nameToken, "as") {
			if alias, err = p.name(); err != nil {
				return nil, err
			}
		}
		s.names, s.aliases = append(s.names, name), append(s.aliases, alias)
		if !p.accept(opToken, ",") {
			break
		}
	}
	if s.context, err = p.context(false); err != nil {
		return nil, err
	}
	return s, p.closeTag(blockEndToken)
}
