package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Call is all a body sees of the runtime. It is valid until the body returns.
type Call struct {
	t *thread
	b *builtin
}

// Context ends when the task is cancelled or out of time.
func (c Call) Context() context.Context {
	if ctx := c.t.L.Context(); ctx != nil && c.t.task == c.t.vm.foreign {
		return ctx
	}
	return c.t.context()
}

// Log is where log records go.
func (c Call) Log() *slog.Logger { return c.t.vm.host.Log }

// Stdout is where a script prints, or nil when what it prints belongs in the log.
func (c Call) Stdout() io.Writer { return c.t.vm.host.Stdout }

// Stdin is the standard input, empty where there is none.
func (c Call) Stdin() io.Reader {
	if c.t.vm.host.Stdin == nil {
		return strings.NewReader("")
	}
	return c.t.vm.host.Stdin
}

// Stderr is the standard error output, for what is not a log record.
func (c Call) Stderr() io.Writer {
	if c.t.vm.host.Stderr == nil {
		return io.Discard
	}
	return c.t.vm.host.Stderr
}

// Env is the value of an environment variable, as far as the script may see it.
func (c Call) Env(name string) (string, bool) { return c.t.vm.env.lookup(name) }

// SetEnv sets an environment variable for the script, or with nil removes it.
func (c Call) SetEnv(name string, value *string) { c.t.vm.env.set(name, value) }

// EnvNames lists the environment variables that the script may see.
func (c Call) EnvNames() []string { return c.t.vm.env.names() }

// Dialer makes connections that the policy permits; the address it asks about is the resolved one.
func (c Call) Dialer() Dialer { return Dialer{&c.t.vm.rt.policy, c.t.vm.host.Used} }

// Restricted tells whether the policy limits connections, so that proxies and unix sockets, which would
// get around it, are not used.
func (c Call) Restricted() bool { return c.t.vm.rt.policy.Address != nil }

// Level is what the script may use: a check, or a sandbox, has less than a script.
func (c Call) Level() Level { return c.t.vm.rt.policy.Level }

// Own closes what a body opened when its task ends, unless the closer was disowned before.
func (c Call) Own(closer io.Closer) { c.t.task.own(closer) }

// Disown forgets a closer that the body has closed itself.
func (c Call) Disown(closer io.Closer) { c.t.task.disown(closer) }

// Exit ends the script, as os.exit does, with an exit status.
func (c Call) Exit(status int) error {
	err := &Exit{Status: status}
	c.t.vm.stop(err)
	if outlives := c.t.task.outlives; outlives != nil {
		outlives.stop(err)
	}
	c.t.task.cancel(err) // now, so that no pcall around it goes on
	return err
}

// Dropped tells whether the call is a statement: nobody sees what it gives. It needs the baton.
func (c Call) Dropped() bool {
	return c.t.task != c.t.vm.foreign && inside(c.t.L).currentFrame.NRet == 0
}

// Integer makes an integer, exact beyond 2^53 too. It needs the baton.
func (c Call) Integer(n int64) Value { return Value{c.t.vm.integer(n)} }

// Value converts Go data to Lua: nil, bool, string, []byte, integers, floats, []any, map[string]any,
// Value. It needs the baton.
func (c Call) Value(data any) (Value, error) {
	v, err := c.t.vm.fromGo(data, 0)
	return Value{v}, err
}

func (vm *VM) fromGo(data any, depth int) (lua.LValue, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	switch data := data.(type) {
	case nil:
		return lua.LNil, nil
	case bool:
		return lua.LBool(data), nil
	case string:
		return lua.LString(data), nil
	case []byte:
		return lua.LString(data), nil
	case int:
		return vm.integer(int64(data)), nil
	case int64:
		return vm.integer(data), nil
	case float64:
		return lua.LNumber(data), nil
	case Value:
		return data.lua(), nil
	case []any:
		return vm.arrayFromGo(data, depth)
	case map[string]any:
		t := vm.L.CreateTable(0, len(data))
		for key, item := range data {
			v, err := vm.fromGo(item, depth+1)
			if err != nil {
				return nil, err
			}
			t.RawSetString(key, v)
		}
		return t, nil
	}
	return nil, fmt.Errorf("a Go %T has no form in Lua", data)
}

func (vm *VM) arrayFromGo(items []any, depth int) (lua.LValue, error) {
	t := vm.newArray(len(items))
	for i, item := range items {
		v, err := vm.fromGo(item, depth+1)
		if err != nil {
			return nil, err
		}
		t.RawSetInt(i+1, v)
	}
	(Call{&thread{vm: vm}, nil}).SetLen(Table{t}, len(items))
	return t, nil
}

// leave starts a body: it gives the baton away for one that may wait.
func (c Call) leave() {
	if used := c.t.vm.host.Used; used != nil {
		used(Use{Kind: UseBuiltin, Name: c.b.name})
	}
	if c.b.gives {
		c.t.task.give()
	}
}

// errInternal is a mistake of a builtin, not of the script.
func errInternal(value any) error {
	return WithHint(fmt.Errorf("internal error: %v", value), "this is a defect of the builtin: please report it")
}

// settle takes the baton back after a body and turns its panic into an error. It must be deferred.
func (c Call) settle(err *error) {
	if !c.t.task.held {
		c.t.task.take()
	}
	c.t.land()
	switch value := recover().(type) {
	case nil:
	case *lua.ApiError:
		panic(value)
	default:
		c.Log().Error("internal error", "builtin", c.b.name, "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
		*err = errInternal(value)
	}
}

// raise ends the builtin b with err. A script's own error passes through as it was.
func (t *thread) raise(b *builtin, err error) {
	level := 1
	if script, ok := err.(*ScriptError); ok { //nolint:errorlint // a wrapped one is an error of the builtin
		level = 0
		t.carried = script
	}
	raised := t.raised(b, err)
	if t.task == t.vm.foreign && t.vm.uncaught(t.L) {
		if s, ok := text(raised); ok {
			raised = lua.LString(s)
		}
	}
	t.L.Error(raised, level)
}

// raised is err as the value that a script catches when b fails with it. It needs the baton.
func (t *thread) raised(b *builtin, err error) lua.LValue {
	if script, ok := err.(*ScriptError); ok { //nolint:errorlint // a wrapped one is an error of the builtin
		return script.value.lua()
	}
	raised := &Error{Message: err.Error(), cause: err}
	if e, ok := errors.AsType[*Error](err); ok {
		raised.Code, raised.Hint, raised.Bare = e.Code, e.Hint, e.Bare
	}
	if e, ok := err.(*Error); ok { //nolint:errorlint // a wrapped one has a message of its own
		raised.Message, raised.Op = e.Message, e.Op
	}
	if b != nil && raised.Op == "" {
		raised.Op = b.name
	}
	raised.Where = t.where()
	if seen := t.vm.host.Raised; seen != nil {
		seen(raised)
	}
	return t.vm.errorValue(raised)
}
