package check

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Write prints the document: JSON with two spaces, one newline at its end, always valid UTF-8. After an error, as from a
// closed stdout, the run has not been reported and must not count as passed.
func (r *Report) Write(w io.Writer) error {
	head := *r
	head.Checks = []Result{}
	var text bytes.Buffer
	if err := encode(&text, head); err != nil {
		return fmt.Errorf("encode the document: %w", err)
	}
	// The second key of the document, and nothing stands in front of it that could look like it.
	const list = `"checks":[`
	at := bytes.Index(text.Bytes(), []byte(list)) + len(list)
	tail := slices.Clone(text.Bytes()[at:])
	out := &printer{w: bufio.NewWriterSize(w, 16<<10)}
	out.print(text.Bytes()[:at])
	// One at a time: of a thousand checks the document is larger than all else.
	for i := range r.Checks {
		if i > 0 {
			out.print([]byte(","))
		}
		text.Reset()
		if err := encode(&text, &r.Checks[i]); err != nil {
			return fmt.Errorf("encode check %s: %w", r.Checks[i].Name, err)
		}
		out.print(text.Bytes())
	}
	out.print(tail)
	_ = out.w.WriteByte('\n') // Flush gives the first error
	if err := out.w.Flush(); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return nil
}

// encode adds v as JSON on one line.
func encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	b.Truncate(max(0, b.Len()-1)) // the newline
	return err
}

// printer spreads JSON over lines, as json.Indent does, without holding all of it. The first error is the writer's.
type printer struct {
	w     *bufio.Writer
	depth int
	fresh bool // a list or map was opened, and nothing is in it yet
}

// print takes valid JSON on one line, in pieces that do not cut a string.
func (p *printer) print(text []byte) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '}', ']':
			p.depth--
			if !p.fresh {
				p.line()
			}
			p.fresh = false
			_ = p.w.WriteByte(c)
		case ',':
			_ = p.w.WriteByte(c)
			p.line()
		case ':':
			_, _ = p.w.WriteString(": ")
		default:
			if p.fresh {
				p.line()
			}
			p.fresh = c == '{' || c == '['
			n := 1
			switch {
			case p.fresh:
				p.depth++
			case c == '"':
				n = stringEnd(text[i:])
			default:
				n = wordEnd(text[i:])
			}
			_, _ = p.w.Write(text[i : i+n])
			i += n - 1
		}
	}
}

func (p *printer) line() {
	const blanks = "\n                                "
	left := 1 + 2*p.depth
	_, _ = p.w.WriteString(blanks[:min(left, len(blanks))])
	for left -= len(blanks); left > 0; left -= 2 {
		_, _ = p.w.WriteString("  ")
	}
}

// stringEnd is the length of the JSON string that text begins with.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// wordEnd is the length of the number, true, false or null that text begins with.
func wordEnd(text []byte) int {
	if n := bytes.IndexAny(text, ",:]}"); n >= 0 {
		return n
	}
	return len(text)
}
