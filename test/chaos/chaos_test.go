// Package chaos spoils what assay stands on while it works: the network is cut, slow and garbled, the disk is full, the time
// of day jumps, processes are killed. What must hold then: no check is green that the target did not make green, a document
// and a report are whole or not there, and what a service has said is kept is kept.
//
// It is a step of its own, ./test/run chaos, for it needs root and a runtime that is compiled anew. -for says for how long each
// test goes on; -seed repeats a run.
package chaos

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"assay.rs/test/internal/jump"
	"assay.rs/test/internal/workspace"
	"assay.rs/test/servers"
)

var (
	length = flag.Duration("for", 30*time.Second, "how long each test goes on")
	seed   = flag.Uint64("seed", 0, "of what happens; a random one unless it is given")
)

var assay string // with a clock that jumps

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "assay-chaos-")
		if err == nil {
			defer os.RemoveAll(dir)
			err = build(dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

func build(dir string) error {
	w, err := workspace.Open(".")
	if err != nil {
		return err
	}
	assay, err = jump.Build(context.Background(), w.Root, dir)
	return err
}

// dice are of one test; what they were is told when it fails.
func dice(t *testing.T) *rand.Rand {
	t.Helper()
	n := *seed
	if n == 0 {
		n = rand.Uint64()
	}
	t.Logf("-seed %d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// disk is a small file system, which can be filled.
type disk struct{ dir string }

// mountDisk mounts one of 16 MB: the journal of SQLite takes 4.
func mountDisk(t *testing.T) disk {
	t.Helper()
	d := disk{t.TempDir()}
	err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, "size=16m,mode=0777")
	if errors.Is(err, syscall.EPERM) && os.Getenv("CI") != "true" {
		t.Skip("mounting a file system needs root")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d disk) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(filepath.Join(d.dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 1<<16)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func (d disk) empty(t *testing.T) {
	t.Helper()
	if err := os.Remove(filepath.Join(d.dir, "filler")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// spoil does something to what passes through a proxy, or heals it.
func spoil(t *testing.T, d *rand.Rand, p *servers.Toxiproxy) {
	t.Helper()
	p.Heal(t)
	switch d.IntN(7) {
	case 0:
		p.Cut(t)
	case 1:
		p.Silence(t)
	case 2:
		p.Add(t, "latency", "downstream", map[string]int{"latency": 300, "jitter": 300})
	case 3:
		p.Add(t, "reset_peer", "downstream", map[string]int{"timeout": d.IntN(50)})
	case 4:
		p.Add(t, "limit_data", "downstream", map[string]int{"bytes": d.IntN(300)})
	case 5:
		p.Add(t, "slicer", "downstream", map[string]int{"average_size": 10, "size_variation": 9, "delay": 1000})
	}
}

// spoiled spoils until stop is called. The dice are its own, since it is a goroutine of its own.
func spoiled(t *testing.T, d *rand.Rand, p *servers.Toxiproxy) (stop func()) {
	t.Helper()
	own := rand.New(rand.NewPCG(d.Uint64(), 0))
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-time.After(time.Duration(own.IntN(300)) * time.Millisecond):
				spoil(t, own, p)
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		p.Heal(t)
	}
}

// code is the exit code of a process that has ended, and -1 for one that was killed.
func code(t *testing.T, cmd *exec.Cmd, err error) int {
	t.Helper()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

func portOf(t *testing.T, l net.Listener) int {
	t.Helper()
	return l.Addr().(*net.TCPAddr).Port
}
