package prelude

import (
	"fmt"
	"strings"
	"time"

	"assay.rs/core/internal/literal"
	"assay.rs/core/internal/strftime"
)

// formatLayout writes t, which is in UTC, by a layout of % directives. An unknown directive is an error.
func formatLayout(t time.Time, layout string) (string, error) {
	var out strings.Builder
	for rest := layout; rest != ""; {
		literal, directive, after, err := nextDirective(rest)
		if err != nil {
			return "", err
		}
		out.WriteString(literal)
		rest = after
		switch directive {
		case 0:
		case 'f':
			fmt.Fprintf(&out, "%06d", t.Nanosecond()/1000)
		case 'Y': // four digits, which can be read back
			out.WriteString(t.Format("2006"))
		default:
			text, ok := strftime.Conversion(t, directive)
			if !ok {
				return "", unknownDirective(directive)
			}
			out.WriteString(text)
		}
	}
	return out.String(), nil
}

func unknownDirective(directive byte) error {
	return fmt.Errorf("layout: unknown directive %%%c", directive)
}

// expand writes the short forms of layouts out, for reading.
func expand(layout string) string {
	return strings.NewReplacer("%%", "%%", "%F", "%Y-%m-%d", "%T", "%H:%M:%S", "%D", "%m/%d/%y", "%R", "%H:%M").Replace(layout)
}

// nextDirective cuts layout into the text before the first directive, the directive's letter, 0 when
// there is none, and what follows.
func nextDirective(layout string) (text string, directive byte, rest string, err error) {
	at := strings.IndexByte(layout, '%')
	if at < 0 {
		return layout, 0, "", nil
	}
	if at+1 == len(layout) {
		return "", 0, "", fmt.Errorf("layout %s ends in %%", literal.Quote(layout))
	}
	return layout[:at], layout[at+1], layout[at+2:], nil
}

// goLayout is a directive in the way of package time, or empty for one that cannot be read, such as a week.
func goLayout(directive byte) string {
	switch directive {
	case 'Y':
		return "2006"
	case 'm':
		return "01"
	case 'd':
		return "02"
	case 'e':
		return "_2"
	case 'H':
		return "15"
	case 'I':
		return "03"
	case 'M':
		return "04"
	case 'S':
		return "05"
	case 'y':
		return "06"
	case 'j':
		return "002"
	case 'p':
		return "PM"
	case 'a':
		return "Mon"
	case 'A':
		return "Monday"
	case 'b':
		return "Jan"
	case 'B':
		return "January"
	case 'z':
		return "-0700"
	case 'Z':
		return "MST"
	}
	return ""
}
