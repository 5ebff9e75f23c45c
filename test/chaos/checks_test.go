package chaos

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"assay.rs/test/servers"
)

// target is asked by checks. It is well from some request of a round on, or never; only then it gives the round's number.
type target struct {
	mu    sync.Mutex
	round int
	sick  int // requests of the round that it is not yet well at; -1 for all
}

func (s *target) begin(round, sick int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.round, s.sick = round, sick
}

func (s *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	well := s.sick == 0
	if s.sick > 0 {
		s.sick--
	}
	round := s.round
	s.mu.Unlock()
	switch {
	case well:
		_, _ = fmt.Fprintf(w, `{"ready": true, "round": %d, "filler": "%s"}`, round, strings.Repeat("x", 200))
	case round%3 == 0:
		http.Error(w, `{"ready": false}`, http.StatusServiceUnavailable)
	case round%3 == 1:
		_, _ = fmt.Fprintf(w, `{"ready": true, "round": %d}`, round-1) // as the version before
	default:
		_, _ = fmt.Fprintf(w, `{"ready": true, "round": %d`, round) // cut short
	}
}

const checks = `
name: chaos
parallel: 3
timeout: 4s
defaults: {retries: 40, retry: {strategy: constant, initial: 50ms}, attempt_timeout: 1s, timeout: 3s}
checks:
  - name: http
    type: http
    url: ${URL}/
    expect: {status: 200, json: '.ready and .round == ${ROUND}'}
  - name: script
    type: script
    script: |
      local answer = http.get(env.get("URL") .. "/", {timeout = 1})
      assert.eq(answer.status, 200)
      assert.eq(answer:json().round, tonumber(env.get("ROUND")))
`

type document struct {
	Passed  bool
	Outcome string
	Summary struct{ Total, Passed, Failed, Error, Skipped, Cancelled int }
}

func TestChecks(t *testing.T) {
	d := dice(t)
	full := mountDisk(t)
	var service target
	server := httptest.NewServer(&service)
	t.Cleanup(server.Close)
	proxy := servers.Before(t, portOf(t, server.Listener))
	file := filepath.Join(t.TempDir(), "checks.yaml")
	if err := os.WriteFile(file, []byte(checks), 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(map[string]int)
	stop := spoiled(t, d, proxy)
	defer stop()
	deadline := time.Now().Add(*length)
	for round := 1; time.Now().Before(deadline) && !t.Failed(); round++ {
		sick := d.IntN(5) - 1
		service.begin(round, sick)
		r := run{round: round, sick: sick, disk: full, full: d.IntN(3) == 0, file: file, url: "http://127.0.0.1:" + strconv.Itoa(proxy.Port)}
		r.signal = []syscall.Signal{0, 0, 0, syscall.SIGTERM, syscall.SIGKILL}[d.IntN(5)]
		ended[r.do(t, d)]++
	}
	t.Logf("%v", ended)
	for _, how := range []string{"green", "red", "killed"} {
		if ended[how] == 0 {
			t.Errorf("no run ended %s in %s: it is not tried", how, *length)
		}
	}
}

// run is one of the checks.
type run struct {
	round, sick int
	signal      syscall.Signal // that comes meanwhile; 0 for none
	disk        disk
	full        bool
	file, url   string
}

// do runs the checks and judges how they ended.
func (r run) do(t *testing.T, d *rand.Rand) string {
	t.Helper()
	r.disk.empty(t)
	report := filepath.Join(r.disk.dir, "report.xml")
	if err := os.RemoveAll(report); err != nil {
		t.Fatal(err)
	}
	if r.full {
		r.disk.fill(t)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), assay, "--report", "junit="+report, r.file)
	cmd.Env = append(os.Environ(), "URL="+r.url, "ROUND="+strconv.Itoa(r.round))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if r.signal != 0 {
		time.Sleep(time.Duration(d.IntN(800)) * time.Millisecond)
		_ = cmd.Process.Signal(r.signal) // it may have ended
	}
	exit := code(t, cmd, cmd.Wait())
	told := fmt.Sprintf("round %d, sick %d, disk full %t, signal %d: exit code %d\n%s\n%s", r.round, r.sick, r.full, r.signal, exit, &stdout, &stderr)
	if strings.Contains(stderr.String()+stdout.String(), "goroutine ") {
		t.Error("a trace of Go: " + told)
	}
	whole := r.report(t, report, told)
	if exit == -1 {
		return "killed"
	}
	var doc document
	if err := json.Unmarshal(stdout.Bytes(), &doc); err != nil {
		t.Errorf("the document: %v\n%s", err, told)
		return "wrong"
	}
	unwritten := strings.Contains(stderr.String(), "error: report junit: ")
	switch sum := doc.Summary; {
	case doc.Passed != (exit == 0) && !(unwritten && exit == 1):
		t.Error("document and exit code differ: " + told)
	case exit == 0 && (r.sick < 0 || sum.Passed != 2):
		t.Error("green, and it was never well: " + told)
	case whole == unwritten || unwritten && exit == 0:
		t.Error("a report is not there, or nobody is told: " + told)
	case sum.Total != 2 || sum.Passed+sum.Failed+sum.Error+sum.Skipped+sum.Cancelled != 2:
		t.Error("a check is lost: " + told)
	case exit == 0:
		return "green"
	}
	return "red"
}

// report says whether the report is there; when it is, it must be whole.
func (r run) report(t *testing.T, file, told string) bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	var suites struct {
		Suites []struct {
			Cases []struct{} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &suites); err != nil || len(suites.Suites) == 0 || len(suites.Suites[0].Cases) != 2 {
		t.Errorf("half a report: %v\n%s\n%s", err, text, told)
	}
	return true
}
