package server

import (
	"strings"
	"unicode/utf8"

	"assay.rs/analysis/document"
)

// offset is where a position of the client is in the text. Positions beyond a line mean its end.
func (s *Server) offset(d *document.Document, p position) int {
	start, end := d.Line(p.Line)
	return start + s.bytes(d.Text[start:end], max(0, p.Character))
}

// bytes is how many bytes the first units of a line take, in the client's encoding.
func (s *Server) bytes(line string, units int) int {
	if s.utf8 {
		units = min(units, len(line))
		for units > 0 && units < len(line) && !utf8.RuneStart(line[units]) {
			units--
		}
		return units
	}
	for at, r := range line {
		if units <= 0 {
			return at
		}
		units--
		if r > 0xFFFF {
			units--
			if units < 0 { // in the middle of a pair
				return at
			}
		}
	}
	return len(line)
}

// position is an offset as the client counts.
func (s *Server) position(d *document.Document, offset int) position {
	p := d.Position(offset)
	start, _ := d.Line(p.Line - 1)
	text := d.Text[start:min(offset, len(d.Text))]
	if s.utf8 {
		return position{p.Line - 1, len(text)}
	}
	units := 0
	for _, r := range text {
		units++
		if r > 0xFFFF {
			units++
		}
	}
	return position{p.Line - 1, units}
}

func (s *Server) span(d *document.Document, start, end int) span {
	return span{s.position(d, start), s.position(d, end)}
}

// changed is the text after changes of the client, in order.
func (s *Server) changed(d *document.Document, changes []change) *document.Document {
	for _, c := range changes {
		text := c.Text
		if c.Range != nil {
			start, end := s.offset(d, c.Range.Start), s.offset(d, c.Range.End)
			end = max(start, end)
			var b strings.Builder
			b.Grow(len(d.Text) + len(c.Text))
			b.WriteString(d.Text[:start])
			b.WriteString(c.Text)
			b.WriteString(d.Text[end:])
			text = b.String()
		}
		d = document.Open(d.Name, text)
	}
	return d
}
