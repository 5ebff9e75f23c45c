//go:build unix

package core

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives f the owner of an older file. Only root can, and to others it makes no difference.
func keepOwner(f *os.File, old fs.FileInfo) {
	if was, ok := old.Sys().(*syscall.Stat_t); ok && (int(was.Uid) != os.Geteuid() || int(was.Gid) != os.Getegid()) {
		_ = f.Chown(int(was.Uid), int(was.Gid))
	}
}
