package core

import (
	"errors"
	"fmt"
	"strings"

	"assay.rs/core/retry"
)

// Code names a kind of error that a script can act on: it reads e.code. The part after the last dot, or
// else the one before the first, is the class that retry knows ("connect", "dns", "tls", "timeout",
// "limit", "assert"); any other code is of the class "error".
type Code struct {
	name, text string
}

// NewCode makes the code name, such as "http.timeout"; text says when it is raised.
func NewCode(name, text string) *Code { return &Code{name: name, text: text} }

// Name is what a script compares e.code with.
func (c *Code) Name() string { return c.name }

// Text says when the code is raised.
func (c *Code) Text() string { return c.text }

// With gives err this code; hint, if not empty, tells a person what to do.
func (c *Code) With(err error, hint string) *Error {
	return &Error{Code: c, Message: err.Error(), Hint: hint, cause: err}
}

// Errorf makes an error with this code.
func (c *Code) Errorf(format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: c, Message: err.Error(), cause: errors.Unwrap(err)}
}

// Error is an error of a builtin. In Lua it is a value with code, message and hint.
type Error struct {
	Code    *Code // nil when a script can do nothing about it
	Message string
	Hint    string // what a person can do, or empty
	Op      string // the builtin: "http.get"; set when the error is raised
	Bare    bool   // the message stands alone, without Op before it
	Where   string // the script's position: "verify.lua:3"; set when the error is raised
	cause   error
}

// Error reads "http.get: dial tcp 10.0.0.1:80: connection refused".
func (e *Error) Error() string {
	if e.Op == "" || e.Bare {
		return e.Message
	}
	return e.Op + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.cause }

// RetryClasses tells the retry engine what kind of failure this is.
func (e *Error) RetryClasses() []retry.Class {
	var inner interface{ RetryClasses() []retry.Class }
	if e.cause != nil && errors.As(e.cause, &inner) {
		return inner.RetryClasses()
	}
	if e.Code != nil {
		parts := strings.Split(e.Code.name, ".")
		for _, part := range []string{parts[len(parts)-1], parts[0]} {
			switch class := retry.Class(part); class {
			case retry.Connect, retry.DNS, retry.TLS, retry.Timeout, retry.Limit, retry.Assert:
				return []retry.Class{class}
			default:
			}
		}
	}
	return []retry.Class{retry.Error}
}

// WithHint is err, with the code that it may have, that also tells a person what to do.
func WithHint(err error, hint string) *Error {
	e := &Error{Message: err.Error(), Hint: hint, cause: err}
	if coded, ok := errors.AsType[*Error](err); ok {
		e.Code = coded.Code
	}
	return e
}

// ScriptError is a script that ended by raising.
type ScriptError struct {
	Message   string // what was raised, as tostring shows it
	Hint      string
	Traceback string // lines of the script, innermost first
	Builtin   *Error // set when a builtin raised it, rather than error() or the VM
	value     Value
}

// Raise is the error of a body that raises v as it is, with no position and no code, as error(v, 0) does.
func Raise(v Value) *ScriptError {
	e := &ScriptError{value: v}
	var isText bool
	if e.Message, isText = v.Text(); !isText {
		e.Message = describeRaised(v.lua())
	}
	if builtin, ok := v.Error(); ok {
		e.Builtin, e.Hint = builtin, builtin.Hint
	}
	return e
}

func (e *ScriptError) Error() string { return e.Message }

// Value is what was raised; it may be looked into while the VM is open.
func (e *ScriptError) Value() Value { return e.value }

func (e *ScriptError) Unwrap() error {
	if e.Builtin == nil {
		return nil
	}
	return e.Builtin
}

// RetryClasses takes what a script raises by itself for an assertion about the world.
func (e *ScriptError) RetryClasses() []retry.Class {
	if e.Builtin != nil {
		return e.Builtin.RetryClasses()
	}
	return []retry.Class{retry.Assert}
}

// Interrupted is a script that was stopped from outside: by a deadline, a signal or a limit.
// It unwraps to the cause.
type Interrupted struct {
	Cause     error
	Traceback string // where the script was
}

func (e *Interrupted) Error() string { return e.Cause.Error() }
func (e *Interrupted) Unwrap() error { return e.Cause }

// Exit is a script that called os.exit.
type Exit struct{ Status int }

func (e *Exit) Error() string { return fmt.Sprintf("exit status %d", e.Status) }
