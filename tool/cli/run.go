package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay.rs/check"
	"assay.rs/check/command"
	"assay.rs/core"
)

// scriptFlags are what a script may use and touch.
type scriptFlags struct {
	timeout command.Limit
	memory  command.Size
	access  access
	set     *pflag.FlagSet
}

func (f *scriptFlags) bind(fs *pflag.FlagSet) {
	fs.Var(&f.timeout, "timeout", "end the script after this time, such as 30s; 0 is no limit")
	f.memory = command.Size(defaultMemory())
	fs.Var(&f.memory, "memory", "how much the script may hold, such as 64MB; 0 is no limit")
	f.access.bind(fs)
	f.set = fs
}

// changed tells whether the command line has set the flag.
func (f *scriptFlags) changed(name string) bool { return f.set != nil && f.set.Changed(name) }

// defaultMemory is what a script may hold unless --memory says otherwise.
func defaultMemory() int64 { return command.ScriptMemory() }

// firstSet is the first of these flags that the command line has set, or empty.
func (f *scriptFlags) firstSet(fs *pflag.FlagSet) string {
	for _, name := range append([]string{"timeout", "memory"}, accessNames()...) {
		if fs.Changed(name) {
			return name
		}
	}
	return ""
}

func (p *program) runCommand() *cobra.Command {
	var flags scriptFlags
	cmd := &cobra.Command{
		Use:   "run [flags] SCRIPT [ARG...]",
		Short: "Run a Lua script, whatever its extension; - is standard input",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.runFile(cmd.Context(), args[0], args[1:], &flags)
		},
	}
	cmd.Flags().SetInterspersed(false)
	flags.bind(cmd.Flags())
	return cmd
}

// maxScript is the largest script that is read.
const maxScript = 1 << 20

// runFile runs the script at path; - is standard input.
func (p *program) runFile(ctx context.Context, path string, args []string, flags *scriptFlags) error {
	source, err := p.readScript(path)
	if err != nil {
		return err
	}
	return p.runSource(ctx, path, source, args, flags)
}

func (p *program) readScript(path string) ([]byte, error) {
	in := p.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	source, err := io.ReadAll(io.LimitReader(in, maxScript+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return source, nil
}

// runSource runs a script to its end, in a sandbox if the flags say so. The error is a status once the
// reason has been printed.
func (p *program) runSource(ctx context.Context, name string, source []byte, args []string, flags *scriptFlags) error {
	if !flags.access.Sandbox {
		collectLate()
		return p.runScript(ctx, name, source, args, flags)
	}
	if _, err := flags.access.policy(); err != nil {
		return err
	}
	j, err := sandboxJob(name, source, args, flags)
	if err != nil {
		return err
	}
	return p.runSandboxed(ctx, j)
}

// collectLate lets there be four bytes of garbage for each that is in use, as long as the process stays
// near the memory of the script: a script's heap is so small that a busy service would else collect every
// few milliseconds. Who sets GOGC or GOMEMLIMIT decides instead.
func collectLate() {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(400)
	}
	if _, set := os.LookupEnv("GOMEMLIMIT"); !set {
		core.GovernHeap()
	}
}

// runScript runs a script in this process.
func (p *program) runScript(ctx context.Context, name string, source []byte, args []string, flags *scriptFlags) error {
	policy, err := flags.access.policy()
	if err != nil {
		return err
	}
	chunk, err := core.Compile(name, source)
	if err != nil {
		command.PrintError(p.stderr, err)
		return command.Status(1)
	}
	rt, err := core.New(core.Config{Modules: p.of.modules(Setting{}), Policy: policy})
	if err != nil {
		return err
	}
	ctx, stop := command.Interruptible(ctx, command.RepeatEnds)
	defer stop()
	ctx, cancel := untilTimeout(ctx, time.Duration(flags.timeout))
	defer cancel()
	p = p.endingWith(ctx)
	log := p.logger()
	command.WarnZone(log, flags.access.lookupEnv)
	command.TellMemory(ctx, log, int64(flags.memory))
	host := core.Host{
		Stdin: p.stdin, Stdout: p.stdout, Stderr: p.stderr, Log: log, LookupEnv: flags.access.lookupEnv, EnvNames: flags.access.envNames,
		Limits: core.Limits{Memory: int64(flags.memory)}, Modules: moduleFiles(name, flags.access.Sandbox),
	}
	if flags.access.Sandbox {
		host.Limits.Output = sandboxOutput
	}
	if flags.access.Explain {
		r := newRecord(name)
		host.Used = r.see
		defer func() { _, _ = io.WriteString(p.stderr, r.explain(rt.Specs())) }()
	}
	var unheard core.Failures
	host.Failed = unheard.Add
	vm := rt.Open(host)
	defer vm.Close()
	vm.SetArgs(name, args)
	err = vm.Run(ctx, chunk, args...)
	if left := vm.Unfinished(); left != nil && err == nil {
		log.Warn(left.Error())
	}
	if interrupt, ok := errors.AsType[*check.Interrupt](err); ok && interrupt.Signal == "SIGTERM" && vm.Drained() {
		err = nil // told to go, and all that drains has
	}
	if err == nil && unheard.First() != nil {
		return command.Status(1) // the log has said why
	}
	return p.scriptStatus(err)
}

// moduleFiles says where a script finds modules that are files; one in a sandbox finds none.
func moduleFiles(script string, sandbox bool) core.ModuleFiles {
	if sandbox {
		return core.ModuleFiles{}
	}
	return core.ModuleFiles{Folder: filepath.Dir(script), Folders: moduleFolders()}
}

// moduleFolders are ./modules and those of $ASSAY_MODULES_PATH, or ~/.assay/modules.
func moduleFolders() []string {
	folders := []string{"modules"}
	if path := os.Getenv("ASSAY_MODULES_PATH"); path != "" {
		return append(folders, filepath.SplitList(path)...)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return folders // a user without a home has no modules there
	}
	return append(folders, filepath.Join(home, ".assay", "modules"))
}

// scriptStatus prints why a script failed and gives its exit code.
func (p *program) scriptStatus(err error) error {
	if err == nil {
		return nil
	}
	if exit, ok := errors.AsType[*core.Exit](err); ok {
		return command.ExitWith(exit.Status & 0xff)
	}
	command.PrintError(p.stderr, withRoom(err))
	if interrupt, ok := errors.AsType[*check.Interrupt](err); ok {
		return command.Status(interrupt.Code)
	}
	return command.Status(1)
}

// hinted is an error that a flag would have prevented.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// Hint names the flag.
func (h hinted) Hint() string { return h.hint }

// withRoom tells which flag gives a script more of what it has used up.
func withRoom(err error) error {
	limit, ok := errors.AsType[*core.LimitError](err)
	if !ok || limit.Memory == 0 {
		return err
	}
	more := command.Size(2 * limit.Memory)
	return hinted{err, "if the script needs it all at a time, give it more: --memory " + more.String()}
}

// untilTimeout bounds a script's time.
func untilTimeout(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, limit, timeLimit(limit))
}

func timeLimit(limit time.Duration) error { return fmt.Errorf("time limit of %s exceeded", limit) }
