package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"assay.rs/core"
)

const (
	wallRoom   = 32 << 20 // bytes, for the runtime of Go beside the script
	thinStacks = 1 << 20  // bytes; where threads belong to libc, each takes this much of the room
	maxGoStack = 64 << 20 // bytes
)

// enclose lets the kernel keep the process within four times the memory that the script may hold, beside
// what the process uses already. It writes no core file.
func enclose(memory int64) error {
	// The kernel counts what is mapped, and Go maps more than it uses: that is part of the room.
	mapped, used, err := dataHeld()
	if err != nil {
		return err
	}
	wall := uint64(max(used+4*memory, mapped) + wallRoom)
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: wall, Max: wall}); err != nil {
		return fmt.Errorf("limit the memory of the sandbox: %w", err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("limit the core file of the sandbox: %w", err)
	}
	core.GovernHeap()
	debug.SetMaxStack(maxGoStack)
	return nil
}

// dataHeld is how many bytes of memory the kernel counts against RLIMIT_DATA now, and how many of them are used.
func dataHeld() (mapped, used int64, err error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0, err
	}
	figures := make(map[string]int64)
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && (fields[0] == "VmData:" || fields[0] == "RssAnon:") {
			kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				return 0, 0, err
			}
			figures[fields[0]] = kilobytes << 10
		}
	}
	if len(figures) < 2 {
		return 0, 0, errors.New("/proc/self/status says no VmData and RssAnon")
	}
	return figures["VmData:"], figures["RssAnon:"], nil
}

// withThinStacks starts a process in f whose threads take little of the memory that the kernel counts.
func withThinStacks(f func()) {
	var usual syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_STACK, &usual) != nil || usual.Cur < thinStacks {
		f()
		return
	}
	// An error leaves the stacks as they are.
	_ = syscall.Setrlimit(syscall.RLIMIT_STACK, &syscall.Rlimit{Cur: thinStacks, Max: usual.Max})
	defer func() { _ = syscall.Setrlimit(syscall.RLIMIT_STACK, &usual) }()
	f()
}

// inherited are the files that the process outside has prepared.
func inherited() (order, logs, report *os.File, err error) {
	var files [3]*os.File
	for i := range files {
		fd := orderFD + i
		files[i] = os.NewFile(uintptr(fd), "fd "+strconv.Itoa(fd))
		if files[i] == nil {
			return nil, nil, nil, syscall.EBADF
		}
		if _, err := files[i].Stat(); err != nil {
			return nil, nil, nil, err
		}
		syscall.CloseOnExec(fd)
	}
	if info, err := files[0].Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return nil, nil, nil, errors.New("not a pipe")
	}
	return files[0], files[1], files[2], nil
}

// beginning keeps the first bytes that are written to it, and takes the others.
type beginning struct {
	bytes.Buffer
	limit int
}

func (b *beginning) Write(data []byte) (int, error) {
	if room := b.limit - b.Len(); room > 0 {
		b.Buffer.Write(data[:min(room, len(data))])
	}
	return len(data), nil
}
