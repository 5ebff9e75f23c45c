package disk

import (
	"fmt"

	"golang.org/x/sys/unix"

	"assay.rs/core"
)

func measure(c core.Call, path string) (usage, error) {
	// Not opened to be read: it may be a pipe, or a file of somebody else.
	f, err := c.Root().OpenFile(path, unix.O_PATH, 0)
	if err != nil {
		return usage{}, err
	}
	defer f.Close()
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return usage{}, fmt.Errorf("measure %s: %w", path, err)
	}
	block := s.Frsize
	if block == 0 {
		block = s.Bsize
	}
	return measured(block, int64(s.Blocks), int64(s.Bfree), int64(s.Bavail)), nil
}
