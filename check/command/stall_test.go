package command

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// held is a writer that takes nothing until it is let go.
type held struct {
	letGo chan struct{}
	got   bytes.Buffer
}

func (h *held) Write(p []byte) (int, error) {
	<-h.letGo
	return h.got.Write(p)
}

func TestUnstalledDoesNotHoldUpTheEnd(t *testing.T) {
	h := &held{letGo: make(chan struct{})}
	ctx, end := context.WithCancel(t.Context())
	out := Unstalled(ctx, h)
	first := make(chan error, 1)
	go func() {
		_, err := out.Write([]byte("one\n"))
		first <- err
	}()
	end()
	if err := <-first; !errors.Is(err, errStalled) {
		t.Errorf("the write in progress gave %v, want %v", err, errStalled)
	}
	if _, err := out.Write([]byte("two\n")); !errors.Is(err, errStalled) {
		t.Errorf("the next write gave %v, want %v", err, errStalled)
	}
	close(h.letGo)
	for deadline := time.Now().Add(20 * time.Second); ; {
		_, err := out.Write([]byte("three\n"))
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("there is a reader again, and a write still gives %v", err)
		}
	}
	if got, want := h.got.String(), "one\nthree\n"; got != want {
		t.Errorf("written = %q, want %q", got, want)
	}
}

func TestUnstalledOfAFileIsTheFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := Unstalled(t.Context(), f); got != f {
		t.Errorf("Unstalled = %T, want the regular file itself", got)
	}
}

func TestUnstalledOfAPipeShowsTheFile(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	shown, ok := Unstalled(t.Context(), w).(interface{ Fd() uintptr })
	if !ok || shown.Fd() != w.Fd() {
		t.Errorf("Unstalled of a pipe has not the descriptor of the pipe: %v", ok)
	}
}
