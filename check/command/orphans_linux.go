package command

import (
	"bytes"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
)

// own are the processes that this one started and waits for.
var own = struct { //nolint:gochecknoglobals // a process has its children once
	sync.Mutex
	pids map[int]bool
}{pids: map[int]bool{}}

// StartChild starts a process that the caller waits for: start gives its number. ReapOrphans leaves it alone.
func StartChild(start func() (pid int, err error)) error {
	own.Lock()
	defer own.Unlock()
	pid, err := start()
	if err == nil {
		own.pids[pid] = true
	}
	return err
}

// ReapOrphans collects the processes whose parents have ended, as process 1 of a container has to: else they stay as zombies.
// In any other process it does nothing.
func ReapOrphans() {
	if os.Getpid() != 1 {
		return
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	go func() {
		for range ended {
			own.Lock()
			for _, pid := range zombies() {
				if !own.pids[pid] {
					_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil) // it has ended: there is nothing to do about an error
				}
			}
			own.Unlock()
		}
	}()
}

// zombies are the children of this process that have ended and that nobody has waited for.
func zombies() []int {
	var found []int
	entries, _ := os.ReadDir("/proc") // without it there is no process to see
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, _ := os.ReadFile("/proc/" + e.Name() + "/stat")
		// proc(5): the name of the program, in parentheses, is followed by the state and the parent.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) > 1 && string(fields[0]) == "Z" && string(fields[1]) == strconv.Itoa(os.Getpid()) {
			found = append(found, pid)
		}
	}
	return found
}
