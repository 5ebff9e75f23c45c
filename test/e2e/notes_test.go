package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"assay.rs/test/servers"
)

// The same service keeps its notes in SQLite, PostgreSQL or MariaDB, by its URL alone.
func TestServiceOnEachDatabase(t *testing.T) {
	for _, tt := range []struct {
		name string
		url  func(t *testing.T) string
	}{
		{"sqlite", func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "notes.db") }},
		{"postgres", func(t *testing.T) string { return servers.Postgres(t).URL("") }},
		{"mariadb", func(t *testing.T) string { return servers.MariaDB(t).URL("") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := startService(t, tt.url(t))
			ask(t, http.MethodGet, base+"/notes/a", "", http.StatusNotFound)
			ask(t, http.MethodPut, base+"/notes/a", "one", http.StatusOK)
			var clients sync.WaitGroup
			for client := range 8 {
				clients.Go(func() {
					for n := range 25 {
						note := fmt.Sprintf("%s/notes/%d", base, n%5)
						ask(t, http.MethodPut, note, fmt.Sprint(client), http.StatusOK)
						ask(t, http.MethodGet, note, "", http.StatusOK)
						ask(t, http.MethodGet, base+"/notes", "", http.StatusOK)
					}
				})
			}
			clients.Wait()
			// Each of the 8 clients has written each of the five notes five times.
			list := ask(t, http.MethodGet, base+"/notes", "", http.StatusOK)
			if want := `[{"changes":39,"name":"0"}`; !strings.HasPrefix(list, want) || strings.Count(list, `"changes":39`) != 5 {
				t.Errorf("notes = %s, want %s and so on", list, want)
			}
			ask(t, http.MethodDelete, base+"/notes/a", "", http.StatusNoContent)
			ask(t, http.MethodDelete, base+"/notes/a", "", http.StatusNotFound)
		})
	}
}

// startService runs the example until the test ends, which it must do cleanly.
func startService(t *testing.T, database string) (base string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(built, "assay"), filepath.Join(root, "examples", "notes", "service.lua"))
	cmd.Dir = t.TempDir()
	cmd.Env = append(cmd.Environ(), "PORT=0", "DATABASE_URL="+database)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	listening := regexp.MustCompile(`listening.*port=(\d+)`)
	for base == "" && lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			base = "http://localhost:" + m[1]
		}
	}
	var rest sync.WaitGroup
	rest.Go(func() {
		for lines.Scan() {
			t.Errorf("the service says: %s", lines.Text())
		}
	})
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended, which Wait tells
		rest.Wait()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the service ended with %v", err)
		}
	})
	if base == "" {
		t.Fatal("the service has not said where it listens")
	}
	return base
}

// ask gives the body of an answer that must have the status.
func ask(t *testing.T, method, url, body string, status int) string {
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return ""
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Errorf("%s %s: status %d, %v, want %d: %s", method, url, resp.StatusCode, err, status, answer)
	}
	return string(answer)
}
