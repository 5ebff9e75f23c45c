package core

import (
	"context"
	"errors"
	"time"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/retry"
	"assay.rs/core/spec"
)

// Retry is what a script wants tried again, and how often.
type Retry struct {
	Policy retry.Policy // valid; without When
	Decide Callback     // set when the script decides by a function of its own
}

// DefaultRetry is [retry.Default]: the value for an option table that is left out.
func DefaultRetry() Retry { return Retry{Policy: retry.Default()} }

// RetryOptions is the option table of retry(), which is also what every option called retry takes.
// Keys left out have the values of [DefaultRetry]. A policy that is not valid is an argument error.
func RetryOptions() Type[Retry] {
	options := Record("retry.Options", "How often, how far apart and after which errors something is tried again.", retryKeys()...)
	read := options.from
	options.from = func(t *thread, v lua.LValue, def Retry) (Retry, error) {
		if def.Policy.Attempts == 0 {
			def = DefaultRetry()
		}
		r, err := read(t, v, def)
		if err != nil {
			return r, err
		}
		if err := r.Policy.Validate(); err != nil {
			return r, optionError{err}
		}
		return r, nil
	}
	return options
}

func retryKeys() []Key[Retry] {
	return []Key[Retry]{
		NewKey("attempts", Int(), func(r *Retry) *int { return &r.Policy.Attempts },
			"How often to try in total.").Default("4"),
		NewKey("strategy", named(retry.Strategies()), func(r *Retry) *retry.Strategy { return &r.Policy.Strategy },
			"How the waits grow: by `initial` each time, not at all, or by `factor`.").Default(`"linear"`),
		NewKey("initial", Duration(), func(r *Retry) *time.Duration { return &r.Policy.Initial },
			"The first wait, in seconds.").Default("1"),
		NewKey("factor", Number(), func(r *Retry) *float64 { return &r.Policy.Factor },
			"What each wait is multiplied with when the strategy is exponential.").Default("2"),
		NewKey("max", Duration(), func(r *Retry) *time.Duration { return &r.Policy.Max },
			"The longest wait; 0 is no bound.").Default("30"),
		NewKey("jitter", Bool(), func(r *Retry) *bool { return &r.Policy.Jitter },
			"Shorten each wait at random, by half at most.").Default("true"),
		NewKey("max_elapsed", Duration(), func(r *Retry) *time.Duration { return &r.Policy.MaxElapsed },
			"No wait ends later than this many seconds after the start; 0 is no bound.").Default("0"),
		retryOn(),
		NewKey("successes", Int(), func(r *Retry) *int { return &r.Policy.Successes },
			"How many attempts must pass in a row.").Default("1"),
	}
}

var errNoClass = errors.New("name at least one class of errors")

// retryOn is the key on: a class, an array of classes, or a function that decides.
func retryOn() Key[Retry] {
	class := named(retry.Classes())
	classes := ListOf(class)
	decide := CallbackType(
		[]spec.Param{{Name: "err", Type: scalar("any"), Text: "What was raised."}},
		spec.Return{Type: scalar("boolean"), Text: "Whether to try again."})
	return Key[Retry]{
		option: &option{field: spec.Field{
			Name: "on",
			Type: spec.Type{Kind: spec.Union, Of: []spec.Type{class.spec, classes.spec, decide.spec}},
			Text: "The kinds of errors to try again after, or a function that gets the error and decides. " +
				"Without it every error is retried.",
		}},
		read: func(t *thread, v lua.LValue, r *Retry) (err error) {
			switch v.(type) {
			case *lua.LFunction:
				r.Decide, err = decide.from(t, v, Callback{})
			case *lua.LTable:
				r.Policy.On, err = classes.from(t, v, nil)
				if err == nil && len(r.Policy.On) == 0 {
					err = errNoClass
				}
			case lua.LString:
				var one retry.Class
				one, err = class.from(t, v, "")
				r.Policy.On = []retry.Class{one}
			default:
				err = mismatch("class, array of classes or function", v)
			}
			return err
		},
		write: func(t *thread, r *Retry) lua.LValue {
			if !r.Decide.IsZero() {
				return decide.to(t, r.Decide)
			}
			return classes.to(t, r.Policy.On)
		},
	}
}

// Do runs try as [retry.Do] does, until the task of c ends at the latest, and asks the script's own
// function where it gave one. What that function raises ends the attempts and is the error. It must be
// called on the goroutine that runs the body, and the body must be one that waits.
func (r Retry) Do(c Call, try func(ctx context.Context, attempt int) error) (retry.Result, error) {
	policy := r.Policy
	var raised error
	if !r.Decide.IsZero() {
		policy.When = func(err error) bool {
			var again bool
			again, raised = r.decide(c, err)
			return again
		}
	}
	result, err := retry.Do(c.clockContext(), policy, c.Clock(), try)
	if raised != nil {
		err = raised
	}
	return result, err
}

func (r Retry) decide(c Call, err error) (bool, error) {
	task := c.t.task
	if !task.held {
		task.take()
		defer func() { c.t.task.give() }() // by then it may be another: see enterGhost
	}
	results, raised := r.Decide.Call(c, Value{c.t.raised(c.b, err)})
	return raised == nil && len(results) > 0 && results[0].Truthy(), raised
}

// named is one of the values, as the Go type that names them.
func named[S ~string](values []S) Type[S] {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	enum := Enum(names...)
	return Type[S]{
		shape: &shape{spec: enum.spec},
		from: func(t *thread, v lua.LValue, _ S) (S, error) {
			s, err := enum.from(t, v, "")
			return S(s), err
		},
		to: func(_ *thread, s S) lua.LValue { return lua.LString(s) },
	}
}
