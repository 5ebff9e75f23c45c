package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay.rs/core/nearest"
)

// usageError is a mistake on the command line with its remedy.
type usageError struct {
	cause error
	hint  string
}

func (e *usageError) Error() string { return e.cause.Error() }
func (e *usageError) Unwrap() error { return e.cause }

// Hint says what to do about it.
func (e *usageError) Hint() string { return e.hint }

// FlagError tells what was likely meant by a flag that cannot be read. Give it to the root with SetFlagErrorFunc.
func FlagError(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(cmd, err, unknown)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		name := "--" + invalid.GetFlag().Name
		switch invalid.GetFlag().Value.Type() {
		case "duration":
			if _, wrong := time.ParseDuration(invalid.GetValue() + "s"); wrong == nil {
				return &usageError{err, fmt.Sprintf("a time has its unit: %s %ss", name, invalid.GetValue())}
			}
		case "size":
			return &usageError{err, fmt.Sprintf("a size has its unit: %s 64MB", name)}
		}
	}
	if bare, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return &usageError{err, fmt.Sprintf("write it like --%s %s", bare.GetFlag().Name, strings.ToUpper(bare.GetFlag().Value.Type()))}
	}
	return err
}

func unknownFlag(cmd *cobra.Command, err error, unknown *pflag.NotExistError) error {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if unknown.GetSpecifiedShortnames() == "" {
		if near, ok := nearest.Name(unknown.GetSpecifiedName(), names); ok {
			return &usageError{err, "did you mean --" + near + "?"}
		}
	}
	return &usageError{err, cmd.CommandPath() + " --help lists the flags"}
}
