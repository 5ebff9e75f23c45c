package fs

import (
	iofs "io/fs"
	"syscall"

	"assay.rs/core"
)

// created is when the file was made.
func created(_ core.Root, _ string, info iofs.FileInfo, _ bool) *float64 {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	seconds := float64(s.Birthtimespec.Nano()) / 1e9
	return &seconds
}
