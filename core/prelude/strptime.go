package prelude

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"assay.rs/core/internal/strftime"

	"assay.rs/core/internal/literal"
)

// strptime reads text by a layout of % directives. What the layout does not say is 1970-01-01 00:00 UTC.
func strptime(text, layout string) (time.Time, error) {
	r := timeReader{left: text}
	for rest := expand(layout); rest != ""; {
		literal, directive, after, err := nextDirective(rest)
		if err != nil {
			return time.Time{}, err
		}
		rest = after
		if directive != 0 && !strings.ContainsRune("%sf", rune(directive)) && goLayout(directive) == "" {
			return time.Time{}, unreadable(directive)
		}
		if !r.literal(literal) || directive != 0 && !r.directive(directive) {
			return time.Time{}, notLike(text, layout)
		}
	}
	t, ok := r.time()
	if r.left != "" || !ok {
		return time.Time{}, notLike(text, layout)
	}
	return t, nil
}

// unreadable is the error of a directive that time.parse does not have.
func unreadable(directive byte) error {
	if _, written := strftime.Conversion(time.Time{}, directive); written {
		return fmt.Errorf("layout: %%%c cannot be read, only written", directive)
	}
	return unknownDirective(directive)
}

func notLike(text, layout string) error {
	return fmt.Errorf("%s is not a time of the layout %s", literal.Quote(text), literal.Quote(layout))
}

// timeReader gathers the parts of a time. Package time judges them in the end, each against its own
// layout, so that it never sees the literal text between them.
type timeReader struct {
	left           string
	parts, layouts []string
	dated          bool          // there is a year
	epoch          *int64        // %s
	fraction       time.Duration // %f
}

func (r *timeReader) literal(text string) (ok bool) {
	r.left, ok = strings.CutPrefix(r.left, text)
	return ok
}

// directive takes the text of one directive.
func (r *timeReader) directive(d byte) bool {
	switch d {
	case '%':
		return r.literal("%")
	case 's':
		n, err := strconv.ParseInt(r.takeSigned(), 10, 64)
		r.epoch = &n
		return err == nil && n >= minUnix && n < maxUnix
	case 'f':
		digits := r.digits(9)
		n, err := strconv.Atoi((digits + "000000000")[:9])
		r.fraction = time.Duration(n)
		return err == nil && digits != ""
	case 'Z':
		name := r.letters()
		return name == "UTC" || name == "GMT" || name == "Z"
	case 'z':
		return r.offset()
	case 'a', 'A', 'b', 'B':
		return r.part(r.letters(), goLayout(d))
	case 'p':
		return r.part(strings.ToUpper(r.letters()), goLayout(d))
	}
	return r.number(d)
}

// number takes digits, fewer than the directive writes too.
func (r *timeReader) number(d byte) bool {
	width, layout := 2, goLayout(d)
	switch d {
	case 'Y':
		width, r.dated = 4, true
	case 'y':
		r.dated = true
	case 'j':
		width = 3
	case 'e':
		r.left, layout = strings.TrimLeft(r.left, " "), goLayout('d')
	}
	digits := r.digits(width)
	if digits == "" {
		return false
	}
	return r.part(strings.Repeat("0", width-len(digits))+digits, layout)
}

// offset takes Z, +0100 or +01:00.
func (r *timeReader) offset() bool {
	if r.literal("Z") {
		return r.part("+0000", "-0700")
	}
	if r.left == "" || r.left[0] != '+' && r.left[0] != '-' {
		return false
	}
	sign := r.left[:1]
	r.left = r.left[1:]
	hours := r.digits(2)
	r.literal(":")
	return r.part(sign+hours+r.digits(2), "-0700")
}

func (r *timeReader) part(text, layout string) bool {
	r.parts, r.layouts = append(r.parts, text), append(r.layouts, layout)
	return text != ""
}

func (r *timeReader) digits(atMost int) string {
	return r.run(atMost, func(b byte) bool { return '0' <= b && b <= '9' })
}

func (r *timeReader) letters() string {
	return r.run(len(r.left), func(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' })
}

func (r *timeReader) takeSigned() string {
	sign := ""
	if r.literal("-") {
		sign = "-"
	}
	return sign + r.digits(15)
}

func (r *timeReader) run(atMost int, in func(b byte) bool) string {
	n := 0
	for n < min(len(r.left), atMost) && in(r.left[n]) {
		n++
	}
	taken := r.left[:n]
	r.left = r.left[n:]
	return taken
}

// time is the time that the parts make, unless one is out of range or two contradict each other.
func (r *timeReader) time() (time.Time, bool) {
	if r.epoch != nil {
		return time.Unix(*r.epoch, 0).Add(r.fraction), true
	}
	if !r.dated {
		r.part("1970", "2006")
	}
	const between = "\x00"
	t, err := time.Parse(strings.Join(r.layouts, between), strings.Join(r.parts, between))
	return t.Add(r.fraction), err == nil
}
