package command

import (
	"bytes"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a record holds can be read back from its line, whatever is in it.
func TestTextHandler(t *testing.T) {
	for _, test := range []struct {
		name string
		log  func(*slog.Logger)
		want string
	}{
		{"plain", func(l *slog.Logger) { l.Info("up", "port", 8080, "ok", true) }, "INFO up port=8080 ok=true\n"},
		{"quotes and backslashes", func(l *slog.Logger) { l.Info("m", "x", `say \"hi\" ok`) }, `INFO m x="say \\\"hi\\\" ok"` + "\n"},
		{"a path of Windows", func(l *slog.Logger) { l.Warn("m", "path", `C:\new`) }, `WARN m path="C:\\new"` + "\n"},
		{"an equals sign, nothing, nil", func(l *slog.Logger) { l.Error("m", "a", "b=c", "e", "", "n", nil) }, `ERRO m a="b=c" e="" n=<nil>` + "\n"},
		{"lines and controls", func(l *slog.Logger) { l.Info("a\nb\x1b[31m", "t", "one\ntwo\t\x1b") }, `INFO a\nb\x1b[31m t="one\ntwo\t\x1b"` + "\n"},
		{"a name that is none", func(l *slog.Logger) { l.Info("m", "a b=c\n", 1) }, "INFO m a_b_c_=1\n"},
		{"groups", func(l *slog.Logger) { l.With("a", 1).WithGroup("g").With("b", 2).Info("m", slog.Group("h", "c", 3)) }, "INFO m a=1 g.b=2 g.h.c=3\n"},
		{"errors, times, durations", func(l *slog.Logger) {
			l.Info("m", "e", errors.New("no way"), "d", 2*time.Second, "t", time.Unix(0, 0).UTC())
		}, `INFO m e="no way" d=2s t=1970-01-01T00:00:00Z` + "\n"},
		{"less severe than wanted", func(l *slog.Logger) { l.Debug("m") }, ""},
	} {
		var out bytes.Buffer
		test.log(slog.New(TextHandler(&out, slog.LevelInfo)))
		_, got, found := strings.Cut(out.String(), " ")
		if got != test.want || found != (test.want != "") {
			t.Errorf("%s: got %q, want %q behind a time", test.name, got, test.want)
		}
	}
}

func TestLogValueComesBack(t *testing.T) {
	for _, text := range []string{`\`, `"`, `a b`, "\x00\xff", "ä", "=", "\u2028", "\ufffd"} {
		got := logValue(text)
		if strings.HasPrefix(got, `"`) {
			back, err := strconv.Unquote(got)
			if err != nil {
				t.Errorf("logValue(%q) = %s: %v", text, got, err)
			}
			got = back
		}
		if got != text {
			t.Errorf("logValue(%q) reads back as %q", text, got)
		}
	}
}

// On a terminal texts of several lines stand below their record, with colours.
func TestTextHandlerOnATerminal(t *testing.T) {
	var out bytes.Buffer
	h := &logText{out: &sharedWriter{w: &out}, below: true, color: true}
	slog.New(h).Error("a task failed", "error", "lost", "traceback", "a.lua:1: in f\na.lua:2: in \x1bmain chunk")
	_, got, _ := strings.Cut(out.String(), " ")
	want := "\x1b[31mERRO\x1b[0m a task failed \x1b[2merror=\x1b[0mlost\n  \x1b[2mtraceback\x1b[0m\n    a.lua:1: in f\n    a.lua:2: in \\x1bmain chunk\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
