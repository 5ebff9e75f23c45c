package main

import (
	"io"
	"log/slog"

	"github.com/charmbracelet/log"
)

// logger is where log records of scripts and checks go.
func (p *program) logger() *slog.Logger {
	return p.log.Logger(p.stderr, charmHandler)
}

// charmHandler writes records for people.
func charmHandler(w io.Writer, level slog.Level) slog.Handler {
	return log.NewWithOptions(w, log.Options{
		Level: log.Level(level), ReportTimestamp: true, TimeFormat: "2006-01-02T15:04:05.000Z07:00",
	})
}
