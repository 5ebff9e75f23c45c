package e2e

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startScript starts a script in the full binary; what it prints comes line by line.
func startScript(t *testing.T, source string) (cmd *exec.Cmd, lines *bufio.Scanner, stderr *bytes.Buffer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script.lua")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	stderr = &bytes.Buffer{}
	cmd = exec.CommandContext(t.Context(), assay(), file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out), stderr
}

func assay() string { return filepath.Join(built, "assay") }

// What a process misses while it is stopped is not made up for.
func TestIntervalAfterStop(t *testing.T) {
	cmd, lines, stderr := startScript(t, `
		local n, ended = 0, async.channel(1)
		async.spawn_interval(0.1, function()
			n = n + 1
			print(time.monotonic())
			if n == 12 then ended:send(true) end
		end)
		ended:recv()`)
	var ticks []float64
	for lines.Scan() {
		at, err := strconv.ParseFloat(lines.Text(), 64)
		if err != nil {
			t.Fatalf("printed %q, want a time", lines.Text())
		}
		ticks = append(ticks, at)
		if len(ticks) == 3 {
			stopFor(t, cmd.Process, 2*time.Second)
		}
	}
	if err := cmd.Wait(); err != nil || len(ticks) != 12 {
		t.Fatalf("%d ticks, %v, want 12\n%s", len(ticks), err, stderr)
	}
	longest := 1
	for i := 1; i < len(ticks); i++ {
		if ticks[i]-ticks[i-1] > ticks[longest]-ticks[longest-1] {
			longest = i
		}
	}
	if gap := ticks[longest] - ticks[longest-1]; gap < 1.5 {
		t.Fatalf("the longest time without a tick is %.2f s, want the 2 s of the stop; ticks: %v", gap, ticks)
	}
	soon := 0
	for _, at := range ticks[longest:] {
		if at-ticks[longest] < 0.25 {
			soon++
		}
	}
	if soon > 3 { // at 0, 0.1 and 0.2 s
		t.Errorf("%d ticks within 0.25 s of the stop, want 3: what was missed is not made up for; ticks: %v", soon, ticks)
	}
}

func stopFor(t *testing.T, p *os.Process, d time.Duration) {
	t.Helper()
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	<-time.After(d) // the time of the stop is what the test is about
	if err := p.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}

// SIGTERM ends a script whatever its tasks do, within a second.
func TestSignalEndsAllTasks(t *testing.T) {
	cmd, lines, stderr := startScript(t, `
		local ch = async.channel()
		for i = 1, 500 do
			async.spawn(function() while true do pcall(sleep, 60) end end)
			async.spawn(function() while true do pcall(ch.recv, ch) end end)
			async.spawn_interval(0.01, function() sleep(60) end)
		end
		for i = 1, 3 do async.spawn(function() while true do end end) end
		async.spawn(function() retry(function() error("again") end, {attempts = 1e6, initial = 30}) end)
		sleep(0.05)
		print("ready")
		sleep(60)`)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("printed %q, want ready\n%s", lines.Text(), stderr)
	}
	sent := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is read below
	if took := time.Since(sent); took > time.Second {
		t.Errorf("ended after %s, want within 1s", took)
	}
	if code := cmd.ProcessState.ExitCode(); code != 143 || strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("exit code = %d, want 143\n%s", code, stderr)
	}
}

// What async.graceful runs comes to its own end after SIGTERM, with the tasks that it has started, and the script ends with 0;
// when it takes longer than its grace, it is given up, and the status is 143.
func TestGracefulEnd(t *testing.T) {
	for _, test := range []struct {
		name, grace, want string
		code              int
	}{
		{"in time", "20", "told worked finished", 0},
		{"too late", "0.1", "told", 143},
	} {
		t.Run(test.name, func(t *testing.T) {
			cmd, lines, stderr := startScript(t, `
				async.graceful(function(ending)
					local go = async.channel()
					local work = async.spawn(function() go.recv() sleep(0.5) print("worked") end)
					print("ready")
					ending.recv()
					print("told")
					go.close()
					work.await()
					print("finished")
				end, `+test.grace+`)`)
			if !lines.Scan() || lines.Text() != "ready" {
				t.Fatalf("printed %q, want ready\n%s", lines.Text(), stderr)
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			var got []string
			for lines.Scan() {
				got = append(got, lines.Text())
			}
			_ = cmd.Wait() // its exit code is read below
			if code := cmd.ProcessState.ExitCode(); code != test.code || strings.Join(got, " ") != test.want {
				t.Errorf("printed %q, exit code %d, want %q, %d\n%s", got, code, test.want, test.code, stderr)
			}
		})
	}
}

// Ten thousand tasks that wait fit into 300 MB.
func TestManyTasks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "script.lua")
	if err := os.WriteFile(file, []byte(`
		local gate, tasks, started = async.channel(), {}, 0
		for i = 1, 10000 do
			tasks[i] = async.spawn(function()
				started = started + 1
				gate:recv()
				return i
			end)
		end
		repeat sleep(0.01) until started == 10000
		gate:close()
		local sum = 0
		for _, result in ipairs(async.all(tasks)) do sum = sum + result[1] end
		print(sum)`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, assay(), "--memory", "512MB", file)
	if r.code != 0 || r.stdout != "50005000\n" {
		t.Fatalf("exit code %d, printed %q, want 50005000\n%s", r.code, r.stdout, r.stderr)
	}
	usage, ok := r.state.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("this system does not tell how much memory a process has used")
	}
	if mb := usage.Maxrss >> 10; mb > 300 {
		t.Errorf("10,000 tasks took %d MB, want at most 300", mb)
	}
}
