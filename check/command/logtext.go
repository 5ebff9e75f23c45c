package command

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"assay.rs/core/syntax"
)

// TextHandler writes a line for each record: its time, its level, what happened, and the attributes as logfmt has them.
// A value with spaces, quotes or other characters that would not come back as they are is a JSON string. On a terminal
// there are colours, and texts of several lines, such as tracebacks, stand below their record.
func TextHandler(w io.Writer, level slog.Level) slog.Handler {
	people := showsText(w)
	return &logText{
		out: &sharedWriter{w: w}, level: level, below: people,
		color: people && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}

// showsText tells whether w is a terminal, or writes through to one.
func showsText(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// sharedWriter is what a handler and those made from it write to.
type sharedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

type logText struct {
	out          *sharedWriter
	level        slog.Level
	color, below bool
	group        string      // what names of attributes begin with
	attrs        []slog.Attr // of every record, their names in full
}

// Enabled implements [slog.Handler].
func (h *logText) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// WithGroup implements [slog.Handler].
func (h *logText) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	inner := *h
	inner.group += name + "."
	return &inner
}

// WithAttrs implements [slog.Handler].
func (h *logText) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = slices.Clone(h.attrs)
	for _, a := range attrs {
		with.attrs = appendFlat(with.attrs, h.group, a)
	}
	return &with
}

// Handle implements [slog.Handler].
func (h *logText) Handle(_ context.Context, r slog.Record) error {
	attrs := slices.Clone(h.attrs)
	r.Attrs(func(a slog.Attr) bool {
		attrs = appendFlat(attrs, h.group, a)
		return true
	})
	var line, below bytes.Buffer
	if !r.Time.IsZero() {
		line.WriteString(r.Time.Format("2006-01-02T15:04:05.000Z07:00 "))
	}
	line.WriteString(h.paint(levelColor(r.Level), levelName(r.Level)) + " " + printableLine(r.Message))
	for _, a := range attrs {
		key, text := logKey(a.Key), attrText(a.Value)
		if h.below && strings.Contains(text, "\n") {
			below.WriteString("  " + h.paint(dim, key) + "\n")
			for part := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
				below.WriteString("    " + printableLine(part) + "\n")
			}
			continue
		}
		line.WriteString(" " + h.paint(dim, key+"=") + logValue(text))
	}
	line.WriteByte('\n')
	line.Write(below.Bytes())
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	_, err := h.out.w.Write(line.Bytes())
	return err
}

func (h *logText) paint(color, text string) string {
	if !h.color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// Colours of a terminal (ECMA-48: SGR).
const dim = "2"

func levelColor(level slog.Level) string {
	switch {
	case level < slog.LevelInfo:
		return "35"
	case level < slog.LevelWarn:
		return "36"
	case level < slog.LevelError:
		return "33"
	}
	return "31"
}

// levelName is four letters, so that what happened begins in one column.
func levelName(level slog.Level) string {
	switch {
	case level < slog.LevelInfo:
		return "DEBU"
	case level < slog.LevelWarn:
		return "INFO"
	case level < slog.LevelError:
		return "WARN"
	}
	return "ERRO"
}

// appendFlat adds an attribute, or those of a group, with their names in full.
func appendFlat(list []slog.Attr, group string, a slog.Attr) []slog.Attr {
	a.Value = a.Value.Resolve()
	if a.Value.Kind() != slog.KindGroup {
		if a.Equal(slog.Attr{}) {
			return list
		}
		a.Key = group + a.Key
		return append(list, a)
	}
	if a.Key != "" {
		group += a.Key + "."
	}
	for _, inner := range a.Value.Group() {
		list = appendFlat(list, group, inner)
	}
	return list
}

func attrText(v slog.Value) string {
	if v.Kind() == slog.KindTime {
		return v.Time().Format(time.RFC3339Nano)
	}
	if data, ok := v.Any().([]byte); ok {
		return string(data)
	}
	return v.String()
}

// logKey is a name that ends at its equals sign.
func logKey(key string) string {
	return strings.Map(func(r rune) rune {
		if r == '=' || r == '"' || r <= ' ' || r == utf8.RuneError || !syntax.Plain(r) {
			return '_'
		}
		return r
	}, key)
}

// logValue is a text that a reader of logfmt gives back as it was.
func logValue(text string) string {
	for _, r := range text {
		if r <= ' ' || r == '=' || r == '"' || r == '\\' || r == utf8.RuneError || !syntax.Plain(r) {
			return strconv.Quote(text)
		}
	}
	if text == "" {
		return `""`
	}
	return text
}

// printableLine keeps a text on its line.
func printableLine(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(printable(text), "\n", `\n`), "\t", `\t`)
}
