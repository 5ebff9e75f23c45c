package core

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"assay.rs/core/retry"
)

// retryModule is a builtin with the option retry, as mod-http has it.
func retryModule(got *Retry, err func() error) Module {
	type options struct{ retry *Retry }
	record := Record("kit.Options", "Options.",
		NewKey("retry", Nullable(RetryOptions()), func(o *options) **Retry { return &o.retry }, "How to retry."))
	return Module{Name: "try", Funcs: []Func{Fn1(
		Doc{Name: "run", Text: "Tries.", Needs: Wait, Level: Check},
		Arg("options", record, "Options."), Returns(Int(), "How many attempts were made."),
		func(c Call, o options) (int, error) {
			*got = *o.retry
			result, err := o.retry.Do(c, func(context.Context, int) error { return err() })
			return result.Attempts, err
		})}}
}

func TestRetryOptions(t *testing.T) {
	var got Retry
	module := retryModule(&got, func() error { return nil })
	script := `try.run{retry = {attempts = 7, strategy = "exponential", initial = "5ms", factor = 3, max = 1.5,
		jitter = false, max_elapsed = 60, on = {"connect", "5xx"}, successes = 2}}`
	if _, err := runScript(t, t.Context(), script, module); err != nil {
		t.Fatal(err)
	}
	p := got.Policy
	if p.Attempts != 7 || p.Strategy != retry.Exponential || p.Initial != 5*time.Millisecond || p.Factor != 3 || p.Max != 1500*time.Millisecond ||
		p.Jitter || p.MaxElapsed != time.Minute || len(p.On) != 2 || p.On[1] != retry.Status5xx || p.Successes != 2 {
		t.Errorf("policy = %+v", p)
	}
	if _, err := runScript(t, t.Context(), `try.run{retry = {}}`, module); err != nil {
		t.Fatal(err)
	}
	if p, want := got.Policy, retry.Default(); p.Attempts != want.Attempts || p.Initial != want.Initial || p.Jitter != want.Jitter || p.On != nil {
		t.Errorf("policy of an empty table = %+v, want %+v", p, want)
	}
}

func TestRetryOptionsOfAnotherBuiltin(t *testing.T) {
	code := NewCode("try.refused", "Refused.")
	refused := func() error { return code.With(errors.New("connection refused"), "look for it") }
	for _, tt := range []struct{ name, options, want string }{
		{"a class that is not its", `{attempts = 3, initial = 0, on = "timeout"}`, "try.run: connection refused"},
		{"all classes", `{attempts = 3, initial = 0}`, "try.run: after 3 attempts: connection refused"},
		{
			"a function", `{attempts = 3, initial = 0, on = function(e) print(e, e.code, e.hint) return e.code == "try.refused" end}`,
			"try.run: after 3 attempts: connection refused",
		},
		{"a function that raises", `{initial = 0, on = function(e) error("oops", 0) end}`, "oops"},
		{"a function that waits", `{attempts = 2, initial = 0, on = function(e) sleep(0.001) return true end}`, "try.run: after 2 attempts: connection refused"},
		{"attempts out of range", `{attempts = 0}`, "try.run: option 'retry': attempts must be at least 1, got 0"},
		{"unknown key", `{atempts = 1}`, "try.run: option 'retry': unknown option 'atempts': did you mean 'attempts'?"},
		{"no table", `3`, "try.run: option 'retry': table expected, got number"},
		{"strategy", `{strategy = 1}`, "try.run: option 'retry': option 'strategy': one of linear, constant, exponential expected, got number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got Retry
			out, err := runScript(t, t.Context(), `try.run{retry = `+tt.options+`}`, retryModule(&got, refused))
			if err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
			if want := "try.run: connection refused\ttry.refused\tlook for it"; tt.name == "a function" && !strings.Contains(out, want) {
				t.Errorf("the function printed %q, want %q", out, want)
			}
		})
	}
}

func TestLocal(t *testing.T) {
	type counter struct{ n int }
	count := Module{Funcs: []Func{Fn0(Doc{Name: "count", Text: "Counts.", Needs: Pure, Level: Check}, Returns(Int(), "The count."),
		func(c Call) (int, error) {
			kept := Local[counter](c)
			kept.n++
			return kept.n, nil
		})}}
	for range 2 {
		got, err := runScript(t, t.Context(), `count() print(count(), spawn(count):await())`, count)
		if want := "2\t3"; got != want || err != nil {
			t.Errorf("output = %q, error %v, want %q", got, err, want)
		}
	}
}
