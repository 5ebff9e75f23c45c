package stdio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"

	"assay.rs/core"
	"assay.rs/mod-fs/internal/input"
)

const formatsText = `What to read, one result for each: "l" a line, which is the default, "L" a line with its newline, "n" a number, "a" all that is left, or how many bytes.`

const linesText = "The next line, or what the formats ask for."

// format is one thing to read.
type format struct {
	kind  byte // l, L, n, a, or 0 for a number of bytes
	count int
}

// parseFormats reads formats that are the arguments from first on.
func parseFormats(values []core.Value, first int) ([]format, error) {
	formats := make([]format, len(values))
	for i, v := range values {
		if n, ok := v.Integer(); ok && v.Kind() != core.KindString {
			if n < 0 || n > math.MaxInt32 {
				return nil, fmt.Errorf("argument %d: %d bytes cannot be read", first+i, n)
			}
			formats[i].count = int(n)
			continue
		}
		text, _ := v.Text()
		text = strings.TrimPrefix(text, "*") // as Lua 5.1 has it
		if text == "" || !strings.Contains("lLna", text[:1]) {
			return nil, fmt.Errorf(`argument %d: bad format: use "l", "L", "n", "a" or a number of bytes`, first+i)
		}
		formats[i].kind = text[0]
	}
	if len(formats) == 0 {
		formats = []format{{kind: 'l'}}
	}
	return formats, nil
}

// source is where one task at a time reads.
type source struct {
	mu sync.Mutex
	r  *bufio.Reader
}

// read gives what the formats ask for, up to the first that fails, which gives nil.
func (s *source) read(c core.Call, formats []format) ([]core.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	results := make([]core.Value, 0, len(formats))
	for _, f := range formats {
		v, err := s.one(c, f)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		results = append(results, v)
		if err != nil {
			break
		}
	}
	return results, nil
}

// one gives one thing, or nil and io.EOF.
func (s *source) one(c core.Call, f format) (core.Value, error) {
	switch f.kind {
	case 'a':
		text, err := input.All(c, s.r, 0)
		return core.TextValue(text), err
	case 'n':
		return s.number()
	case 0:
		return s.bytes(c, f.count)
	}
	line, err := input.Line(c, s.r)
	if err != nil {
		return core.Nil(), err
	}
	if f.kind == 'l' {
		line = strings.TrimSuffix(line, "\n")
	}
	return core.TextValue(line), nil
}

func (s *source) bytes(c core.Call, n int) (core.Value, error) {
	if n == 0 {
		if _, err := s.r.Peek(1); err != nil {
			return core.Nil(), err
		}
		return core.TextValue(""), nil
	}
	text, err := input.All(c, io.LimitReader(s.r, int64(n)), 0)
	if err == nil && text == "" {
		return core.Nil(), io.EOF
	}
	return core.TextValue(text), err
}

// maxNumeral is how long a number in a text may be, as in Lua.
const maxNumeral = 200

// number reads a numeral as far as it can be one, and gives nil and io.EOF when it is none.
func (s *source) number() (core.Value, error) {
	for {
		b, err := s.r.Peek(1)
		if err != nil {
			return core.Nil(), err
		}
		if !strings.Contains(" \t\r\n\v\f", string(b)) {
			break
		}
		_, _ = s.r.Discard(1) // it was peeked at
	}
	n := numeral{r: s.r}
	n.accept("+-")
	digits, exponent := "0123456789", "eE"
	if n.accept("0") && n.accept("xX") {
		digits, exponent = "0123456789abcdefABCDEF", "pP"
	}
	n.all(digits)
	if n.accept(".") {
		n.all(digits)
	}
	if n.accept(exponent) {
		n.accept("+-")
		n.all("0123456789")
	}
	if n.err != nil && !errors.Is(n.err, io.EOF) {
		return core.Nil(), n.err
	}
	if v, ok := parse(n.text.String()); ok {
		return core.NumberValue(v), nil
	}
	return core.Nil(), io.EOF
}

func parse(text string) (float64, bool) {
	if strings.ContainsAny(text, "xX") {
		if !strings.ContainsAny(text, "pP") {
			text += "p0"
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil || errors.Is(err, strconv.ErrRange)
}

// numeral collects the characters of one.
type numeral struct {
	r    *bufio.Reader
	text strings.Builder
	err  error
}

// accept takes the next character if it is one of these.
func (n *numeral) accept(set string) bool {
	b, err := n.r.Peek(1)
	if err != nil {
		n.err = err
		return false
	}
	if !strings.Contains(set, string(b)) || n.text.Len() >= maxNumeral {
		return false
	}
	n.text.WriteByte(b[0])
	_, _ = n.r.Discard(1) // it was peeked at
	return true
}

func (n *numeral) all(set string) {
	for n.accept(set) {
	}
}
