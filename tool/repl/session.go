package repl

import (
	"context"
	"fmt"
	"io"
	"strings"

	"assay.rs/core"
	"assay.rs/core/inspect"
	"assay.rs/core/luadoc"
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

// chunkName is what positions in errors begin with.
const chunkName = "repl"

// Session is one VM in which one text after the other is run. What one sets in a variable, global or local to the
// text, the next ones see; tasks that one starts go on.
type Session struct {
	rt   *core.Runtime
	host core.Host
	vm   *core.VM
	out  io.Writer
}

// Open makes a session that prints to the host's Stdout. It must be closed.
func Open(modules []core.Module, policy core.Policy, host core.Host) (*Session, error) {
	rt, err := core.New(core.Config{Modules: modules, Policy: policy})
	if err != nil {
		return nil, err
	}
	s := &Session{rt: rt, host: host, out: host.Stdout}
	return s, s.start()
}

func (s *Session) start() error {
	s.vm = s.rt.Open(s.host)
	s.vm.SetArgs(chunkName, nil)
	return s.vm.Do(context.Background(), func(c core.Call) error {
		c.Hold(c.BindAll)
		return nil
	})
}

// Reset ends what still runs and begins anew, with none of the variables.
func (s *Session) Reset() error {
	s.vm.Close()
	return s.start()
}

// Close ends what still runs.
func (s *Session) Close() { s.vm.Close() }

// Kind is what a text is.
type Kind int

// The kinds of texts.
const (
	Statement  Kind = iota // to be run, or to be reported as wrong
	Expression             // to be run and its values printed
	Unfinished             // more is to come
)

// Judge tells what a text is.
func Judge(source string) Kind {
	asValue := syntax.Parse("return " + source).Errors
	if len(asValue) == 0 {
		return Expression
	}
	if unfinished(asValue) || unfinished(syntax.Parse(source).Errors) {
		return Unfinished
	}
	return Statement
}

// unfinished tells whether all that is wrong is that the text ends too early.
func unfinished(errs []syntax.Error) bool {
	if len(errs) != 1 {
		return false
	}
	message := errs[0].Message
	// A block without an end is reported where its indentation ends.
	return strings.HasSuffix(message, "got end of file") || strings.Contains(message, "' to close '") && strings.Contains(message, ", before line ") ||
		strings.HasPrefix(message, "unfinished long string") || strings.HasPrefix(message, "unfinished comment")
}

// Run runs a text until ctx ends, and prints the values of an expression. The error is as [core.Compile] or
// [core.VM.Do] gives it.
func (s *Session) Run(ctx context.Context, source string) error {
	if Judge(source) == Expression {
		source = "return " + source
	} else {
		source = lasting(source)
	}
	chunk, err := core.Compile(chunkName, []byte(source))
	if err != nil {
		return err
	}
	return s.vm.Do(ctx, func(c core.Call) error {
		var main core.Callback
		c.Hold(func() { main = c.Load(chunk) })
		values, err := main.Call(c)
		if err != nil || len(values) == 0 {
			return err
		}
		texts := make([]string, len(values))
		c.Hold(func() {
			for i := 0; i < len(values) && err == nil; i++ {
				texts[i], err = inspect.Show(c, values[i])
			}
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.out, strings.Join(texts, "\t"))
		return err
	})
}

// Explain writes what is known of a builtin, as assay doc does; of a variable, what is known of its kind of value.
func (s *Session) Explain(w io.Writer, name string, width int) error {
	lua, err := luadoc.Specs()
	if err != nil {
		return err
	}
	specs := luadoc.Join(s.rt.Specs(), lua)
	entry, err := spec.Lookup(specs, name)
	if err != nil {
		ofValue, known := s.ofValue(name)
		if !known {
			return err
		}
		if entry, err = spec.Lookup(specs, ofValue); err != nil {
			return err
		}
	}
	return spec.Terminal(w, entry, width, false)
}

// ofValue turns the path of a variable, such as "answer:json", into a name of the documentation: "http.Response:json".
func (s *Session) ofValue(path string) (name string, known bool) {
	value, _ := s.value(path)
	if class, ok := documentedAs(value); ok {
		return class, true
	}
	at := strings.LastIndexAny(path, ".:")
	if at <= 0 {
		return "", false
	}
	value, _ = s.value(path[:at])
	class, ok := documentedAs(value)
	return class + path[at:], ok
}

func documentedAs(v core.Value) (string, bool) {
	switch v.Kind() {
	case core.KindString:
		return "string", true
	case core.KindObject:
		return v.TypeName(), true
	default:
		return "", false
	}
}

// value is what stands at a path such as "a.b" from the globals on, without a metamethod.
func (s *Session) value(path string) (v core.Value, known bool) {
	err := s.vm.Do(context.Background(), func(c core.Call) error {
		c.Hold(func() { v, known = at(c, path) })
		return nil
	})
	return v, known && err == nil
}

// at is value for who holds the baton.
func at(c core.Call, path string) (core.Value, bool) {
	value := c.Globals().Value()
	for part := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' || r == ':' }) {
		t, ok := value.Table()
		if !ok {
			return core.Value{}, false
		}
		value = t.Get(part)
	}
	return value, true
}
