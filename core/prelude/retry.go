package prelude

import (
	"context"
	"errors"
	"fmt"

	"assay.rs/core"
	"assay.rs/core/retry"
	"assay.rs/core/spec"
)

func retryFunc() core.Func {
	return core.Fn2(core.Doc{
		Name: "retry",
		Text: "Calls fn again until it no longer raises. It gives what fn returned, or raises fn's last error, with its code and hint and the number of attempts. " +
			"An error that is a table is raised as it is.",
		Needs: core.Clock | core.Wait, Level: core.Check,
		Examples: []string{
			"local n = 0\nlocal answer = retry(function()\n  n = n + 1\n  assert.ge(n, 3, \"not yet\")\n  return \"ready\"\nend, {attempts = 5, initial = 0.001})\nassert.eq(answer, \"ready\")",
			"local e = assert.raises(function()\n  retry(function() error({status = 404}) end, {on = function(e) return e.status >= 500 end})\nend)\nassert.eq(e.status, 404)",
		},
	},
		core.Arg("fn", core.CallbackType(nil, spec.Return{Type: spec.Type{Kind: spec.Scalar, Name: "any"}, Text: "What retry gives.", Rest: true}), "What to try. It passes when it does not raise."),
		core.Opt("options", core.RetryOptions(), core.DefaultRetry(), "How often, how far apart and after which errors."),
		core.ReturnsAll("What fn returned."), retryCall)
}

func retryCall(c core.Call, fn core.Callback, options core.Retry) ([]core.Value, error) {
	var values []core.Value
	var last *FailedAssertion
	made := core.Local[assertions](c)
	_, err := options.Do(c, func(context.Context, int) (err error) {
		values, err = fn.Call(c)
		last = made.answer(err)
		return err
	})
	if err != nil && last != nil {
		made.note(last)
	}
	var gaveUp *retry.Failure
	if !errors.As(err, &gaveUp) {
		return values, err
	}
	return nil, lastError(gaveUp)
}

// lastError is what retry raises: the last error as it was, with the number of attempts in its text.
func lastError(f *retry.Failure) error {
	script, ok := f.Last.(*core.ScriptError) //nolint:errorlint // Callback.Call gives it bare
	if !ok {
		return f
	}
	if f.Attempts == 1 && f.Reason == retry.NotRetried {
		return script
	}
	suffix := attempts(f)
	if b := script.Builtin; b != nil {
		e := core.WithHint(b, b.Hint)
		e.Code, e.Op, e.Bare, e.Message = b.Code, b.Op, b.Bare, b.Message+suffix
		return e
	}
	if v := script.Value(); v.Kind() == core.KindString {
		return core.Raise(core.TextValue(script.Message + suffix))
	}
	return script
}

// attempts is " (after 3 attempts: max_elapsed of 5s reached)".
func attempts(f *retry.Failure) string {
	noun := "attempts"
	if f.Attempts == 1 {
		noun = "attempt"
	}
	why := ""
	switch f.Reason {
	case retry.DeadlineReached:
		why = fmt.Sprintf(": no time for another within %s", f.Limit)
	case retry.ElapsedReached:
		why = fmt.Sprintf(": max_elapsed of %s reached", f.Limit)
	case retry.Cancelled:
		why = ": cancelled"
	case retry.Exhausted, retry.NotRetried:
		if f.Passed > 0 {
			why = fmt.Sprintf(": %d of %d passing attempts in a row", f.Passed, f.Wanted)
		}
	}
	return fmt.Sprintf(" (after %d %s%s)", f.Attempts, noun, why)
}
