package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// Parse reads the one document of data. It returns nil for a text that holds nothing but comments.
// Two documents are an error, as are all that ParseAll refuses.
func Parse(data []byte) (*Node, error) {
	docs, err := ParseAll(data)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, nil
	}
	if len(docs) > 1 {
		return nil, &Error{docs[1].Line, docs[1].Col, "a second document: only one is allowed here"}
	}
	return docs[0], nil
}

// ParseAll reads each document of data. Errors are of type *Error: a syntax error, a duplicate key, an
// unknown tag, a key that is a list or a map, an alias that contains itself, text that is not UTF-8, or a
// text over the limits of this package.
func ParseAll(data []byte) (docs []*Node, err error) {
	if err := precheck(data); err != nil {
		return nil, err
	}
	lines := bytes.Split(data, []byte("\n"))
	// The parser below reports some malformed input by panicking.
	defer func() {
		if r := recover(); r != nil {
			docs, err = nil, &Error{Message: fmt.Sprintf("malformed YAML: %v", r)}
		}
	}()
	dec := yamlv3.NewDecoder(bytes.NewReader(data))
	budget := &budget{left: MaxNodes}
	for {
		var raw yamlv3.Node
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) {
			return docs, nil
		} else if err != nil {
			return nil, syntaxError(err, lines)
		}
		if raw.Kind == 0 {
			continue
		}
		if blank(&raw) && len(docs) == 0 && onlyComments(lines) {
			continue
		}
		node, err := budget.node(raw.Content[0], nil, 0)
		if err != nil {
			return nil, err
		}
		docs = append(docs, node)
	}
}

// precheck refuses what would be costly to parse at all.
func precheck(data []byte) error {
	if len(data) > MaxBytes {
		return &Error{Message: fmt.Sprintf("%d bytes: at most %d are read", len(data), MaxBytes)}
	}
	if !utf8.Valid(data) {
		line, col := invalidAt(data)
		return &Error{line, col, "not UTF-8 text"}
	}
	// A node needs one of these in front of it; the tree takes some 200 bytes each.
	starts := 0
	for _, c := range data {
		switch c {
		case ',', '[', '{', ':', '-', '?', '\n':
			starts++
		}
	}
	if starts > 2*MaxNodes {
		return &Error{Message: fmt.Sprintf("more than %d values", MaxNodes)}
	}
	return nil
}

func invalidAt(data []byte) (line, col int) {
	line, col = 1, 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if data = data[size:]; r == '\n' {
			line, col = line+1, 0
		}
		col++
	}
	return line, col
}

func blank(doc *yamlv3.Node) bool {
	return len(doc.Content) == 0 || doc.Content[0].Kind == 0 ||
		doc.Content[0].Kind == yamlv3.ScalarNode && doc.Content[0].Value == "" && doc.Content[0].Style == 0
}

func onlyComments(lines [][]byte) bool {
	for _, line := range lines {
		if t := bytes.TrimSpace(line); len(t) > 0 && t[0] != '#' && !bytes.HasPrefix(t, []byte("---")) {
			return false
		}
	}
	return true
}

// syntaxError adds the column that the parser leaves out: where the text of the line begins.
func syntaxError(err error, lines [][]byte) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	m := regexp.MustCompile(`^(?s)(?:line (\d+): )?(.*)$`).FindStringSubmatch(text)
	line, _ := strconv.Atoi(m[1])
	// The parser counts lines from 0 where the scanner counts them from 1.
	if m[1] != "" && strings.HasPrefix(m[2], "did not find expected") {
		line++
	}
	if line == 0 {
		line = 1
	}
	line = min(line, len(lines))
	body := lines[line-1]
	col := len(body) - len(bytes.TrimLeft(body, " \t")) + 1
	return &Error{line, col, m[2]}
}
