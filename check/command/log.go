package command

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/pflag"

	"assay.rs/check/internal/redact"
)

// LogFlags say what the log holds and how it looks.
type LogFlags struct {
	level  slog.Level
	format string
}

// Bind adds the flags to fs.
func (f *LogFlags) Bind(fs *pflag.FlagSet) {
	f.level, f.format = slog.LevelInfo, "text"
	fs.Var((*levelFlag)(&f.level), "log-level", "least severe records to log: debug, info, warn or error")
	fs.Var((*formatFlag)(&f.format), "log-format", "text for people or json for machines")
}

// Args are the flags as a command line has them.
func (f *LogFlags) Args() []string {
	return []string{"--log-level=" + f.level.String(), "--log-format=" + f.format}
}

// Logger makes a logger on w; text is the handler for people. Passwords in URLs are masked, whoever logs them.
func (f *LogFlags) Logger(w io.Writer, text func(w io.Writer, level slog.Level) slog.Handler) *slog.Logger {
	var handler slog.Handler
	if f.format == "json" {
		handler = slog.NewJSONHandler(w, &slog.HandlerOptions{Level: f.level})
	} else {
		handler = text(w, f.level)
	}
	return slog.New(new(redact.Redactor).Handler(handler))
}

// WithoutPasswords is text with *** in place of each password in a URL.
func WithoutPasswords(text string) string { return new(redact.Redactor).Text(text) }

type levelFlag slog.Level

func (l *levelFlag) String() string { return slog.Level(*l).String() }
func (l *levelFlag) Type() string   { return "level" }
func (l *levelFlag) Set(s string) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s)); err != nil {
		return fmt.Errorf("use debug, info, warn or error")
	}
	*l = levelFlag(level)
	return nil
}

type formatFlag string

func (f *formatFlag) String() string { return string(*f) }
func (f *formatFlag) Type() string   { return "format" }
func (f *formatFlag) Set(s string) error {
	if s != "text" && s != "json" {
		return fmt.Errorf("use text or json")
	}
	*f = formatFlag(s)
	return nil
}
