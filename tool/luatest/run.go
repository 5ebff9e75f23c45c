package luatest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// prefix is what the name of a test begins with.
const prefix = "test_"

// test is a function to run.
type test struct {
	file  string
	chunk *core.Chunk
	name  string
	line  int
	made  int // assertions that the file makes without it
}

// list runs a file to see which tests it has. A file that does not run is a result.
func (r *run) list(ctx context.Context, path string) ([]test, *Result) {
	began := time.Now()
	failed := func(err error, output string) *Result {
		return &Result{File: path, Took: time.Since(began), Err: err, Output: output}
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, failed(err, "")
	}
	chunk, err := core.Compile(path, source)
	if err != nil {
		return nil, failed(err, "")
	}
	var tests []test
	output, made, err := r.do(ctx, path, func(c core.Call) error {
		functions, err := load(c, chunk)
		if err != nil {
			return err
		}
		c.Background()
		for name, f := range functions {
			if r.suite.Filter == nil || r.suite.Filter.MatchString(name) {
				_, line := f.Defined()
				tests = append(tests, test{file: path, chunk: chunk, name: name, line: line})
			}
		}
		return nil
	})
	if err != nil {
		return nil, failed(err, output)
	}
	for i := range tests {
		tests[i].made = made
	}
	sort.Slice(tests, func(i, j int) bool {
		return cmp.Or(tests[i].line-tests[j].line, strings.Compare(tests[i].name, tests[j].name)) < 0
	})
	return tests, nil
}

// load runs the file and gives its tests: those of the table that it returns, and the global ones.
func load(c core.Call, chunk *core.Chunk) (map[string]core.Callback, error) {
	var main core.Callback
	c.Hold(func() { main = c.Load(chunk) })
	values, err := main.Call(c)
	if err != nil {
		return nil, err
	}
	tests := make(map[string]core.Callback)
	c.Hold(func() {
		collect(tests, c.Globals())
		if len(values) > 0 {
			if returned, ok := values[0].Table(); ok {
				collect(tests, returned)
			}
		}
	})
	return tests, nil
}

func collect(tests map[string]core.Callback, from core.Table) {
	_ = from.Each(func(k, v core.Value) error { // it gives the error of the function, which has none
		name, _ := k.Text()
		if f, ok := v.Function(); ok && strings.HasPrefix(name, prefix) {
			tests[name] = f
		}
		return nil
	})
}

var errGone = errors.New("the file defines this test in one run and not in another")

func (r *run) test(ctx context.Context, t test) Result {
	began := time.Now()
	output, made, err := r.do(ctx, t.file, func(c core.Call) error {
		tests, err := load(c, t.chunk)
		if err != nil {
			return err
		}
		f, ok := tests[t.name]
		if !ok {
			return errGone
		}
		c.Background() // what the file has started serves its tests
		_, err = f.Call(c)
		return err
	})
	if exit, ok := errors.AsType[*core.Exit](err); ok {
		err = fmt.Errorf("the test called os.exit(%d)", exit.Status)
	}
	return Result{File: t.file, Line: t.line, Name: t.name, Took: time.Since(began), Err: err, Output: output, Idle: err == nil && made <= t.made}
}

// do runs body in a fresh VM and gives what it printed, and how many assertions it made.
func (r *run) do(ctx context.Context, file string, body func(core.Call) error) (printed string, asserted int, err error) {
	if r.suite.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.suite.Timeout, fmt.Errorf("time limit of %s exceeded", r.suite.Timeout))
		defer cancel()
	}
	out := &output{}
	var unheard core.Failures
	var lines func(string, int)
	if r.suite.Coverage != nil {
		lines = r.suite.Coverage.see
	}
	vm := r.rt.Open(core.Host{
		Lines:  lines,
		Failed: unheard.Add,
		Stdout: out, Log: slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime})),
		Limits:  core.Limits{Memory: r.suite.Memory},
		Modules: core.ModuleFiles{Folder: filepath.Dir(file), Folders: r.suite.Folders},
	})
	vm.SetArgs(file, nil)
	err = vm.Do(ctx, body)
	asserted = prelude.Assertions(vm)
	vm.Close()
	return out.String(), asserted, cmp.Or(err, unheard.First(), vm.Unfinished())
}

// withoutTime leaves the time out of log records: it differs from run to run.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

// maxOutput is how much of what a test prints is kept.
const maxOutput = 256 << 10

// output is what a test prints; its tasks may print at the same time.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
	cut bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kept := p[:min(len(p), maxOutput-o.buf.Len())]
	o.buf.Write(kept)
	o.cut = o.cut || len(kept) < len(p)
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cut {
		return o.buf.String() + "\n(cut at 256 KB)\n"
	}
	return o.buf.String()
}
