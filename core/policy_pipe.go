package core

import (
	"context"
	"io/fs"
	"os"
)

func (r Root) isPipe(path string) bool {
	r.used = nil // the look is not what the script asked for
	info, err := r.Stat(path)
	return err == nil && info.Mode()&fs.ModeNamedPipe != 0
}

// openPipe opens a named pipe. The system call cannot be interrupted: nobody waits for it once the task is
// stopped.
func (r Root) openPipe(path string, flag int) (*os.File, error) {
	opened := make(chan func() (*os.File, error), 1)
	go func() {
		f, err := r.openFile(path, flag, 0)
		if err == nil {
			context.AfterFunc(r.ctx, func() { _ = f.Close() })
		}
		opened <- func() (*os.File, error) { return f, err }
	}()
	select {
	case result := <-opened:
		return result()
	case <-r.ctx.Done():
		return nil, context.Cause(r.ctx)
	}
}
