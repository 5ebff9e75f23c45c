package fs

import (
	iofs "io/fs"

	"golang.org/x/sys/unix"

	"assay.rs/core"
)

// created is when the file was made, or nil where nobody knows. A link that leads nowhere is not asked.
func created(root core.Root, path string, _ iofs.FileInfo, reached bool) *float64 {
	if !reached {
		return nil
	}
	f, err := root.OpenFile(path, unix.O_PATH, 0)
	if err != nil {
		return nil
	}
	defer f.Close()
	var s unix.Statx_t
	err = unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_BTIME, &s)
	if err != nil || s.Mask&unix.STATX_BTIME == 0 {
		return nil
	}
	seconds := float64(s.Btime.Sec) + float64(s.Btime.Nsec)/1e9
	return &seconds
}
