package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay.rs/test/servers"
)

// service is one with a database on a small disk. It is killed and started again, on the same port.
type service struct {
	port   int
	disk   disk
	cmd    *exec.Cmd
	stderr string // a file
}

func (s *service) start(t *testing.T) {
	t.Helper()
	stderr, err := os.OpenFile(s.stderr, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	s.cmd = exec.Command(assay, "--log-level=warn", "testdata/service.lua", filepath.Join(s.disk.dir, "names.db"), strconv.Itoa(s.port))
	s.cmd.Stderr = stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// restart ends the service with a signal and starts it again. After SIGTERM it must end in good order.
func (s *service) restart(t *testing.T, with syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(with); err != nil {
		t.Fatalf("it has ended by itself: %v\n%s", err, s.says(t))
	}
	exit := code(t, s.cmd, s.cmd.Wait())
	if with == syscall.SIGTERM && exit != 0 {
		t.Errorf("exit code %d after SIGTERM\n%s", exit, s.says(t))
	}
	s.start(t)
}

func (s *service) says(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.stderr)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestService(t *testing.T) {
	d := dice(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &service{port: portOf(t, l), disk: mountDisk(t), stderr: filepath.Join(t.TempDir(), "stderr")}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s.start(t)
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	})
	proxy := servers.Before(t, s.port)

	kept, asked := make(chan string, 1<<20), make(chan int)
	ctx, cancel := context.WithTimeout(t.Context(), *length)
	defer cancel()
	go func() {
		defer close(kept)
		asked <- s.write(ctx, "http://127.0.0.1:"+strconv.Itoa(proxy.Port), kept)
	}()
	stop := spoiled(t, d, proxy)
	stir(ctx, t, d, s)
	total := <-asked
	stop()
	s.disk.empty(t)

	names := s.names(t)
	lost := 0
	said := 0
	for name := range kept {
		said++
		if _, ok := slices.BinarySearch(names, name); !ok {
			lost++
			t.Errorf("%s was answered with 201, and is lost", name)
		}
	}
	t.Logf("%d requests, %d answered with 201, %d kept, %d lost", total, said, len(names), lost)
	if said < 20 || said == total {
		t.Errorf("%d of %d requests were answered with 201: nothing was tried", said, total)
	}
	if text := s.says(t); strings.Contains(text, "goroutine ") {
		t.Errorf("a trace of Go:\n%s", text)
	}
}

// write asks the service to keep one name after the other, and tells those that it has said are kept.
func (s *service) write(ctx context.Context, url string, kept chan<- string) (asked int) {
	client := http.Client{Timeout: time.Second}
	for ctx.Err() == nil {
		asked++
		name := fmt.Sprintf("n%08d", asked)
		answer, err := client.Post(url+"/names/"+name, "text/plain", nil)
		if err != nil {
			continue
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err == nil && answer.StatusCode == http.StatusCreated && strings.Contains(string(body), name) {
			select {
			case kept <- name:
			case <-ctx.Done():
			}
		}
	}
	return asked
}

// stir kills the service, tells it to end, fills its disk and empties it.
func stir(ctx context.Context, t *testing.T, d *rand.Rand, s *service) {
	t.Helper()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(500+d.IntN(1500)) * time.Millisecond):
		}
		switch d.IntN(4) {
		case 0:
			s.restart(t, syscall.SIGKILL)
		case 1:
			s.restart(t, syscall.SIGTERM)
		case 2:
			s.disk.fill(t)
		case 3:
			s.disk.empty(t)
		}
	}
}

// names are those that the service has, once it answers.
func (s *service) names(t *testing.T) []string {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		answer, err := http.Get("http://127.0.0.1:" + strconv.Itoa(s.port) + "/names")
		if err == nil && answer.StatusCode == http.StatusOK {
			defer answer.Body.Close()
			var rows []struct{ Name string }
			if err := json.NewDecoder(answer.Body).Decode(&rows); err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, r := range rows {
				names = append(names, r.Name)
			}
			return names
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not answer any more: %v\n%s", err, s.says(t))
		}
		time.Sleep(50 * time.Millisecond)
	}
}
