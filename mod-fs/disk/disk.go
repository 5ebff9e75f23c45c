// Package disk offers disk.usage to scripts.
package disk

import "assay.rs/core"

// usage is how full a file system is, in bytes.
type usage struct {
	total, free, used int64
	percent           float64
}

// New is the table disk.
func New() core.Module {
	result := core.Record("disk.Usage", "How full a file system is, as df counts it.",
		core.NewKey("total", core.Integer(), func(u *usage) *int64 { return &u.total }, "Its size in bytes."),
		core.NewKey("free", core.Integer(), func(u *usage) *int64 { return &u.free }, "How much a user who is not root may still write, in bytes."),
		core.NewKey("used", core.Integer(), func(u *usage) *int64 { return &u.used }, "How much is in use, in bytes."),
		core.NewKey("percent", core.Number(), func(u *usage) *float64 { return &u.percent }, "The part of `used` in `used` and `free`, from 0 to 100."))
	return core.Module{Name: "disk", Doc: "Tells about disks.", Funcs: []core.Func{
		core.Fn1(core.Doc{
			Name: "usage", Text: "Tells how full the file system is that holds a file or folder.",
			Needs: core.Read, Level: core.Script, Raises: []*core.Code{core.ErrDenied},
			Examples: []string{`local u = disk.usage(".")  assert.gt(u.total, 0)  assert.le(u.percent, 100)`},
		},
			core.Arg("path", core.String(), "A file or folder on it."), core.Returns(result, "How full it is."), measure),
	}}
}

// measured is a usage from numbers of blocks: all, the free ones, and those that are free for everybody.
func measured(block, blocks, free, available int64) usage {
	u := usage{total: blocks * block, used: (blocks - free) * block, free: available * block}
	if sum := u.used + u.free; sum > 0 {
		u.percent = float64(u.used) / float64(sum) * 100
	}
	return u
}
