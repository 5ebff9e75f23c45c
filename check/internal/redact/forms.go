package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay.rs/core/syntax"
)

// parts gives the value and, of one with several lines (a PEM block), each line long enough to betray it.
func parts(value string) []string {
	list := []string{value}
	if trimmed := strings.TrimSpace(value); trimmed != value && trimmed != "" {
		list = append(list, trimmed)
	}
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); len(line) >= 8 && line != value && !strings.HasPrefix(line, "-----") {
			list = append(list, line)
		}
	}
	return list
}

func forms(v string) []string {
	path := url.PathEscape(v)
	list := []string{
		v, url.QueryEscape(v), path, strings.ReplaceAll(path, "%2F", "/"), (&url.URL{Path: "/" + v}).EscapedPath()[1:], percentAll(v),
		percent(v, "\"<>\\^`{|}"), percent(v, "\"<>'"), // as browsers do in a path and in a query
	}
	for _, f := range list[1:] {
		list = append(list, lowerHex(f))
	}
	quoted := strconv.Quote(v)
	list = append(list, quoted[1:len(quoted)-1])
	for _, html := range []bool{true, false} {
		text := jsonText(v, html)
		list = append(list, text, strings.ReplaceAll(text, "/", `\/`))
	}
	list = append(list, strings.ReplaceAll(v, "'", `'\''`), strings.ReplaceAll(v, "'", `'"'"'`)) // in a shell
	list = append(list, logText(v), strings.Map(blank, strings.ToValidUTF8(v, "")), strings.ToValidUTF8(v, "\uFFFD"), strings.Join(strings.Fields(v), " "))
	list = append(list, plainForms(v)...)
	list = append(list, aligned(v)...)
	list = append(list, hex.EncodeToString([]byte(v)), strings.ToUpper(hex.EncodeToString([]byte(v))))
	if bytes := asLatin1(v); bytes != v {
		list = append(list, bytes, jsonText(bytes, true), jsonText(bytes, false))
	}
	kept := list[:0]
	for _, f := range list {
		if len(f) >= Shortest {
			kept = append(kept, f)
		}
	}
	return kept
}

// aligned gives what base64 makes of v wherever v begins in the encoded text, without the characters
// that also depend on the neighbours of v.
func aligned(v string) []string {
	var list []string
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		list = append(list, enc.EncodeToString([]byte(v)))
		for before := range 3 {
			text := enc.EncodeToString([]byte(strings.Repeat("\x00", before) + v))
			start := (before*8 + 5) / 6
			end := (before + len(v)) * 8 / 6
			// A few characters would also be found where no secret is.
			if end-start >= 6 {
				list = append(list, text[start:end])
			}
		}
	}
	return list
}

// asLatin1 is v as programs have it that take its bytes for ISO-8859-1, as some do with header fields.
func asLatin1(v string) string {
	runes := make([]rune, len(v))
	for i, c := range []byte(v) {
		runes[i] = rune(c)
	}
	return string(runes)
}

// jsonText is v as a JSON string without its quotes.
func jsonText(v string, html bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if err := e.Encode(v); err != nil {
		return ""
	}
	return b.String()[1 : b.Len()-2]
}

// logText is v as log records have it, with escapes for what cannot be printed.
func logText(v string) string {
	var b strings.Builder
	for i := 0; i < len(v); {
		c, size := utf8.DecodeRuneInString(v[i:])
		switch {
		case c == '\n', c == '\r', c == '\t':
			quoted := strconv.QuoteRune(c)
			b.WriteString(quoted[1 : len(quoted)-1])
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, v[i])
		case !unicode.IsPrint(c) && c <= unicode.MaxLatin1:
			fmt.Fprintf(&b, `\x%02x`, c)
		case !unicode.IsPrint(c):
			fmt.Fprintf(&b, `\u{%x}`, c)
		default:
			b.WriteString(v[i : i+size])
		}
		i += size
	}
	return b.String()
}

// plainForms gives v as messages and source lines show it: with a blank or a question mark for each character that would
// not be seen. At the end of a line the blanks are gone.
func plainForms(v string) []string {
	if !strings.ContainsFunc(v, hidden) {
		return nil
	}
	with := func(shown rune) string {
		return strings.Map(func(c rune) rune {
			if hidden(c) {
				return shown
			}
			return c
		}, v)
	}
	return []string{with(' '), strings.TrimSpace(with(' ')), with('?')}
}

func hidden(c rune) bool { return !syntax.Plain(c) || c == utf8.RuneError }

// blank is what excerpts show instead of what ends a line.
func blank(c rune) rune {
	if c < ' ' || c == 0x7f || c == '\u2028' || c == '\u2029' {
		return ' '
	}
	return c
}

func percentAll(v string) string {
	return percent(v, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
}

// percent encodes blanks, control characters, what is not ASCII, and the special characters.
func percent(v, special string) string {
	var b strings.Builder
	for _, c := range []byte(v) {
		if c > ' ' && c < 0x7f && strings.IndexByte(special, c) < 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func lowerHex(s string) string {
	return regexp.MustCompile(`%[0-9A-F]{2}`).ReplaceAllStringFunc(s, strings.ToLower)
}
