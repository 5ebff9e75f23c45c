package yaml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// text writes a string as a literal block when it has several lines, else on the line. Lines of a block
// stand at the level indent, below the root at 1.
func (w *writer) text(s string, indent int) error {
	if len(s) > MaxBytes-len(w.out) {
		return errLimit.Errorf("more than %d bytes of YAML", MaxBytes)
	}
	// Where the first line begins cannot be told from a blank; parsers disagree about the number at the root.
	offset := s != "" && (s[0] == ' ' || s[0] == '\t' || s[0] == '\n')
	if !strings.Contains(s, "\n") || offset && indent == 0 || !blockable(s) {
		return w.line(s)
	}
	w.out = append(w.out, '|')
	if offset {
		w.out = append(w.out, '2')
	}
	body := strings.TrimSuffix(s, "\n")
	switch {
	case body == s:
		w.out = append(w.out, '-')
	case strings.HasSuffix(body, "\n"):
		w.out = append(w.out, '+')
	}
	for line := range strings.SplitSeq(body, "\n") {
		w.out = append(w.out, '\n')
		if line != "" {
			w.indent(max(indent, 1))
			w.out = append(w.out, line...)
		}
		if err := w.size(); err != nil {
			return err
		}
	}
	return nil
}

// blockable tells whether a literal block can hold s: nothing in it must be escaped, and no line ends with
// blanks, which editors remove.
func blockable(s string) bool {
	for line := range strings.SplitSeq(s, "\n") {
		if line != "" && (line[len(line)-1] == ' ' || line[len(line)-1] == '\t') {
			return false
		}
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && !plainRune(r) {
			return false
		}
	}
	return utf8.ValidString(s) && strings.Trim(s, "\n") != ""
}

// line writes a string without a line break: plain where it reads back as itself, else in quotes.
func (w *writer) line(s string) error {
	switch {
	case !utf8.ValidString(s):
		return w.Fail(errValue, "text that is not UTF-8 has no form in YAML")
	case isPlain(s):
		w.out = append(w.out, s...)
	case strings.ContainsAny(s, `"\`) && onlyPlainRunes(s):
		w.out = append(w.out, '\'')
		w.out = append(w.out, strings.ReplaceAll(s, "'", "''")...)
		w.out = append(w.out, '\'')
	default:
		w.quoted(s)
	}
	return nil
}

// plainRune tells whether r may stand in YAML as it is, and is visible there.
func plainRune(r rune) bool {
	switch {
	case r == '\u2028' || r == '\u2029' || r == '\ufeff':
		return false
	default:
		return r >= ' ' && r < 0x7f || r >= 0xa0 && r <= 0xfffd || r >= 0x10000
	}
}

func onlyPlainRunes(s string) bool {
	for _, r := range s {
		if !plainRune(r) {
			return false
		}
	}
	return true
}

// isPlain tells whether s needs no quotes, for parsers of YAML 1.1 as well.
func isPlain(s string) bool {
	if s == "" || !onlyPlainRunes(s) || s[0] == ' ' || s[len(s)-1] == ' ' || s[len(s)-1] == ':' ||
		strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasPrefix(s, "---") || strings.HasPrefix(s, "...") {
		return false
	}
	if strings.IndexByte("?:,[]{}#&*!|>'\"%@`=<~", s[0]) >= 0 || s[0] == '-' && (len(s) == 1 || s[1] == ' ') {
		return false
	}
	if kind, _ := Resolve(s); kind != String {
		return false
	}
	return !booleanOf11(s) && !numberOf11(s)
}

// booleanOf11 tells whether YAML 1.1 reads s as a boolean.
func booleanOf11(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return false
}

// numberOf11 tells whether YAML 1.1 may read s as a number, a time or a date: 1_000, 0b1, 1:30, 2024-01-01.
func numberOf11(s string) bool {
	digits := strings.TrimLeft(s, "+-._")
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return false
	}
	return strings.Trim(digits, "0123456789abcdefABCDEFxXoO_.:+-tTzZ ") == ""
}

// quoted writes s in double quotes.
func (w *writer) quoted(s string) {
	w.out = append(w.out, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.out = append(w.out, '\\', byte(r))
		case plainRune(r):
			w.out = utf8.AppendRune(w.out, r)
		case r == '\n':
			w.out = append(w.out, `\n`...)
		case r == '\t':
			w.out = append(w.out, `\t`...)
		case r == '\r':
			w.out = append(w.out, `\r`...)
		case r <= 0xff:
			const digits = "0123456789abcdef"
			w.out = append(w.out, '\\', 'x', digits[r>>4], digits[r&15])
		default:
			w.out = fmt.Appendf(w.out, `\u%04x`, r)
		}
	}
	w.out = append(w.out, '"')
}
