package command

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"assay.rs/check"
)

// refuse reports a mistake on a command line that wanted to run checks: whoever reads the document or the verdict of a
// pod must find one.
func refuse(root *cobra.Command, args []string, err error) {
	path := meantFile(root, args, err)
	if path == "" {
		return
	}
	file := check.TerminationLog
	if cmd, _, found := root.Find(args); found == nil {
		if flag := cmd.Flags().Lookup("termination-log"); flag != nil {
			file = flag.Value.String()
		}
	}
	deliverRefusal(path, err, file, root.OutOrStdout(), root.ErrOrStderr())
}

// deliverRefusal hands over the report of checks that a mistake keeps from running. A person at a terminal has read it.
func deliverRefusal(path string, mistake error, terminationLog string, stdout, stderr io.Writer) {
	report := check.Refused(path, mistake)
	err := report.WriteTermination(terminationLog)
	if !isTerminal(stdout) {
		err = errors.Join(report.Write(stdout), err)
	}
	if err != nil {
		PrintError(stderr, err)
	}
}

// meantFile is the check file or folder that the command line is about, or empty.
func meantFile(root *cobra.Command, args []string, err error) string {
	var about interface{ CheckFile() string }
	if errors.As(err, &about) && about.CheckFile() != "" {
		return about.CheckFile()
	}
	if cmd, _, found := root.Find(args); found == nil && cmd != root && cmd.Name() != "check" {
		return ""
	}
	for _, arg := range args {
		switch strings.ToLower(filepath.Ext(arg)) {
		case ".yaml", ".yml":
			return arg
		case ".lua":
			return "" // what follows is the script's
		}
		if info, err := os.Stat(arg); err == nil && info.IsDir() {
			return arg
		}
	}
	return ""
}
