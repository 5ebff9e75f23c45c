package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay.rs/core"
)

// part is a statement of a script.
type part struct {
	text string
	line int // of its first word, from 1
}

// split divides a script at the semicolons that are not in literals, comments, or the bodies of triggers
// and of functions.
func (x syntax) split(script string) []part {
	s := splitter{syntax: x, script: script, delimiter: ";"}
	for s.at < len(script) {
		s.step()
	}
	s.cut(len(script))
	return s.parts
}

// splitter walks through a script.
type splitter struct {
	syntax
	script    string
	delimiter string
	parts     []part
	start, at int
	lines     int // before counted
	counted   int
	heading   []string // the words that a statement began with
	body      int      // how deep in begin ... end
}

func (s *splitter) step() {
	switch {
	case strings.HasPrefix(s.script[s.at:], s.delimiter) && s.body == 0:
		s.cut(s.at)
		s.at += len(s.delimiter)
		s.start = s.at
		return
	case s.backslash && s.setDelimiter():
		return
	}
	if end := s.word(s.script, s.at); end > s.at {
		s.see(strings.ToUpper(s.script[s.at:end]))
		s.at = end
		return
	}
	s.at = max(s.opaque(s.script, s.at), s.at+1)
}

// maxHeading is how many words tell what a statement is.
const maxHeading = 6

// see keeps track of the bodies of SQLite's triggers and of SQL functions: begin atomic ... end.
func (s *splitter) see(word string) {
	if len(s.heading) < maxHeading {
		s.heading = append(s.heading, word)
	}
	if len(s.heading) == 0 || s.heading[0] != "CREATE" || s.backslash {
		return
	}
	switch {
	case word == "BEGIN" && (s.isTrigger() || s.dollar), s.body > 0 && word == "CASE":
		s.body++
	case s.body > 0 && word == "END":
		s.body--
	}
}

func (s *splitter) isTrigger() bool { return slices.Contains(s.heading, "TRIGGER") }

// setDelimiter reads a line such as DELIMITER //, which only MySQL's own client knows.
func (s *splitter) setDelimiter() bool {
	const command = "DELIMITER"
	rest := s.script[s.at:]
	if len(rest) <= len(command) || !strings.EqualFold(rest[:len(command)], command) || !isSpace(rest[len(command)]) ||
		strings.TrimSpace(s.script[s.start:s.at]) != "" {
		return false
	}
	line, _, _ := strings.Cut(rest[len(command):], "\n")
	if fields := strings.Fields(line); len(fields) > 0 {
		s.delimiter = fields[0]
	}
	s.at += len(command) + len(line)
	s.start = s.at
	return true
}

// cut ends a statement. What has only comments is none.
func (s *splitter) cut(end int) {
	text := s.script[s.start:end]
	if !s.empty(text) {
		blank := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
		s.lines += strings.Count(s.script[s.counted:s.start+blank], "\n")
		s.counted = s.start + blank
		s.parts = append(s.parts, part{strings.TrimSpace(text), s.lines + 1})
	}
	s.heading, s.body = nil, 0
}

func (s *splitter) empty(text string) bool {
	for i := 0; i < len(text); {
		end := s.opaque(text, i)
		if end == i && !isSpace(text[i]) || end > i && !s.isComment(text[i:]) {
			return false
		}
		i = max(end, i+1)
	}
	return true
}

// isComment tells whether what is opaque at the start of text is a comment. One that MySQL runs is none.
func (s *splitter) isComment(text string) bool {
	if s.backslash && (strings.HasPrefix(text, "/*!") || strings.HasPrefix(text, "/*M!")) {
		return false
	}
	return text[0] == '#' || strings.HasPrefix(text, "--") || strings.HasPrefix(text, "/*")
}

var errLeftOpen = core.WithHint(errors.New("the script began a transaction and did not end it: it was rolled back"), "end it with commit")

// script runs all statements of a script on one session.
func (c *Conn) script(call core.Call, text string) error {
	ctx := call.Context()
	parts := c.db.engine.style().split(text)
	err := c.use(ctx, true, func(s session) error { return c.runParts(ctx, s, parts) })
	if err != nil {
		return c.db.raise(ctx, err)
	}
	return nil
}

func (c *Conn) runParts(ctx context.Context, s session, parts []part) error {
	style := c.db.engine.style()
	open := false
	for i, p := range parts {
		switch style.control(p.text) {
		case controlBegin:
			open = true
		case controlEnd:
			open = false
		case controlNone:
		}
		if c.tx != nil && style.control(p.text) != controlNone {
			return errByHand
		}
		if err := c.db.run(ctx, s, p.text); err != nil {
			if open {
				err = errors.Join(err, c.db.rollback(ctx, s))
			}
			if len(parts) == 1 {
				return err
			}
			return c.db.inPart(ctx, err, i+1, p.line)
		}
	}
	if open {
		return errors.Join(errLeftOpen, c.db.rollback(ctx, s))
	}
	return nil
}

// inPart says where in a script err happened. What broke the connection keeps saying so.
func (d *database) inPart(ctx context.Context, err error, number, line int) error {
	if ctx.Err() != nil || d.failureOf(err).lost {
		return err
	}
	where := fmt.Sprintf("statement %d, line %d", number, line)
	known, ok := errors.AsType[*core.Error](d.raise(ctx, err))
	if !ok {
		return fmt.Errorf("%s: %w", where, err)
	}
	located := *known
	located.Message = where + ": " + known.Message
	return &located
}
