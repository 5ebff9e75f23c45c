package yaml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads the one document of data. It returns nil for a text that holds nothing but comments. A trailing
// --- with nothing behind it is no document. Two documents are an error, as are all that ParseAll refuses.
func Parse(data []byte) (*Node, error) { return Options{}.Parse(data) }

// ParseAll reads each document of data. Errors are of type *Error: a syntax error, a duplicate key, an
// unknown tag, a key that is a list or a map, an alias that contains itself, text that is not UTF-8, or a
// text over the limits of this package.
func ParseAll(data []byte) ([]*Node, error) { return Options{}.ParseAll(data) }

// Options say how to read.
type Options struct {
	IgnoreTags bool // an unknown tag is no error: the value is what it is without one

	// Memory is asked before reading takes so many bytes more; its error ends the reading and is given as it is. nil is
	// not asked.
	Memory func(bytes int) error
}

// Parse reads as the function of this name does.
func (o Options) Parse(data []byte) (*Node, error) {
	docs, err := o.documents(data)
	if err != nil {
		return nil, err
	}
	return single(docs)
}

// single is the root of the only document that is not blank, or nil.
func single(docs []document) (*Node, error) {
	for len(docs) > 0 && docs[len(docs)-1].blank {
		docs = docs[:len(docs)-1]
	}
	switch len(docs) {
	case 0:
		return nil, nil
	case 1:
		return docs[0].root, nil
	}
	second := docs[1].root
	return nil, &Error{second.Line, second.Col, "a second document: only one is allowed here"}
}

// ParseAll reads as the function of this name does.
func (o Options) ParseAll(data []byte) ([]*Node, error) {
	docs, err := o.documents(data)
	if err != nil {
		return nil, err
	}
	roots := make([]*Node, len(docs))
	for i, d := range docs {
		roots[i] = d.root
	}
	return roots, nil
}

// document is one of a text; it is blank when it holds nothing but comments.
type document struct {
	root  *Node
	blank bool
}

// parser reads documents by the productions of YAML 1.2.2, chapters 5 to 9.
type parser struct {
	cursor
	Options
	handles map[string]string  // of tags, to what they stand for
	anchors map[string]*anchor // of the document
	depth   int                // of collections that are open
	left    int                // values that may still be read
	copied  int                // bytes of scalars that aliases stand for
	pool    []Node
}

func (o Options) documents(data []byte) ([]document, error) {
	if err := checkText(data); err != nil {
		return nil, err
	}
	p := &parser{cursor: newCursor(data), Options: o, left: MaxNodes}
	var docs []document
	for {
		declared, err := p.directives()
		if err != nil {
			return nil, err
		}
		switch {
		case p.marker("---"):
			p.pos += len("---")
		case declared:
			return nil, p.here().fail("--- must follow the directives (the lines that begin with %%)")
		case p.eof():
			return docs, nil
		case p.marker("..."):
			if err := p.documentEnd(); err != nil {
				return nil, err
			}
			continue
		}
		d, err := p.document()
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
}

// document reads what follows --- or begins without it, to the end of the document.
func (p *parser) document() (document, error) {
	p.anchors = nil
	may := compact
	if !p.fresh() {
		may = 0 // what follows --- on its line is no block collection
	}
	root, err := p.block(-1, may)
	if err != nil {
		return document{}, err
	}
	p.skip()
	switch {
	case !p.ended():
		return document{}, p.unexpected("the document ends before this")
	case p.marker("..."):
		err = p.documentEnd()
	}
	return document{root, root.Kind == Null && root.Plain && root.Text == ""}, err
}

// documentEnd goes over "...", which only a comment may follow.
func (p *parser) documentEnd() error {
	p.pos += len("...")
	p.blanks()
	if !p.lineEnds() {
		return p.here().fail("only a comment may follow ... on its line")
	}
	return nil
}

// directives reads the lines with % in front of a document, and tells whether there are any.
func (p *parser) directives() (declared bool, err error) {
	p.handles = nil
	version := false
	for {
		p.skip()
		if p.pos == p.start {
			p.byteOrderMark()
			p.start = p.pos
		}
		if p.pos != p.start || p.peek(0) != '%' {
			return declared, nil
		}
		declared = true
		at := p.here()
		from := p.pos
		for !p.eof() && !isBreak(p.src[p.pos]) && !(p.src[p.pos] == '#' && isBlank(p.src[p.pos-1])) {
			p.pos++
		}
		words := strings.Fields(string(p.src[from:p.pos]))
		switch words[0] {
		case "%YAML":
			if version {
				return declared, at.fail("a second %%YAML directive")
			}
			version = true
			err = checkVersion(at, words[1:])
		case "%TAG":
			err = p.declare(at, words[1:])
		}
		if err != nil {
			return declared, err
		}
	}
}

func checkVersion(at place, words []string) error {
	if len(words) != 1 {
		return at.fail("%%YAML wants a version and nothing else: %%YAML 1.2")
	}
	major, minor, ok := strings.Cut(words[0], ".")
	switch {
	case !ok || !only(major, "0123456789") || !only(minor, "0123456789"):
		return at.fail("%%YAML wants a version: %%YAML 1.2")
	case major != "1":
		return at.fail("YAML %s: versions 1.x are read", clip(words[0]))
	}
	return nil
}

// checkText refuses what cannot be YAML, and what would be costly to read.
func checkText(data []byte) error {
	if len(data) > MaxBytes {
		return &Error{Message: fmt.Sprintf("%d bytes: at most %d are read", len(data), MaxBytes)}
	}
	if !utf8.Valid(data) {
		return placeOf(data, func(r rune, size int) bool { return r == utf8.RuneError && size == 1 }).fail("not UTF-8 text")
	}
	for _, c := range data {
		if isControl(rune(c)) {
			at := placeOf(data, func(r rune, _ int) bool { return isControl(r) })
			return at.fail("the control character 0x%02x: in double quotes write \\x%02x", c, c)
		}
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// placeOf finds the first character that wrong is true of.
func placeOf(data []byte, wrong func(r rune, size int) bool) place {
	at := place{1, 1}
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if wrong(r, size) {
			break
		}
		if data = data[size:]; r == '\n' {
			at = place{at.line + 1, 0}
		}
		at.col++
	}
	return at
}
