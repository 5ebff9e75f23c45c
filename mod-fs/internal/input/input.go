// Package input reads text for scripts: whole, or line by line, within the script's memory.
package input

import (
	"bufio"
	"context"
	"io"
	"strings"

	"assay.rs/core"
)

// pieceSize is how much is read between looks at the script's limits.
const pieceSize = 64 << 10

// All reads r to its end. size is how much is expected; any number will do.
func All(c core.Call, r io.Reader, size int64) (string, error) {
	var text strings.Builder
	if size > 0 {
		if err := c.Charge(int(size)); err != nil {
			return "", err
		}
		text.Grow(int(size))
	}
	ctx, piece := c.Context(), make([]byte, min(max(size, 512), pieceSize))
	for {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		n, err := r.Read(piece)
		if text.Len()+n > text.Cap() {
			// The builder doubles.
			if err := c.Charge(2 * (text.Len() + n)); err != nil {
				return "", err
			}
		}
		text.Write(piece[:n])
		if err == io.EOF {
			return text.String(), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// Line reads a line with its newline, if it has one. At the end of the text the error is [io.EOF].
func Line(c core.Call, r *bufio.Reader) (string, error) {
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		if line == nil && err == nil {
			return string(piece), nil
		}
		if charged := c.Charge(2 * (len(line) + len(piece))); charged != nil {
			return "", charged
		}
		line = append(line, piece...)
		switch {
		case err == bufio.ErrBufferFull: //nolint:errorlint // a Reader gives these themselves
			if ctx := c.Context(); ctx.Err() != nil {
				return "", context.Cause(ctx)
			}
		case err == io.EOF && len(line) > 0:
			return string(line), nil
		case err != nil:
			return "", err
		default:
			return string(line), nil
		}
	}
}
