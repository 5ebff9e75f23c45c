package spec

import (
	"strings"
	"unicode/utf8"
)

// gap is what separates the columns of a table.
const gap = 2

// table writes rows in aligned columns: names first, free text last, which is wrapped. A cell too wide
// for its column pushes the rest of its row to the next line.
func (s *screen) table(rows [][]string) {
	starts := []int{indent}
	for i, width := range s.columns(rows) {
		starts = append(starts, starts[i]+width+gap)
	}
	for _, row := range rows {
		s.row(row, starts)
	}
}

func (s *screen) row(cells []string, starts []int) {
	line, at := "", 0
	flush := func() {
		s.b.WriteString(strings.TrimRight(line, " ") + "\n")
		line, at = "", 0
	}
	put := func(i int, style, text string) {
		if at > max(0, starts[i]-gap) {
			flush()
		}
		line += strings.Repeat(" ", starts[i]-at) + s.paint(style, text)
		at = starts[i] + utf8.RuneCountInString(text)
	}
	last := len(starts) - 1
	for i, cell := range cells[:last] {
		style := dim
		if i == 0 {
			style = cyan
		}
		for _, text := range wrap(cell, s.width-starts[i]) {
			put(i, style, text)
		}
	}
	for _, text := range wrap(cells[last], s.width-starts[last]) {
		put(last, plain, text)
	}
	flush()
}

// columns gives the widths of all columns but the last. Cells wider than the bound of their column do
// not count, so that one long type does not leave the text next to no room.
func (s *screen) columns(rows [][]string) []int {
	bounds := []int{s.width/2 - indent - gap}
	if len(rows[0]) > 2 {
		bounds = []int{s.width/3 - gap, s.width/4 + gap}
	}
	widths := make([]int, len(rows[0])-1)
	for _, row := range rows {
		for i := range widths {
			if n := utf8.RuneCountInString(row[i]); n <= bounds[i] {
				widths[i] = max(widths[i], n)
			}
		}
	}
	for i, width := range widths {
		if width == 0 {
			widths[i] = max(1, bounds[i])
		}
	}
	return widths
}

// wrap breaks text into lines of at most width columns, where a single word is not wider. Paragraphs
// stay apart; indented lines, list items and code fences stay as they are.
func wrap(text string, width int) []string {
	width = max(width, 16)
	var lines []string
	current := ""
	flush := func() {
		if current != "" {
			lines = append(lines, current)
			current = ""
		}
	}
	fenced := false
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = strings.TrimRight(line, " \t\r")
		if fence := strings.HasPrefix(line, "```"); fence || fenced || verbatim(line) {
			flush()
			lines = append(lines, line)
			fenced = fenced != fence
			continue
		}
		for word := range strings.FieldsSeq(line) {
			switch {
			case current == "":
				current = word
			case utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) > width:
				flush()
				current = word
			default:
				current += " " + word
			}
		}
	}
	flush()
	return lines
}

func verbatim(line string) bool {
	for _, start := range []string{" ", "\t", "- ", "* ", "|"} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return line == ""
}
