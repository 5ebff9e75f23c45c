package cli

import (
	"log/slog"

	"assay.rs/check/command"
)

// logger is where log records of scripts and checks go.
func (p *program) logger() *slog.Logger {
	return p.log.Logger(p.stderr, command.TextHandler)
}
