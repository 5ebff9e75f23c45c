package prelude

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"assay.rs/core/internal/literal"
	"assay.rs/core/syntax"
)

// lineBudget is how many bytes a log line may still take.
type lineBudget struct{ left int }

const (
	maxLine      = 64<<10 - 512 // the longest log line, less what a handler may write around message and fields
	lineOverhead = 40           // bytes that a handler writes around them at least
)

// text is s in a form that cannot end a log line, forge another or reorder what a terminal shows:
// control characters, U+2028, invisible characters and bytes that are not UTF-8 are written as escapes.
// It takes from the budget what the text takes in a line, where a handler may escape once more, and
// ends in "..." where that was not enough.
func (b *lineBudget) text(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		piece := s[i : i+size]
		switch {
		case r == utf8.RuneError && size == 1:
			piece = fmt.Sprintf(`\x%02x`, s[i])
		case !syntax.Plain(r):
			piece = syntax.Escape(r)
		}
		if b.left -= cost(piece); b.left < 0 {
			out.WriteString("...")
			break
		}
		out.WriteString(piece)
		i += size
	}
	return out.String()
}

// cost is what a piece takes when the handler doubles its quotes and backslashes.
func cost(piece string) int {
	return len(piece) + strings.Count(piece, `\`) + strings.Count(piece, `"`)
}

// escapeJSON writes what [lineBudget.text] would escape in the way of JSON, which leaves DEL, C1 controls and
// invisible characters as they are.
func escapeJSON(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case syntax.Plain(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

// finite is data without NaN and infinities, which JSON does not have: they become text.
func finite(data any) any {
	switch data := data.(type) {
	case float64:
		if math.IsNaN(data) || math.IsInf(data, 0) {
			return literal.Number(data)
		}
	case []any:
		for i := range data {
			data[i] = finite(data[i])
		}
	case map[string]any:
		for k := range data {
			data[k] = finite(data[k])
		}
	}
	return data
}
