package luatest

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"assay.rs/core/prelude"
)

// folder writes files and gives their folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// results runs the tests of a folder and gives "file:line name: message" of each, relative to it.
func results(t *testing.T, s Suite, dir string) []string {
	t.Helper()
	var err error
	if s.Files, err = Find([]string{dir}); err != nil {
		t.Fatal(err)
	}
	s.Modules = prelude.Modules()
	var got []string
	err = s.Run(t.Context(), func(r Result) {
		text := "passed"
		if r.Err != nil {
			text = r.message()
		}
		if r.Empty {
			text = "no tests"
		}
		text = fmt.Sprintf("%s:%d %s: %s", r.File, r.Line, r.Name, text)
		got = append(got, strings.ReplaceAll(text, dir+string(filepath.Separator), ""))
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRun(t *testing.T) {
	dir := folder(t, map[string]string{
		"a_test.lua": "function test_later() n = (n or 0) + 1 assert.eq(n, 1) end\nlocal M = {}\nfunction M.test_one() n = (n or 0) + 1 assert.eq(n, 1) end\n" +
			"function M.test_two()\n  assert.eq(1, 2, 'numbers')\nend\nfunction M.other() error('not a test') end\nreturn M",
		"sub/b_test.lua":     "local lib = require('./lib')\nfunction test_lib() assert.eq(lib, 'lib', arg[0]) end\nfunction test_exit() os.exit(0) end\nfunction test_raise() error({}) end",
		"sub/lib.lua":        "return 'lib'",
		"syntax_test.lua":    "x = = 1",
		"raises_test.lua":    "error('at once')",
		".hidden/c_test.lua": "function test_hidden() end",
		"tests.lua":          "function test_no() end",
		"empty_test.lua":     "",
	})
	want := []string{
		"a_test.lua:1 test_later: passed",
		"a_test.lua:3 test_one: passed",
		"a_test.lua:4 test_two: a_test.lua:5: assert.eq failed: 1 != 2 - numbers",
		"empty_test.lua:0 : no tests",
		"raises_test.lua:0 : raises_test.lua:1: at once",
		"sub/b_test.lua:2 test_lib: passed",
		"sub/b_test.lua:3 test_exit: the test called os.exit(0)",
		"sub/b_test.lua:4 test_raise: {}",
		"syntax_test.lua:0 : syntax_test.lua:1:5: expected an expression, got '='",
	}
	for _, parallel := range []int{1, 4} {
		got := results(t, Suite{Parallel: parallel}, dir)
		for i := range got {
			got[i], _, _ = strings.Cut(got[i], "\n")
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("with %d at once:\n%s\nwant\n%s", parallel, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	got := results(t, Suite{Filter: regexp.MustCompile("_(one|lib)$")}, folder(t, map[string]string{
		"a_test.lua": "function test_one() end function test_two() error('x') end function test_lib() end",
	}))
	if strings.Join(got, " ") != "a_test.lua:1 test_lib: passed a_test.lua:1 test_one: passed" {
		t.Errorf("with a filter: %q", got)
	}
}

// What a task of a test raises counts, awaited or not.
func TestTasksOfATest(t *testing.T) {
	got := results(t, Suite{}, folder(t, map[string]string{
		"a_test.lua": "function test_lost() async.spawn(function() began = true assert.eq(1, 2) end) repeat sleep(0.001) until began end\nfunction test_caught() pcall(async.spawn(function() error('x') end).await) end\n" +
			"function test_left() async.spawn(function() sleep(60) assert.eq(1, 2) end) end\nfunction test_ticks() async.spawn_interval(60, function() assert.eq(1, 2) end) async.spawn(sleep, 60) end\n" +
			"function test_cancelled() async.spawn(sleep, 60).cancel() end\nasync.spawn(sleep, 60) -- for all tests",
	}))
	want := "a_test.lua:1 test_lost: a_test.lua:1: assert.eq failed: 1 != 2\na_test.lua:2 test_caught: passed\n" +
		"a_test.lua:3 test_left: the script ended while a task was running: await it, or cancel it\n" +
		"a_test.lua:4 test_ticks: the script ended while 2 tasks were running: await them, or cancel them\na_test.lua:5 test_cancelled: passed"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

func TestLimits(t *testing.T) {
	got := results(t, Suite{Timeout: 100 * time.Millisecond}, folder(t, map[string]string{
		"time_test.lua": "function test_time() while true do end end\nfunction test_fine() end",
	}))
	got = append(got, results(t, Suite{Memory: 16 << 20, Parallel: 1}, folder(t, map[string]string{
		"memory_test.lua": "function test_memory() local t = {} while true do t[#t + 1] = ('x'):rep(1e5) .. #t end end\nfunction test_fine() end",
	}))...)
	want := "time_test.lua:1 test_time: time limit of 100ms exceeded\ntime_test.lua:2 test_fine: passed\n" +
		"memory_test.lua:1 test_memory: memory limit of 16 MB exceeded\nmemory_test.lua:2 test_fine: passed"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// A test that asserts nothing by itself is told, whatever its file asserts; one that fails has done its work.
func TestIdle(t *testing.T) {
	dir := folder(t, map[string]string{"a_test.lua": "assert(true)\nfunction test_a() end\nfunction test_b() assert.eq(1, 1) end\nfunction test_c() error('x') end\n"})
	s := Suite{Modules: prelude.Modules(), Files: []string{filepath.Join(dir, "a_test.lua")}}
	var idle []string
	if err := s.Run(t.Context(), func(r Result) {
		if r.Idle {
			idle = append(idle, r.Name)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if strings.Join(idle, " ") != "test_a" {
		t.Errorf("told of %q, want test_a alone", idle)
	}
}

// Tests run at the same time when they may.
func TestParallel(t *testing.T) {
	dir := folder(t, map[string]string{"a_test.lua": "function test_a() sleep(0.5) end function test_b() sleep(0.5) end function test_c() sleep(0.5) end function test_d() sleep(0.5) end"})
	s := Suite{Modules: prelude.Modules(), Parallel: 4, Files: []string{filepath.Join(dir, "a_test.lua")}}
	began := time.Now()
	var total time.Duration
	if err := s.Run(t.Context(), func(r Result) { total += r.Took }); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took >= total {
		t.Errorf("the run took %s, want less than the %s of its tests", took, total)
	}
}

func TestNothingToRun(t *testing.T) {
	dir := folder(t, map[string]string{"a_test.lua": "function test_one() end"})
	files, err := Find([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	s := Suite{Modules: prelude.Modules(), Files: files, Filter: regexp.MustCompile("nothing")}
	if err := s.Run(t.Context(), func(Result) {}); !errors.Is(err, ErrNoTests) {
		t.Errorf("error = %v, want %v", err, ErrNoTests)
	}
	for _, path := range []string{filepath.Join(dir, "absent"), filepath.Join(dir, "..", "luatest_test.go")} {
		if files, err := Find([]string{path}); err == nil {
			t.Errorf("Find(%q) = %q, want an error", path, files)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	if err := (Suite{Modules: prelude.Modules(), Files: files}).Run(ctx, func(Result) { t.Error("a result after the end") }); !errors.Is(err, stop) {
		t.Errorf("error = %v, want %v", err, stop)
	}
}

func TestReports(t *testing.T) {
	dir := folder(t, map[string]string{"a_test.lua": "function test_good() print('fine') end\nfunction test_bad()\n  print('seen <&>\\27')\n  assert(false, 'not ]]> good')\nend"})
	var all []Result
	var out bytes.Buffer
	text := &Text{Out: &out}
	s := Suite{Modules: prelude.Modules(), Files: []string{filepath.Join(dir, "a_test.lua")}}
	if err := s.Run(t.Context(), func(r Result) { all = append(all, r); text.Show(r) }); err != nil {
		t.Fatal(err)
	}
	text.End(time.Second)
	for _, want := range []string{
		"a_test.lua:2 test_bad (", "  traceback:\n    ", "a_test.lua:4: in function", "  output:\n    seen <&>\\x1b\n", "FAIL: 1 passed (1 without an assertion), 1 failed in 1.000s",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report has no %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "fine") || text.Failed() != 1 {
		t.Errorf("%d failed, and the output of a test that passed is shown:\n%s", text.Failed(), out.String())
	}
	var junit bytes.Buffer
	if err := WriteJUnit(&junit, all); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Line    int    `xml:"line,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
				Output string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(junit.Bytes(), &read); err != nil {
		t.Fatalf("%v\n%s", err, junit.String())
	}
	if read.Tests != 2 || read.Failures != 1 || len(read.Suites) != 1 || len(read.Suites[0].Cases) != 2 {
		t.Fatalf("read %+v, want 2 tests, 1 failure, 1 suite", read)
	}
	bad := read.Suites[0].Cases[1]
	if bad.Name != "test_bad" || bad.Line != 2 || bad.Failure == nil || !strings.Contains(bad.Failure.Message, "not ]]> good") || !strings.Contains(bad.Output, "seen <&>") {
		t.Errorf("read %+v", bad)
	}
}
