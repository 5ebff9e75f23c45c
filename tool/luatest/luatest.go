// Package luatest runs the tests of scripts: assay test.
//
// A test is a function whose name begins with test_, global or in the table that its file returns; the files
// are called *_test.lua. [Find] lists the files, [Suite.Run] runs their tests and gives a [Result] for each.
// Every test runs in a VM of its own, in which the file runs first: no test sees what another one has left
// behind. [Text] and [WriteJUnit] report, [Coverage] tells which lines have run.
package luatest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"assay.rs/core"
)

// Suite is what to run, and how.
type Suite struct {
	Modules  []core.Module
	Files    []string
	Filter   *regexp.Regexp // of the names; nil is all
	Parallel int            // how many tests run at once; 0 is one for each processor
	Timeout  time.Duration  // of each test; 0 is none
	Memory   int64          // of each test; 0 is no limit
	Folders  []string       // of modules that require finds by name
	Coverage *Coverage      // gathers the lines that run; nil does not

	Clean func(text string) string // takes secrets out of what a test prints and fails with; nil does not
}

// Result is how one test went.
type Result struct {
	File   string
	Line   int    // of the function
	Name   string // empty for a file that does not run
	Took   time.Duration
	Err    error  // nil when it passed
	Output string // what it has printed and logged

	Idle  bool // it passed without a call of assert: it may pass whatever it tests
	Empty bool // no test at all, but a file without one

	clean func(text string) string
}

// ErrNoTests is that there was nothing to run.
var ErrNoTests = errors.New("no tests found")

const suffix = "_test.lua"

// Find lists the test files among paths and in the folders among them, sorted and each once. A path that does
// not exist, or a file that is no test file, is an error.
func Find(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			if !strings.HasSuffix(path, suffix) {
				return nil, core.WithHint(fmt.Errorf("%s is not a test file", path), "the name of a test file ends in "+suffix)
			}
			files = append(files, filepath.Clean(path))
			continue
		}
		err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && file != path && strings.HasPrefix(entry.Name(), "."):
				return filepath.SkipDir
			case !entry.IsDir() && strings.HasSuffix(file, suffix):
				files = append(files, filepath.Clean(file))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// Run runs the tests and shows each result as soon as those before it are known, in the order of the files
// and of the lines in them. The error is ErrNoTests, that of ctx, or that the modules are not right.
func (s Suite) Run(ctx context.Context, show func(Result)) error {
	rt, err := core.New(core.Config{Modules: s.Modules, Policy: core.FullPolicy()})
	if err != nil {
		return err
	}
	r := &run{suite: s, rt: rt, places: make(chan struct{}, s.parallel())}
	var files []<-chan []<-chan Result
	for _, file := range s.Files {
		files = append(files, r.file(ctx, file))
	}
	shown := 0
	for _, file := range files {
		for _, result := range <-file {
			if got := <-result; ctx.Err() == nil {
				if got.clean = s.Clean; s.Clean != nil {
					got.Output = s.Clean(got.Output)
				}
				show(got)
				if !got.Empty {
					shown++
				}
			}
		}
	}
	r.running.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if shown == 0 {
		return ErrNoTests
	}
	return nil
}

func (s Suite) parallel() int {
	if s.Parallel > 0 {
		return s.Parallel
	}
	return runtime.NumCPU()
}

// run is one run of a suite.
type run struct {
	suite   Suite
	rt      *core.Runtime
	places  chan struct{} // one for each test that may run
	running sync.WaitGroup
}

// start runs f as soon as there is a place.
func (r *run) start(f func()) {
	r.running.Go(func() {
		r.places <- struct{}{}
		defer func() { <-r.places }()
		f()
	})
}

// file lists the tests of a file, and starts them.
func (r *run) file(ctx context.Context, path string) <-chan []<-chan Result {
	listed := make(chan []<-chan Result, 1)
	r.start(func() {
		var results []<-chan Result
		tests, failed := r.list(ctx, path)
		if failed != nil {
			results = append(results, ready(*failed))
		} else if len(tests) == 0 && r.suite.Filter == nil {
			results = append(results, ready(Result{File: path, Empty: true}))
		}
		for _, t := range tests {
			result := make(chan Result, 1)
			results = append(results, result)
			r.start(func() { result <- r.test(ctx, t) })
		}
		listed <- results
	})
	return listed
}

func ready(result Result) <-chan Result {
	c := make(chan Result, 1)
	c <- result
	return c
}
