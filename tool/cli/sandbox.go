package cli

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"assay.rs/check"
	"assay.rs/check/command"
)

const (
	sandboxOutput = 16 << 20         // bytes that a sandboxed script may print and log
	sandboxTime   = 30 * time.Second // how long a sandboxed script may run unless --timeout says otherwise
	sandboxedName = "sandboxed"      // the command of the process inside
)

// job is what the process of the sandbox is told to do.
type job struct {
	Name    string
	Source  []byte
	Args    []string
	Timeout time.Duration
	Memory  int64
	Access  access
}

// verdict is how the process of the sandbox says that it came to its end by itself.
type verdict struct{ Code int }

func (j job) flags() *scriptFlags {
	return &scriptFlags{timeout: command.Limit(j.Timeout), memory: command.Size(j.Memory), access: j.Access}
}

// sandboxJob is what to run in a sandbox. Without limits there is none.
func sandboxJob(name string, source []byte, args []string, flags *scriptFlags) (job, error) {
	j := job{Name: name, Source: source, Args: args, Timeout: time.Duration(flags.timeout), Memory: int64(flags.memory), Access: flags.access}
	switch {
	case j.Memory == 0:
		return j, &usageError{message: "--sandbox needs a memory limit", hint: "raise it with --memory 1GB"}
	case flags.changed("timeout") && j.Timeout <= 0:
		return j, &usageError{message: "--sandbox needs a time limit", hint: "raise it with --timeout 1h"}
	case j.Timeout == 0:
		j.Timeout = sandboxTime
	}
	return j, nil
}

// sandboxedCommand is what a process of the sandbox runs as. Its file descriptors are those that the
// process outside has prepared.
func (p *program) sandboxedCommand() *cobra.Command {
	return &cobra.Command{
		Use:    sandboxedName,
		Short:  "Run a script as assay --sandbox asks for it; of no use by itself",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			order, logs, report, err := inherited()
			if err != nil {
				return &usageError{message: sandboxedName + " is how assay --sandbox starts itself", hint: "use assay --sandbox script.lua"}
			}
			var j job
			if err := json.NewDecoder(order).Decode(&j); err != nil {
				return err
			}
			_ = order.Close() // it was only read
			if err := enclose(j.Memory); err != nil {
				return err
			}
			inside := &program{of: p.of, stdout: p.stdout, stderr: logs, log: p.log}
			code := exitCode(inside.stderr, inside.runScript(cmd.Context(), j.Name, j.Source, j.Args, j.flags()))
			if err := json.NewEncoder(report).Encode(verdict{code}); err != nil {
				return err
			}
			return command.ExitWith(code)
		},
	}
}

// exitCode prints what has not been printed of err and gives the exit code for it.
func exitCode(stderr io.Writer, err error) int {
	var exit command.Status
	switch {
	case err == nil:
		return check.ExitPassed
	case errors.As(err, &exit):
		return int(exit)
	default:
		command.PrintError(stderr, err)
		return check.ExitUsage
	}
}
