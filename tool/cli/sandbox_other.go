//go:build !linux

package cli

import (
	"context"
	"errors"
	"os"
)

// runSandboxed runs the script in this process: outside of Linux, the limits of the VM stand alone.
func (p *program) runSandboxed(ctx context.Context, j job) error {
	return p.runScript(ctx, j.Name, j.Source, j.Args, j.flags())
}

// inherited are the files of a process of the sandbox, which does not exist here.
func inherited() (order, logs, report *os.File, err error) {
	return nil, nil, nil, errors.ErrUnsupported
}

func enclose(int64) error { return errors.ErrUnsupported }
