// Package cgroup reads how much memory the kernel lets a process have, in a container or a service of systemd.
package cgroup

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// unlimited is from where on a figure of version 1 is no limit: it writes the largest that it can count.
const unlimited = 1 << 60

// Memory is the limit, in bytes, on the memory of this process: the smallest one of its control group and those
// around it, of version 1 or 2. It is false when there is none, or the system tells none. root is the root of
// the file system, as os.DirFS("/").
func Memory(root fs.FS) (limit int64, ok bool) {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(groups)) {
		// number:controllers:path; version 2 has the number 0 and no controllers.
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		var found int64
		switch {
		case parts[0] == "0" && parts[1] == "":
			found = smallest(root, "sys/fs/cgroup", parts[2], "memory.max")
		case hasMemory(parts[1]):
			found = smallest(root, "sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes")
		}
		if found > 0 && (!ok || found < limit) {
			limit, ok = found, true
		}
	}
	return limit, ok
}

func hasMemory(controllers string) bool {
	for name := range strings.SplitSeq(controllers, ",") {
		if name == "memory" {
			return true
		}
	}
	return false
}

// smallest is the smallest limit of the group and those around it, or 0. In a container the path may be that outside
// of it, which is not there: the group itself then stands at the top.
func smallest(root fs.FS, mount, group, name string) (least int64) {
	for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
		if n, ok := read(root, path.Join(mount, dir, name)); ok && (least == 0 || n < least) {
			least = n
		}
		if dir == "/" {
			return least
		}
	}
}

func read(root fs.FS, name string) (int64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64) // "max" is none
	return n, err == nil && n > 0 && n < unlimited
}
