package stdio

import (
	"bufio"
	"context"
	"io"
	"sync"

	"assay.rs/core"
)

// pieceSize is how much of standard input is read at once.
const pieceSize = 32 << 10

// input is the standard input of a VM.
type vmInput struct {
	once    sync.Once
	source  source
	awaited awaited
}

// standard is the standard input as the tasks of the VM share it.
func standard(c core.Call) *vmInput {
	in := core.Local[vmInput](c)
	in.once.Do(func() {
		in.awaited.r = c.Stdin()
		in.source.r = bufio.NewReaderSize(&in.awaited, pieceSize)
	})
	return in
}

func (in *vmInput) read(c core.Call, formats []format) ([]core.Value, error) {
	defer in.awaited.during(c.Context())()
	return in.source.read(c, formats)
}

// awaited reads from what cannot be interrupted, such as a terminal, for a task that can.
type awaited struct {
	r io.Reader

	turn    sync.Mutex      // held while a task reads
	ctx     context.Context //nolint:containedctx // that of the task whose turn it is
	pending chan piece      // of a read that a task has given up
	rest    []byte
}

// piece is what one read gave.
type piece struct {
	data []byte
	err  error
}

// during lets a task read until it calls what it gets.
func (a *awaited) during(ctx context.Context) (end func()) {
	a.turn.Lock()
	a.ctx = ctx
	return a.turn.Unlock
}

// Read reads for the task whose turn it is. When its time is over, what comes is kept for the next.
func (a *awaited) Read(p []byte) (int, error) {
	if len(a.rest) > 0 {
		n := copy(p, a.rest)
		a.rest = a.rest[n:]
		return n, nil
	}
	if a.pending == nil {
		pending := make(chan piece, 1)
		a.pending = pending
		// Nobody waits for it when the script ends: the process does, or the reader of the program inside
		// which the script runs.
		go func() {
			data := make([]byte, pieceSize)
			n, err := a.r.Read(data)
			pending <- piece{data[:n], err}
		}()
	}
	select {
	case got := <-a.pending:
		a.pending = nil
		n := copy(p, got.data)
		a.rest = got.data[n:]
		return n, got.err
	case <-a.ctx.Done():
		return 0, context.Cause(a.ctx)
	}
}
