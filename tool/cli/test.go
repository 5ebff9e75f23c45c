package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay.rs/check"
	"assay.rs/check/command"
	"assay.rs/core"
	"assay.rs/tool/luatest"
	"assay.rs/tool/mock"
)

// testFlags are how assay test runs.
type testFlags struct {
	parallel int
	filter   string
	format   string
	junit    string
	timeout  command.Limit
	memory   command.Size
	verbose  bool
	coverage bool
	lcov     string
	watch    bool
}

func (p *program) testCommand() *cobra.Command {
	flags := testFlags{memory: command.Size(defaultMemory()), timeout: command.Limit(time.Minute)}
	cmd := &cobra.Command{
		Use:   "test [flags] [FILE|FOLDER...]",
		Short: "Run the tests of scripts: the functions test_* of *_test.lua",
		Long: `Runs the functions whose names begin with test_, global or in the table that a file returns, of the given
files and of every *_test.lua in the given folders, or in the working directory. Each test runs in a VM of its own.`,
		Example: `  assay test
  assay test --filter health --junit report.xml tests`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			return p.runTests(cmd.Context(), args, &flags)
		},
	}
	fs := cmd.Flags()
	fs.IntVarP(&flags.parallel, "jobs", "j", 0, "how many tests run at once; 0 is one for each processor")
	fs.StringVar(&flags.filter, "filter", "", "run only tests whose name this regular expression matches")
	fs.StringVar(&flags.format, "format", "text", "text, or json: an array of the results")
	fs.StringVar(&flags.junit, "junit", "", "write a report in JUnit's XML to this file")
	fs.Var(&flags.timeout, "timeout", "end a test after this time; 0 is no limit")
	fs.Var(&flags.memory, "memory", "how much a test may hold, such as 64MB; 0 is no limit")
	fs.BoolVar(&flags.coverage, "coverage", false, "tell which lines of the scripts have run")
	fs.StringVar(&flags.lcov, "lcov", "", "write the lines that have run to this file, in the format of lcov")
	fs.BoolVar(&flags.watch, "watch", false, "run again whenever a file changes, until interrupted")
	fs.BoolVarP(&flags.verbose, "verbose", "v", false, "show tests that pass, and what they print")
	return cmd
}

func (p *program) runTests(ctx context.Context, paths []string, flags *testFlags) error {
	ctx, stop := command.Interruptible(ctx, command.RepeatEnds)
	defer stop()
	p = p.endingWith(ctx)
	if !flags.watch {
		return p.runTestsOnce(ctx, paths, flags)
	}
	return command.ExitWith(command.Watch(ctx, p.logger(), func(watching func(files []string)) int {
		watching(luaFiles(paths)) // before the run, so that what changes meanwhile is seen
		return exitCode(p.stderr, p.runTestsOnce(ctx, paths, flags))
	}))
}

func (p *program) runTestsOnce(ctx context.Context, paths []string, flags *testFlags) error {
	if flags.format != "text" && flags.format != "json" {
		return &usageError{message: "unknown format " + strconv.Quote(flags.format), hint: "use text or json"}
	}
	suite, err := p.suite(flags, paths)
	if err != nil {
		return err
	}
	_, colour := terminal(p.stdout)
	out := p.stdout
	if flags.format == "json" {
		out = io.Discard
	}
	text := &luatest.Text{Out: out, Verbose: flags.verbose, Color: colour}
	var results []luatest.Result
	began := time.Now()
	err = suite.Run(ctx, func(r luatest.Result) {
		results = append(results, r)
		text.Show(r)
	})
	if interrupt, ok := errors.AsType[*check.Interrupt](err); ok {
		command.PrintError(p.stderr, err)
		return command.Status(interrupt.Code)
	}
	if errors.Is(err, luatest.ErrNoTests) {
		return &usageError{message: noTests(flags), hint: "tests are the functions test_* in files called *_test.lua"}
	}
	if err != nil {
		return err
	}
	text.End(time.Since(began))
	if flags.format == "json" {
		if err := luatest.WriteJSON(p.stdout, results); err != nil {
			return err
		}
	}
	if err := p.testReports(flags, suite, results); err != nil {
		return err
	}
	if text.Failed() > 0 {
		return command.Status(check.ExitFailed)
	}
	return nil
}

// testReports writes what the flags ask for beside the results.
func (p *program) testReports(flags *testFlags, suite *luatest.Suite, results []luatest.Result) error {
	if flags.junit != "" {
		err := writeReport("junit", flags.junit, func(w io.Writer) error { return luatest.WriteJUnit(w, results) })
		if err != nil {
			return err
		}
	}
	if flags.lcov != "" {
		if err := writeReport("lcov", flags.lcov, suite.Coverage.LCOV); err != nil {
			return err
		}
	}
	if flags.coverage {
		return suite.Coverage.Text(p.stdout)
	}
	return nil
}

// luaFiles are the scripts among paths and in the folders among them, with the folders.
func luaFiles(paths []string) []string {
	files := slices.Clone(paths)
	for _, path := range paths {
		folder := path
		if strings.HasSuffix(path, ".lua") {
			folder = filepath.Dir(path)
		}
		_ = filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil //nolint:nilerr // what cannot be read is not watched
			case entry.IsDir() && file != folder && strings.HasPrefix(entry.Name(), "."):
				return filepath.SkipDir
			case entry.IsDir() || strings.HasSuffix(file, ".lua"):
				files = append(files, file)
			}
			return nil
		})
	}
	return files
}

func noTests(flags *testFlags) string {
	if flags.filter != "" {
		return fmt.Sprintf("no tests found that --filter %s matches", flags.filter)
	}
	return luatest.ErrNoTests.Error()
}

// suite is what the flags mean. The error is a mistake on the command line.
func (p *program) suite(f *testFlags, paths []string) (*luatest.Suite, error) {
	if f.parallel < 0 {
		return nil, &usageError{message: "--jobs must not be negative"}
	}
	files, err := luatest.Find(paths)
	if err != nil {
		return nil, err
	}
	var filter *regexp.Regexp
	if f.filter != "" {
		if filter, err = regexp.Compile(f.filter); err != nil {
			return nil, &usageError{message: "--filter: " + err.Error(), hint: "it is a regular expression, such as ^test_health"}
		}
	}
	var coverage *luatest.Coverage
	if f.coverage || f.lcov != "" {
		coverage = &luatest.Coverage{}
	}
	builtins := append(p.of.modules(Setting{Answer: mock.Answer}), mock.New())
	return &luatest.Suite{
		Modules: builtins, Files: files, Filter: filter, Parallel: f.parallel,
		Timeout: time.Duration(f.timeout), Memory: int64(f.memory), Folders: moduleFolders(), Coverage: coverage, Clean: command.WithoutPasswords,
	}, nil
}

func writeReport(flag, path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return core.WithHint(err, "--"+flag+" names the file of the report")
	}
	return errors.Join(write(file), file.Close())
}
