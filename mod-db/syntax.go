package db

import "strings"

// syntax says how a database writes what is no code: literals, quoted names and comments.
type syntax struct {
	backslash bool // a backslash escapes in every '...' and "..."; without it in E'...' alone
	backtick  bool // `name`
	bracket   bool // [name]
	hash      bool // a comment from # to the end of the line
	dashSpace bool // -- is a comment only before a blank
	dollar    bool // $tag$...$tag$
	nested    bool // /* comments nest
}

func postgresSyntax() syntax { return syntax{dollar: true, nested: true} }
func mysqlSyntax() syntax {
	return syntax{backslash: true, backtick: true, hash: true, dashSpace: true}
}
func sqliteSyntax() syntax { return syntax{backtick: true, bracket: true} }

// opaque is where the literal, quoted name or comment ends that begins at i, or i when none does. One
// that is never closed ends with the text.
func (x syntax) opaque(s string, i int) int {
	rest := s[i:]
	switch c := s[i]; {
	case c == '\'' || c == '"':
		return quoted(s, i, x.backslash)
	case c == '`' && x.backtick:
		return quoted(s, i, false)
	case c == '[' && x.bracket:
		return past(s, i+1, "]")
	case c == '#' && x.hash:
		return past(s, i, "\n")
	case strings.HasPrefix(rest, "--") && (!x.dashSpace || len(rest) == 2 || isSpace(rest[2])):
		return past(s, i, "\n")
	case strings.HasPrefix(rest, "/*"):
		return x.comment(s, i)
	case c == '$' && x.dollar:
		return dollarQuoted(s, i)
	}
	return i
}

// word is where the word ends that begins at i, with a literal that it introduces, as in E'...'; i when
// none does.
func (x syntax) word(s string, i int) int {
	if !isLetter(s[i]) {
		return i
	}
	end := i + 1
	for end < len(s) && (isLetter(s[end]) || isDigit(s[end]) || s[end] == '$') {
		end++
	}
	if x.dollar && end < len(s) && s[end] == '\'' && strings.EqualFold(s[i:end], "e") {
		return quoted(s, end, true)
	}
	return end
}

// quoted is where the text in quotes ends that begins at i. A doubled quote stands for itself.
func quoted(s string, i int, backslash bool) int {
	quote := s[i]
	for i++; i < len(s); i++ {
		switch {
		case s[i] == '\\' && backslash:
			i++
		case s[i] != quote:
		case i+1 < len(s) && s[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(s)
}

func past(s string, i int, end string) int {
	if at := strings.Index(s[i:], end); at >= 0 {
		return i + at + len(end)
	}
	return len(s)
}

func (x syntax) comment(s string, i int) int {
	if !x.nested {
		return past(s, i+2, "*/")
	}
	depth := 1
	for i += 2; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "/*"):
			depth++
			i++
		case strings.HasPrefix(s[i:], "*/"):
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// dollarQuoted is where $tag$...$tag$ ends, or i for a dollar that is something else.
func dollarQuoted(s string, i int) int {
	end := i + 1
	for end < len(s) && (isLetter(s[end]) || end > i+1 && isDigit(s[end])) {
		end++
	}
	if end == len(s) || s[end] != '$' {
		return i
	}
	return past(s, end+1, s[i:end+1])
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isLetter tells whether a word can begin with c; bytes of letters beyond ASCII can.
func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
