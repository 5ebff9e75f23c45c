package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// Beside another VM, a script still holds no more than its limit in what only Go sees: constants of chunks, iterators,
// coroutines, handles, kept errors.
func TestTwoVMsHoldWhatTheyMay(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the peak of another process is measured on Linux")
	}
	for name, script := range map[string]string{
		"constants":  `local x = ("x"):rep(1e6) for i = 1, 3000 do t[i] = load('return "' .. i .. x .. '"') end`,
		"iterators":  `for i = 1, 60000 do t[i] = string.gmatch(string.rep("x", 10000) .. i, "x") end`,
		"coroutines": `local function f(s) return #s end for i = 1, 60000 do local s = string.rep("x", 10000) .. i t[i] = coroutine.wrap(function() return f(s) end) end`,
		"results":    `for i = 1, 60000 do t[i] = async.spawn(function() return string.rep("x", 10000) .. i end) t[i].await() end`,
		"errors":     `for i = 1, 60000 do t[i] = select(2, pcall(error, string.rep("x", 10000) .. i)) end`,
		"channels":   `for i = 1, 60000 do t[i] = async.channel(1) t[i].send(string.rep("x", 10000) .. i) end`,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "checks.yaml")
			text := "parallel: 2\nchecks:\n" +
				"  - {name: other, type: script, attempt_timeout: 60s, script: 'sleep(3) assert.eq(#\"a\", 1)'}\n" +
				"  - name: guilty\n    type: script\n    attempt_timeout: 60s\n    script: |\n      local t = {}\n      " + script + "\n      assert.eq(#t, 1)\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			r := run(t, filepath.Join(built, "assay"), file)
			var document struct {
				Checks []struct{ Name, Status, Message string }
			}
			if err := json.Unmarshal([]byte(r.stdout), &document); err != nil || len(document.Checks) != 2 {
				t.Fatalf("%v in %.300q", err, r.stdout)
			}
			if c := document.Checks[0]; c.Status != "passed" {
				t.Errorf("%s: %s, %s; want passed", c.Name, c.Status, c.Message)
			}
			if c := document.Checks[1]; c.Status != "error" || !strings.Contains(c.Message, "memory limit of 64 MB exceeded") {
				t.Errorf("%s: %s, %.200q; want the memory limit", c.Name, c.Status, c.Message)
			}
			usage, ok := r.state.SysUsage().(*syscall.Rusage)
			if !ok {
				t.Fatal("the system tells no peak of memory")
			}
			mb := usage.Maxrss >> 10
			t.Log(mb, "MB")
			if mb > 4*64 {
				t.Errorf("the process took %d MB, want four times the limit at most", mb)
			}
		})
	}
}
