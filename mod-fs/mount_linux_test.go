package fs_test

import (
	"strconv"

	"golang.org/x/sys/unix"
)

func mount(dir string, size int) error {
	return unix.Mount("assay-test", dir, "tmpfs", 0, "size="+strconv.Itoa(size))
}

func bind(from, to string) error { return unix.Mount(from, to, "", unix.MS_BIND, "") }

func unmount(dir string) error { return unix.Unmount(dir, 0) }
