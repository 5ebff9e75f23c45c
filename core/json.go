package core

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// The JSON codec (RFC 8259) reads straight into Lua tables and writes from them. It is here rather than
// in a module because bodies of requests and answers need it as well as json.parse does.

// What JSON may cost before it is refused.
const (
	MaxJSONText   = 64 << 20  // bytes that are read, or written
	maxJSONMemory = 256 << 20 // bytes that a text may take as Lua values, as estimated
)

// The codes of errors of [DecodeJSON] and [EncodeJSON].
var (
	ErrJSONSyntax = NewCode("json.syntax", "the text is not JSON")
	ErrJSONValue  = NewCode("json.value", "the value has no form in JSON")
	ErrJSONLimit  = NewCode("json.limit", "the text or the value is too large or nested too deeply")
)

// JSONError says what is wrong with a text, and where.
type JSONError struct {
	Line, Col int    // from 1; columns are characters
	Offset    int    // in bytes, from 0
	Excerpt   string // what stands around the place, on one line
	Message   string
}

// Error reads "3:14: a ',' or '}' expected, got 'x', near `"a": 1 x`".
func (e *JSONError) Error() string {
	s := fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Message)
	if e.Excerpt != "" {
		s += ", near `" + e.Excerpt + "`"
	}
	return s
}

// DecodeJSON reads one JSON text into Lua values. It needs the baton.
//
// Arrays stay arrays, with their length, when they are empty or end with nulls. A null is nil, so that an
// object forgets the key, or json.null with keepNull. Of equal keys the last one counts. Whole numbers
// written without fraction and exponent are exact as far as 64 bits reach and the nearest float64 beyond,
// as numerals are in Lua; any other number is a float64. A byte order mark in front is skipped.
//
// A text that is not JSON is an [*Error] of the code [ErrJSONSyntax] that wraps a [*JSONError]: text that
// is not UTF-8, half of a surrogate pair, and a number that no float64 can hold are among the reasons.
// A text that is too long, too deep or too large in memory has the code [ErrJSONLimit]. When the task is
// stopped meanwhile, the error is the cause.
func DecodeJSON(c Call, text string, keepNull bool) (Value, error) {
	if len(text) > MaxJSONText {
		return Value{}, ErrJSONLimit.Errorf("%d bytes of JSON: at most %d are read", len(text), MaxJSONText)
	}
	d := jsonDecoder{c: c, jsonText: jsonText{text: text}, null: lua.LNil}
	if keepNull {
		d.null = c.t.vm.nullValue()
	}
	if err := d.begin(); err != nil {
		return Value{}, err
	}
	v, err := d.value()
	if err != nil {
		return Value{}, err
	}
	return Value{v}, d.end()
}

// A text starts with so much room, and up to so many bytes it takes too little to ask for.
const (
	startJSON = 128
	freeJSON  = chargedFrom / 4
)

// EncodeJSON writes v as JSON text. It needs the baton.
//
// Keys are sorted. A table is an array when it was made as one or its keys are 1 to n, else an object,
// whose whole-number keys become strings; {} is an object. Whole numbers have neither fraction nor, below
// 2^63, exponent; other numbers have the fewest digits that read back the same. An object of a module is
// written as its properties, an error as its text. Without indent the text is one line; else each member
// has its own, indented by indent for each level.
//
// The error has the code [ErrJSONValue] and names the path (".spec.items[3]") for NaN, infinities, functions,
// threads, text that is not UTF-8, keys that are neither text nor whole numbers, two keys that are one in
// JSON, and tables that contain themselves. Nesting over 200 and text over [MaxJSONText] have the code
// [ErrJSONLimit]. When the task is stopped meanwhile, the error is the cause.
func EncodeJSON(c Call, v Value, indent string) ([]byte, error) {
	e := c.t.vm.newEncoder(c, indent)
	if err := e.value(v.lua()); err != nil {
		return nil, err
	}
	out := e.out
	c.t.vm.keepEncoder(e)
	return out, nil
}

// halted is why the task was stopped, or nil while it may go on. It is cheap enough to ask for each table.
func (c Call) halted() error {
	switch {
	case c.t.task == c.t.vm.foreign:
		return context.Cause(c.Context())
	case c.t.stopped():
		return c.t.cause()
	}
	return nil
}

// jsonText is a text that is being read.
type jsonText struct {
	text string
	pos  int
}

// begin checks the text as a whole.
func (t *jsonText) begin() error {
	if !utf8.ValidString(t.text) {
		at := 0
		for at < len(t.text) {
			r, size := utf8.DecodeRuneInString(t.text[at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
		return t.fail(at, "not UTF-8 text")
	}
	if strings.HasPrefix(t.text, "\ufeff") {
		t.pos = len("\ufeff")
	}
	t.space()
	if t.pos == len(t.text) {
		return t.fail(t.pos, "the text is empty")
	}
	return nil
}

// end refuses what follows the value.
func (t *jsonText) end() error {
	t.space()
	if t.pos < len(t.text) {
		return t.fail(t.pos, "nothing may follow the value, got %s", t.got())
	}
	return nil
}

func (t *jsonText) space() {
	for t.pos < len(t.text) {
		switch t.text[t.pos] {
		case ' ', '\n', '\t', '\r':
			t.pos++
		default:
			return
		}
	}
}

// got names what stands at the position.
func (t *jsonText) got() string {
	if t.pos >= len(t.text) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRuneInString(t.text[t.pos:])
	return fmt.Sprintf("%q", r)
}

// excerptReach is how far, in bytes, an excerpt goes to either side.
const excerptReach = 16

// fail is the error of a text that is not JSON at the byte offset at.
func (t *jsonText) fail(at int, format string, args ...any) error {
	hint := ""
	if strings.HasPrefix(strings.TrimLeft(t.text, " \t\r\n"), "<") {
		hint = "the text begins like HTML or XML"
	}
	return ErrJSONSyntax.With(t.place(at, format, args...), hint)
}

func (t *jsonText) place(at int, format string, args ...any) *JSONError {
	e := &JSONError{Offset: at, Message: fmt.Sprintf(format, args...)}
	before := t.text[:at]
	e.Line = 1 + strings.Count(before, "\n")
	line := before[strings.LastIndexByte(before, '\n')+1:]
	e.Col = 1 + utf8.RuneCountInString(line)
	after := t.text[at:]
	if i := strings.IndexByte(after, '\n'); i >= 0 {
		after = after[:i]
	}
	// What was left out is marked: who takes secrets out of texts looks beside the marks for pieces of them.
	begin, end := "", ""
	if len(line) > excerptReach {
		line, begin = line[len(line)-excerptReach:], "..."
	}
	if len(after) > excerptReach {
		after, end = after[:excerptReach], "..."
	}
	e.Excerpt = begin + strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(line+after, ""))) + end
	return e
}

func printable(r rune) rune {
	if !syntax.Plain(r) {
		return ' '
	}
	return r
}
