package syntax

import (
	"errors"
	"strconv"
	"strings"
)

// number reads a numeral. Letters and dots that follow it belong to it, as in
// Lua, so that 3x and 1..2 are errors and not two tokens.
func (lx *lexer) number() {
	start := lx.pos
	hex := lx.src[start] == '0' && (lx.peek(1) == 'x' || lx.peek(1) == 'X')
	plain := !hex
	if hex {
		lx.pos += 2
	}
	for lx.pos < len(lx.src) {
		c := lx.src[lx.pos]
		switch {
		case !hex && (c == 'e' || c == 'E'), hex && (c == 'p' || c == 'P'):
			lx.pos++
			if s := lx.peek(0); s == '+' || s == '-' {
				lx.pos++
			}
			plain = false
			continue
		case class(c)&isDigit != 0:
		case c == '.', class(c)&isLetter != 0:
			plain = false
		default:
			goto done
		}
		lx.pos++
	}
done:
	lx.token(Number, start)
	if plain {
		return
	}
	text := lx.src[start:lx.pos]
	if _, ok := ParseNumber(text); !ok {
		if i := strings.Index(text, ".."); i > 0 {
			lx.errorf(start, lx.pos, "malformed number '%s': '..' after a number needs a space before it", shorten(text))
		} else {
			lx.errorf(start, lx.pos, "malformed number '%s'", shorten(text))
		}
	} else if hex && strings.ContainsAny(text, ".pP") {
		lx.tree.Newer |= NewerNumber
	}
}

// ParseNumber is the value of a numeral as a script writes it: decimal or
// hexadecimal, with or without fraction and exponent. A number too large for a
// float64 is an infinity. It reports false for anything else, signs and white
// space included.
func ParseNumber(text string) (float64, bool) {
	if text == "" {
		return 0, false
	}
	hex := len(text) > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')
	for i := range len(text) {
		c := text[i]
		// strconv knows more than Lua: underscores, "inf", "nan", signs.
		if class(c)&isDigit == 0 && c != '.' && (!hex || class(c)&isHex == 0 && c|0x20 != 'x') && !isExponent(text, i, hex) {
			return 0, false
		}
	}
	if hex && !strings.ContainsAny(text, "pP") {
		text += "p0"
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return v, true
}

// isExponent reports whether text[i] is the letter or the sign of an exponent.
func isExponent(text string, i int, hex bool) bool {
	mark := byte('e')
	if hex {
		mark = 'p'
	}
	switch text[i] {
	case '+', '-':
		return i > 0 && text[i-1]|0x20 == mark
	default:
		return text[i]|0x20 == mark
	}
}

// shorten keeps a piece of source that goes into a message short.
func shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
