// Package load starts servers and puts load on them, for benchmarks.
package load

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is a running program that has printed its port.
type Server struct {
	Name string
	Port string
	cmd  *exec.Cmd
}

// Start runs a program whose first line of output is its port.
func Start(ctx context.Context, name, program string, args ...string) (*Server, error) {
	s := &Server{Name: name, cmd: exec.CommandContext(ctx, program, args...)}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if s.Port = strings.TrimSpace(line); s.Port == "" {
		return nil, fmt.Errorf("%s has printed no port: %w", name, err)
	}
	return s, nil
}

// StartOn runs a program that listens on a port, and returns once it does.
func StartOn(ctx context.Context, name, port, program string, args ...string) (*Server, error) {
	s := &Server{Name: name, Port: port, cmd: exec.CommandContext(ctx, program, args...)}
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{}
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		conn, err := dialer.DialContext(ctx, "tcp", "127.0.0.1:"+port)
		if err == nil {
			return s, conn.Close()
		}
		if time.Since(began) > 10*time.Second {
			s.Stop()
			return nil, fmt.Errorf("%s does not listen: %w", name, err)
		}
	}
}

// Stop ends the program and gives its exit code.
func (s *Server) Stop() int {
	_ = s.cmd.Process.Signal(os.Interrupt) // it may have ended
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

// URL is where the server answers.
func (s *Server) URL(path string) string { return "http://127.0.0.1:" + s.Port + path }

// CPU is what the process has used so far.
func (s *Server) CPU() time.Duration {
	fields := strings.Fields(s.proc("stat"))
	if len(fields) < 15 {
		return 0
	}
	user, _ := strconv.Atoi(fields[13])
	system, _ := strconv.Atoi(fields[14])
	return time.Duration(user+system) * 10 * time.Millisecond // ticks of USER_HZ
}

// Resident is how much memory the process has, in bytes.
func (s *Server) Resident() int64 { return s.status("VmRSS") << 10 }

// Threads is how many threads of the system the process has.
func (s *Server) Threads() int64 { return s.status("Threads") }

func (s *Server) status(name string) int64 {
	for line := range strings.Lines(s.proc("status")) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == name+":" {
			n, _ := strconv.ParseInt(fields[1], 10, 64)
			return n
		}
	}
	return 0
}

// Files is how many descriptors the process has open.
func (s *Server) Files() int {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	return len(entries)
}

func (s *Server) proc(file string) string {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.cmd.Process.Pid, file))
	return string(data)
}

// Rate is what wrk measured.
type Rate struct {
	PerSecond float64
	CPU       time.Duration // of the server, for each request
	Errors    int           // answers that were none, or had another status than 2xx or 3xx
	Failed    bool          // there were such, or there was no answer at all
}

// Median is the rate in the middle.
func Median(rates []Rate) Rate {
	slices.SortFunc(rates, func(a, b Rate) int { return cmp.Compare(a.PerSecond, b.PerSecond) })
	return rates[len(rates)/2]
}

// Wrk puts load on a path of the server, with further options of wrk.
func (s *Server) Wrk(ctx context.Context, path string, connections int, length time.Duration, options ...string) (Rate, error) {
	before := s.CPU()
	args := []string{"-t1", "-c" + strconv.Itoa(connections), "-d" + strconv.Itoa(int(length.Seconds())) + "s", "--timeout", "10s"}
	cmd := exec.CommandContext(ctx, "wrk", append(append(args, options...), s.URL(path))...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Rate{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	used := s.CPU() - before
	total := regexp.MustCompile(`(\d+) requests in`).FindSubmatch(out)
	rate := regexp.MustCompile(`Requests/sec:\s+([\d.]+)`).FindSubmatch(out)
	if total == nil || rate == nil {
		return Rate{}, fmt.Errorf("wrk printed no rate:\n%s", out)
	}
	n, _ := strconv.Atoi(string(total[1]))
	r := Rate{Errors: failures(out)}
	r.Failed = n == 0 || r.Errors > 0
	r.PerSecond, _ = strconv.ParseFloat(string(rate[1]), 64)
	if n > 0 {
		r.CPU = used / time.Duration(n)
	}
	return r, nil
}

// failures adds up what wrk says of errors:
//
//	Socket errors: connect 0, read 1, write 0, timeout 2
//	Non-2xx or 3xx responses: 3
func failures(out []byte) int {
	sum := 0
	for line := range strings.Lines(string(out)) {
		if name, counts, ok := strings.Cut(line, ": "); ok && (strings.Contains(name, "errors") || strings.Contains(name, "Non-2xx")) {
			for _, count := range regexp.MustCompile(`\d+`).FindAllString(counts, -1) {
				n, _ := strconv.Atoi(count)
				sum += n
			}
		}
	}
	return sum
}

// Latencies asks a path for so long, with a request every pause from each of the workers, and gives how long
// each answer took, sorted, and how many did not come.
func (s *Server) Latencies(ctx context.Context, path string, workers int, pause, length time.Duration) (took []time.Duration, failed int) {
	transport := &http.Transport{MaxIdleConnsPerHost: workers}
	defer transport.CloseIdleConnections()
	within, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var mu sync.Mutex
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for within.Err() == nil {
				began := time.Now()
				err := ask(ctx, transport, s.URL(path))
				mu.Lock()
				took = append(took, time.Since(began))
				if err != nil {
					failed++
				}
				mu.Unlock()
				select {
				case <-within.Done():
				case <-time.After(pause):
				}
			}
		})
	}
	all.Wait()
	slices.Sort(took)
	return took, failed
}

func ask(ctx context.Context, transport *http.Transport, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	return nil
}

// Percentile is the latency that p percent of the sorted ones are within.
func Percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*p/100))]
}
