package syntax

import (
	"fmt"
	"strings"
)

// lexer splits a source into tokens and trivia.
type lexer struct {
	tree *Tree
	src  string
	pos  int
	line uint32
}

// Classes of bytes.
const (
	isSpace = 1 << iota
	isLetter
	isDigit
	isHex
)

func class(c byte) int {
	switch {
	case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		return isLetter | isHex
	case c >= 'g' && c <= 'z', c >= 'G' && c <= 'Z', c == '_':
		return isLetter
	case c >= '0' && c <= '9':
		return isDigit | isHex
	case c == ' ', c >= '\t' && c <= '\r':
		return isSpace
	}
	return 0
}

// lex fills the tree's tokens, trivia and line starts. The last token is EOF.
func lex(t *Tree) {
	lx := lexer{tree: t, src: t.Source, line: 1}
	t.Tokens = make([]Token, 0, len(t.Source)*3/10+16)
	t.lines = make([]uint32, 1, strings.Count(t.Source, "\n")+2)
	lx.header()
	for lx.next() {
	}
	end := uint32(len(lx.src))
	t.Tokens = append(t.Tokens, Token{Start: end, End: end, Line: lx.line, Kind: EOF})
}

// header skips a byte order mark and a first line that starts with #.
func (lx *lexer) header() {
	if strings.HasPrefix(lx.src, "\xef\xbb\xbf") {
		lx.pos = 3
		lx.trivia(ByteOrder, 0)
		lx.tree.Newer |= NewerHeader
	}
	if lx.pos < len(lx.src) && lx.src[lx.pos] == '#' {
		start := lx.pos
		lx.toLineEnd()
		lx.trivia(Shebang, start)
		lx.tree.Newer |= NewerHeader
	}
}

// next reads white space and one token or one piece of trivia. It reports false
// at the end of the source.
func (lx *lexer) next() bool {
	lx.space()
	if lx.pos >= len(lx.src) {
		return false
	}
	start := lx.pos
	c := lx.src[start]
	switch k := class(c); {
	case k&isLetter != 0:
		lx.pos++
		for lx.pos < len(lx.src) && class(lx.src[lx.pos])&(isLetter|isDigit) != 0 {
			lx.pos++
		}
		lx.token(keyword(lx.src[start:lx.pos]), start)
	case k&isDigit != 0, c == '.' && class(lx.peek(1))&isDigit != 0:
		lx.number()
	case c == '"', c == '\'':
		lx.quoted(c)
	case c == '-' && lx.peek(1) == '-':
		lx.comment()
	case c == '[' && lx.longLevel(start) >= 0:
		line, level := lx.line, lx.longLevel(start)
		if !lx.long(start, level) {
			lx.errorf(start, start+level+2, "unfinished long string: expected ']%s]'", strings.Repeat("=", level))
		}
		lx.tree.Tokens = append(lx.tree.Tokens, Token{uint32(start), uint32(lx.pos), line, LongString})
	default:
		lx.operator()
	}
	return true
}

func (lx *lexer) token(k TokenKind, start int) {
	lx.tree.Tokens = append(lx.tree.Tokens, Token{uint32(start), uint32(lx.pos), lx.line, k})
}

func (lx *lexer) trivia(k TriviaKind, start int) {
	lx.tree.Trivia = append(lx.tree.Trivia, Trivia{uint32(start), uint32(lx.pos), lx.line, k})
}

func (lx *lexer) errorf(start, end int, format string, args ...any) {
	lx.tree.addError(start, end, fmt.Sprintf(format, args...))
}

// peek is the byte n after the current one, or 0 past the end.
func (lx *lexer) peek(n int) byte {
	if lx.pos+n < len(lx.src) {
		return lx.src[lx.pos+n]
	}
	return 0
}

func (lx *lexer) space() {
	for lx.pos < len(lx.src) {
		switch lx.src[lx.pos] {
		case ' ', '\t':
			lx.pos++
		case '\n', '\r':
			lx.newline()
		case '\v', '\f':
			lx.tree.Newer |= NewerSpace
			lx.pos++
		default:
			return
		}
	}
}

// newline steps over one end of line: \n, \r, \r\n or \n\r.
func (lx *lexer) newline() {
	c := lx.src[lx.pos]
	lx.pos++
	if next := lx.peek(0); next != c && (next == '\n' || next == '\r') {
		lx.pos++
	}
	lx.line++
	lx.tree.lines = append(lx.tree.lines, uint32(lx.pos))
}

func (lx *lexer) toLineEnd() {
	rest := lx.src[lx.pos:]
	n := strings.IndexByte(rest, '\n')
	if n < 0 {
		n = len(rest)
	}
	if r := strings.IndexByte(rest[:n], '\r'); r >= 0 {
		n = r
	}
	lx.pos += n
}

func (lx *lexer) comment() {
	start, line := lx.pos, lx.line
	if level := lx.longLevel(start + 2); level >= 0 {
		if !lx.long(start+2, level) {
			lx.errorf(start, start+level+4, "unfinished comment: expected ']%s]'", strings.Repeat("=", level))
		}
		lx.tree.Trivia = append(lx.tree.Trivia, Trivia{uint32(start), uint32(lx.pos), line, LongComment})
		return
	}
	lx.toLineEnd()
	lx.trivia(LineComment, start)
}

// longLevel is the number of = in the opening long bracket at pos, or -1 if
// none stands there.
func (lx *lexer) longLevel(pos int) int {
	if pos >= len(lx.src) || lx.src[pos] != '[' {
		return -1
	}
	for i := pos + 1; i < len(lx.src); i++ {
		switch lx.src[i] {
		case '=':
		case '[':
			return i - pos - 1
		default:
			return -1
		}
	}
	return -1
}

// long steps over a long bracket that opens at start. It reports false when the
// source ends first.
func (lx *lexer) long(start, level int) bool {
	lx.pos = start + level + 2
	for lx.pos < len(lx.src) {
		switch lx.src[lx.pos] {
		case '\n', '\r':
			lx.newline()
		case ']':
			n := 1
			for lx.peek(n) == '=' {
				n++
			}
			if n-1 == level && lx.peek(n) == ']' {
				lx.pos += n + 1
				return true
			}
			lx.pos += n
		default:
			lx.pos++
		}
	}
	return false
}

// operator reads one operator, or skips bytes that are no Lua.
func (lx *lexer) operator() {
	start := lx.pos
	kind, size := operatorAt(lx.src[start], lx.peek(1), lx.peek(2))
	if size == 0 {
		lx.invalid()
		return
	}
	lx.pos += size
	switch kind {
	case DoubleSlash:
		lx.tree.Newer |= NewerIntegerDivision
	case Ampersand, Pipe, Tilde, ShiftLeft, ShiftRight:
		lx.tree.Newer |= NewerBitOperator
	}
	lx.token(kind, start)
}

// invalid reports bytes that no token starts with. Operators of other languages
// become the ones that were meant, so that the rest still parses.
func (lx *lexer) invalid() {
	start := lx.pos
	switch lx.src[start] {
	case '!':
		if lx.peek(1) == '=' {
			lx.pos += 2
			lx.errorf(start, lx.pos, "unexpected '!=': Lua writes '~='")
			lx.token(NotEqual, start)
			return
		}
		lx.pos++
		lx.errorf(start, lx.pos, "unexpected '!': Lua writes 'not'")
		lx.token(Not, start)
		return
	}
	c := lx.src[start]
	lx.pos++
	if c >= 0x80 {
		for lx.pos < len(lx.src) && lx.src[lx.pos] >= 0x80 {
			lx.pos++
		}
		lx.errorf(start, lx.pos, "unexpected character %q: names are made of ASCII letters, digits and '_'", lx.src[start:min(lx.pos, start+32)])
	} else {
		lx.errorf(start, lx.pos, "unexpected character %q", rune(c))
	}
	lx.trivia(Skipped, start)
}
