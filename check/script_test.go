package check

import (
	"strings"
	"testing"
)

func TestScriptsSeeTheirEnvAndAFreshVM(t *testing.T) {
	b := newBench(t)
	b.options.LookupEnv = func(name string) (string, bool) { return "process", name == "P" || name == "FOO" }
	b.write("verify.lua", `
		assert.eq(env.get("FOO"), "bar")
		assert.eq(env.get("P"), "process")
		assert.is_nil(env.get("NOPE"))
		assert.is_nil(left_over)
		left_over = true
		assert(io == nil, "io exists at level C")
		if env.get("FAIL") then error("once more") end
	`)
	r := b.run("retries: 1\nchecks:\n  - {name: a, type: script, file: verify.lua, env: {FOO: bar}}\n  - {name: b, type: script, file: verify.lua, env: {FOO: bar, FAIL: 1}}\n")
	if got := r.Checks[0]; got.Status != StatusPassed || got.Assertions[0].Actual != 5 {
		t.Errorf("%s, %q, assertions %v; want passed with 5", got.Status, text(got.Message), got.Assertions)
	}
	if got := r.Checks[1]; got.Attempts != 2 || !strings.HasSuffix(text(got.Message), "once more") || !strings.HasPrefix(text(got.Message), "verify.lua:8") {
		t.Errorf("%d attempts, message %q; want 2, verify.lua:8: once more", got.Attempts, text(got.Message))
	}
}

func TestScriptsThatTakeTooMuchAreErrors(t *testing.T) {
	for name, script := range map[string]string{
		"tables":    `local t = {} for i = 1, 1e9 do t[i] = {i} end`,
		"strings":   `local s = "x" while true do s = s .. s end`,
		"recursion": `local function f() return 1 + f() end f()`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newBench(t).run("checks:\n  - name: a\n    type: script\n    attempt_timeout: 20s\n    script: |\n      " + script + "\n  - {name: b, type: script, script: 'assert(true)'}\n")
			got := r.Checks[0]
			t.Log(got.Status, text(got.ErrorClass), text(got.Message))
			if got.Passed || r.Passed || r.Checks[1].Status != StatusPassed {
				t.Errorf("%s, the other %s; want no pass and passed", got.Status, r.Checks[1].Status)
			}
		})
	}
}

// What a task of a script raises fails the check, even when nobody awaits the task.
func TestTasksOfAScriptCount(t *testing.T) {
	r := newBench(t).run(`checks:
  - {name: lost, type: script, script: 'async.spawn(function() began = true assert.eq(1, 2) end) repeat sleep(0.001) until began assert(true)'}
  - {name: caught, type: script, script: 'assert(not pcall(async.spawn(function() error("x") end).await))'}
  - {name: late, type: script, script: 'local bad = async.spawn(function() failed = true error("boom") end) repeat sleep(0.001) until failed sleep(2.5) local ok, e = pcall(bad.await) assert.contains(e, "boom")'}
  - {name: cancelled, type: script, script: 'async.spawn(sleep, 60).cancel() assert(true)'}
  - {name: raced, type: script, permissions: [async], script: 'assert(async.race({async.spawn(sleep, 60), async.spawn(function() return 1 end)})[1] == 1)'}
`)
	if got := r.Checks[0]; got.Status != StatusFailed || !strings.Contains(text(got.Message), "1 != 2") {
		t.Errorf("%s, %q; want failed with 1 != 2", got.Status, text(got.Message))
	}
	for _, got := range r.Checks[1:] {
		if got.Status != StatusPassed {
			t.Errorf("%s: %s, %q; want passed", got.Name, got.Status, text(got.Message))
		}
	}
}

// A script of a check that uses what the full binary alone has is told so, and so is a permission of it.
func TestScriptNamesTheFullBinary(t *testing.T) {
	for yaml, want := range map[string]string{
		`{name: a, type: script, script: 'assert.eq(regex.find("a", "a"), 1)'}`:     "(regex is not in this binary: the full assay has it in checks)",
		`{name: a, type: script, script: 'assert.eq(xml.parse("<a/>").name, "a")'}`: "(xml is not in this binary: the full assay has it in checks)",
		`{name: a, type: script, script: 'assert.is_true(nothing.like_it())'}`:      "(global 'nothing')",
	} {
		if got := one(t, yaml); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q in it", yaml, got, want)
		}
	}
}
