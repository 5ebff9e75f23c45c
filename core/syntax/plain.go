package syntax

import (
	"fmt"
	"unicode"
)

// Plain tells whether a terminal shows r as a character of its own. Control characters are not plain, nor are those
// that reorder the text around them, that are invisible, or that end a line.
func Plain(r rune) bool { return unicode.IsPrint(r) }

// Escape writes a character that is not plain.
func Escape(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r <= unicode.MaxLatin1:
		return fmt.Sprintf(`\x%02x`, r)
	default:
		return fmt.Sprintf(`\u{%x}`, r)
	}
}
