package disk

import (
	"fmt"

	"golang.org/x/sys/unix"

	"assay.rs/core"
)

func measure(c core.Call, path string) (usage, error) {
	f, err := c.Root().Open(path)
	if err != nil {
		return usage{}, err
	}
	defer f.Close()
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return usage{}, fmt.Errorf("measure %s: %w", path, err)
	}
	return measured(int64(s.Bsize), int64(s.Blocks), int64(s.Bfree), int64(s.Bavail)), nil
}
