package input

import (
	"context"
	"io/fs"
	"os"

	"assay.rs/core"
)

// Open opens a file to read. A named pipe is opened when somebody writes to it; a task that is stopped waits
// neither for that nor for what is written.
func Open(c core.Call, path string) (*os.File, error) {
	root := c.Root()
	info, err := root.Stat(path)
	if err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return root.Open(path)
	}
	ctx := c.Context()
	opened := make(chan func() (*os.File, error), 1)
	// The system call cannot be interrupted: nobody waits for it once the task is stopped.
	go func() {
		f, err := root.Open(path)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = f.Close() })
		}
		opened <- func() (*os.File, error) { return f, err }
	}()
	select {
	case result := <-opened:
		return result()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
