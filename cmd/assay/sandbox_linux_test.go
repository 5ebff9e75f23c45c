package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The kernel keeps the process of a sandbox within four times the memory of its script and some room, beside what the
// process used before the script began.
func TestKernelLimitOfASandbox(t *testing.T) {
	const memory, wallRoom = 64 << 20, 32 << 20
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Args = []string{"assay", "exec", "--sandbox", "--memory", fmt.Sprintf("%dMB", memory>>20), "--timeout", "5m", "-e", `print("ready") sleep(300)`}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // it was told to end
	}()
	if said, err := bufio.NewReader(out).ReadString('\n'); said != "ready\n" {
		t.Fatalf("the script says %q, %v", said, err)
	}
	child := childOf(t, cmd.Process.Pid)
	soft, hard := dataLimit(t, child)
	if soft != hard {
		t.Errorf("the limit is %d, and may be raised to %d", soft, hard)
	}
	// The process has had its peak since; what it mapped by then counts where that is more.
	most := max(processFigure(t, child, "VmHWM:")+4*memory, processFigure(t, child, "VmData:")) + wallRoom
	if least := int64(4*memory + wallRoom); soft < least || soft > most {
		t.Errorf("the kernel keeps it within %d bytes, want %d to %d", soft, least, most)
	}
}

// childOf is the only child of a process.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var children []string
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // a thread that has ended
		}
		children = append(children, strings.Fields(string(text))...)
	}
	if len(children) != 1 {
		t.Fatalf("the children of the process are %q, want one", children)
	}
	child, err := strconv.Atoi(children[0])
	if err != nil {
		t.Fatal(err)
	}
	return child
}

// dataLimit is RLIMIT_DATA of a process.
func dataLimit(t *testing.T, pid int) (soft, hard int64) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "Max data size"); ok {
			if _, err := fmt.Sscan(rest, &soft, &hard); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			return soft, hard
		}
	}
	t.Fatalf("the limits of the process have no Max data size:\n%s", text)
	return 0, 0
}

func processFigure(t *testing.T, pid int, name string) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == name {
			kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatalf("the status of the process has no %s", name)
	return 0
}
