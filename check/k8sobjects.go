package check

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"assay.rs/check/kube"
)

// finding is what one object is found to be.
type finding struct {
	wrong  string // what is wrong, or ""
	final  bool   // waiting cannot mend it
	actual any    // what there is instead, for the document
	err    error  // it could not be judged
}

func wrong(format string, args ...any) finding { return finding{wrong: fmt.Sprintf(format, args...)} }

// assessAbsent passes when there is no such object, and when that is sure: a namespace that does not exist has none either.
func (t *k8sTarget) assessAbsent(ctx context.Context, o *Outcome) {
	n, terminating, err := t.present(ctx)
	if err == nil && n == 0 {
		err = t.sureOfNamespace(ctx)
	}
	if err != nil {
		o.Err = k8sError(ctx, err)
		return
	}
	message := ""
	if n > 0 {
		message = fmt.Sprintf("%s is absent%s (%s)", t, t.in(), found(n, terminating))
	}
	o.assess(Assertion{Expr: t.String() + " is absent", Passed: n == 0, Expected: 0, Actual: n}, message)
}

// present counts the objects, and how many of them are being deleted.
func (t *k8sTarget) present(ctx context.Context) (n, terminating int, err error) {
	count := func(object kube.Object) error {
		if n++; object.Terminating() {
			terminating++
		}
		return nil
	}
	if t.name == "" {
		err = t.cluster.List(ctx, t.kind, t.namespace, kube.Selection{Labels: t.selector, Metadata: true}, count)
		return n, terminating, err
	}
	object, err := t.cluster.Get(ctx, t.kind, t.namespace, t.name)
	if t.isAbsent(err) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	err = count(object)
	return n, terminating, err
}

func (t *k8sTarget) isAbsent(err error) bool {
	status, ok := errors.AsType[*kube.StatusError](err)
	return ok && status.Absent(t.name)
}

// sureOfNamespace is an error when the namespace does not exist, or when that cannot be told.
func (t *k8sTarget) sureOfNamespace(ctx context.Context) error {
	if !t.kind.Namespaced || !t.stated {
		return nil
	}
	err := t.cluster.Exists(ctx, t.namespace)
	status, refused := errors.AsType[*kube.StatusError](err)
	switch {
	case refused && status.Absent(t.namespace):
		return fmt.Errorf("the namespace %q does not exist, so nothing is known about %s", t.namespace, t)
	case err != nil:
		return fmt.Errorf("%s: none was found, but whether the namespace %q exists is not known: %w", t, t.namespace, err)
	}
	return nil
}

func found(n, terminating int) string {
	if terminating == 0 {
		return fmt.Sprintf("got %d", n)
	}
	return fmt.Sprintf("got %d, of which %d terminating", n, terminating)
}

// assessCount compares the number of objects. One that is being deleted is still there, and is not one to count on: both
// numbers must be as wanted.
func (t *k8sTarget) assessCount(ctx context.Context, o *Outcome, want counts) {
	n, terminating, err := t.present(ctx)
	passed := want.holds(n) && want.holds(n-terminating)
	if err == nil && n == 0 && passed {
		err = t.sureOfNamespace(ctx)
	}
	if err != nil {
		o.Err = k8sError(ctx, err)
		return
	}
	o.Value = n
	expr, message := fmt.Sprintf("count of %s %s", t, want.text), ""
	if !passed {
		message = fmt.Sprintf("%s%s (%s)", expr, t.in(), found(n, terminating))
	}
	o.assess(Assertion{Expr: expr, Passed: passed, Expected: want.text, Actual: n}, message)
}

// expression is what must be true of an object, for assertions.
func (e *k8sExpect) expression() string {
	switch {
	case e.rollout != "":
		return "rollout is complete"
	case e.condition.name != "":
		return "condition " + e.condition.String()
	case e.path != nil:
		return "jsonpath " + e.path.text
	case e.ready != "":
		return "is ready"
	}
	return "json"
}

// assessObjects judges the object, or each of the list. An empty list is wrong.
func (t *k8sTarget) assessObjects(ctx context.Context, o *Outcome, e *k8sExpect, failIf *expression) {
	j := &objectJudge{target: t, expect: e, failIf: failIf, outcome: o}
	err := j.all(ctx)
	if err != nil {
		o.Err = k8sError(ctx, err)
		return
	}
	expr := fmt.Sprintf("%s: %s", t, e.expression())
	switch {
	case j.seen == 0 && t.name != "":
		o.assess(Assertion{Expr: expr, Expected: true, Actual: nil}, fmt.Sprintf("%s does not exist%s", t, t.in()))
	case j.seen == 0:
		if err := t.sureOfNamespace(ctx); err != nil {
			if _, refused := errors.AsType[*kube.StatusError](err); !refused { // it is wrong anyhow
				o.Err = k8sError(ctx, err)
				return
			}
		}
		o.assess(Assertion{Expr: expr, Expected: "at least 1", Actual: 0}, fmt.Sprintf("there are no %s%s", t, t.in()))
	case j.bad == 0:
		if len(o.Assertions) == 0 {
			o.assess(Assertion{Expr: expr, Passed: true, Expected: true, Actual: true}, "")
		}
		return
	default:
		j.report(ctx, expr)
	}
}

// objectJudge judges objects one after the other, and keeps the first that is wrong.
type objectJudge struct {
	target    *k8sTarget
	expect    *k8sExpect
	failIf    *expression
	outcome   *Outcome
	seen, bad int
	object    kube.Object
	finding   finding
}

// all judges every object; the error is one that kept it from doing so.
func (j *objectJudge) all(ctx context.Context) error {
	t := j.target
	if t.name == "" {
		return t.cluster.List(ctx, t.kind, t.namespace, kube.Selection{Labels: t.selector}, func(o kube.Object) error { return j.one(ctx, o) })
	}
	object, err := t.cluster.Get(ctx, t.kind, t.namespace, t.name)
	if t.isAbsent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return j.one(ctx, object)
}

func (j *objectJudge) one(ctx context.Context, object kube.Object) error {
	j.seen++
	j.target.hideSecret(object)
	f := j.judge(ctx, object)
	if f.err == nil && f.wrong == "" && j.expect.image.Set() {
		f = j.runs(ctx, object)
	}
	if j.failIf != nil && f.err == nil {
		f = j.givenUp(ctx, object, f)
	}
	if f.err != nil {
		return f.err
	}
	// One that waiting cannot mend matters more than one that is merely late.
	if f.wrong != "" && (j.bad == 0 || f.final && !j.finding.final) {
		j.object, j.finding = object, f
	}
	if f.wrong != "" {
		j.bad++
	}
	return nil
}

// givenUp is what fail_if makes of what an object was found to be.
func (j *objectJudge) givenUp(ctx context.Context, object kube.Object, f finding) finding {
	err := j.failIf.failed(ctx, map[string]any(object), j.target.attempt)
	switch {
	case err == nil:
		return f
	case isFinal(err):
		return finding{wrong: err.Error(), final: true}
	}
	return finding{err: err}
}

// hideSecret keeps the values of a Secret out of every message.
func (t *k8sTarget) hideSecret(object kube.Object) {
	if t.kind.Kind != "Secret" || t.kind.Group != "" {
		return
	}
	data, _ := object.At("data").(map[string]any)
	for _, v := range data {
		if text, ok := v.(string); ok {
			t.attempt.Hide(text)
			if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
				t.attempt.Hide(string(plain))
			}
		}
	}
}

// judge judges one object. What it says of itself counts only when its controller has seen its present form.
func (j *objectJudge) judge(ctx context.Context, object kube.Object) finding {
	e := j.expect
	if object.Terminating() && !e.asksForDeletion() {
		return wrong("it is being deleted")
	}
	switch {
	case e.rollout != "":
		rollout := rolloutOf(j.target.kind)
		if rollout == nil {
			return finding{err: &kube.PermanentError{Message: fmt.Sprintf("%s has no rollout: deployments, statefulsets and daemonsets have; use 'condition', 'ready' or 'json'", j.target.kind)}}
		}
		return rollout(object, e.replicas)
	case e.ready != "":
		return j.ready(object)
	case e.condition.name != "":
		if f := standingStill(j.target.kind, object, e.replicas); f.wrong != "" && e.condition.status == "True" {
			return f
		}
		return conditionOf(j.target.kind, object, e.condition)
	}
	if f := unobserved(object, "status", "observedGeneration"); f.wrong != "" {
		return f
	}
	if e.path != nil {
		return j.path(object)
	}
	return j.jq(ctx, object)
}

// asksForDeletion tells whether an expression itself looks at whether the object is being deleted.
func (e *k8sExpect) asksForDeletion() bool {
	if e.path != nil {
		return strings.Contains(e.path.text, "deletionTimestamp")
	}
	for _, x := range e.json {
		if strings.Contains(x.text, "deletionTimestamp") {
			return true
		}
	}
	return false
}

// path compares the values at the path: all of them, and there must be one.
func (j *objectJudge) path(object kube.Object) finding {
	e, a := j.expect, j.target.attempt
	values := e.path.values(map[string]any(object))
	if len(values) == 0 {
		return wrong("there is nothing at %s", e.path.text)
	}
	if j.target.name != "" {
		j.outcome.Value = values[0]
		if len(values) > 1 {
			j.outcome.Value = values
		}
	}
	if !e.value.Set() {
		for _, v := range values {
			if v == "" {
				return wrong("the text at %s is empty", e.path.text)
			}
		}
		return finding{}
	}
	want, err := e.value.Expand(a.Captures)
	if err != nil {
		return finding{err: fmt.Errorf("jsonpath: %w", err)}
	}
	for _, v := range values {
		got, plain := plainText(v)
		if !plain {
			return wrong("%s leads to %s, which cannot be compared with a text: use 'json'", e.path.text, shown(v, a))
		}
		if got != want {
			f := wrong("%s=%s (got %s)", e.path.text, clip(a.Redact(want)), shown(v, a))
			f.actual = clip(a.Redact(got))
			return f
		}
	}
	return finding{}
}

// jq judges by expressions, whose assertions are those of the one object.
func (j *objectJudge) jq(ctx context.Context, object kube.Object) finding {
	var o Outcome
	for _, x := range j.expect.json {
		if !o.assessJQ(ctx, x, map[string]any(object), j.target.attempt) {
			return finding{err: o.Err}
		}
	}
	if j.target.name != "" {
		j.outcome.Assertions = o.Assertions
	}
	if o.Err != nil {
		return finding{wrong: o.Err.Error()}
	}
	return finding{}
}

// report says what is wrong with the first object, and why as far as the cluster tells.
func (j *objectJudge) report(ctx context.Context, expr string) {
	t, f := j.target, j.finding
	name := strings.ToLower(t.kind.Kind) + "/" + j.object.Name()
	message := name + ": " + f.wrong
	if others := j.bad - 1; others > 0 {
		message += fmt.Sprintf(" (and %d more of %d)", others, j.seen)
	}
	if why := t.why(ctx, j.object); why != "" {
		message += "; " + why
	}
	err := Failed(t.attempt.Redact(message))
	if f.final {
		err = final(err)
	}
	j.outcome.Err = err
	if t.name != "" && len(j.expect.json) > 0 {
		return
	}
	actual := f.actual
	if actual == nil {
		actual = t.attempt.Redact(f.wrong)
	}
	j.outcome.Assertions = append(j.outcome.Assertions, Assertion{Expr: expr, Expected: j.wanted(), Actual: actual})
}

// wanted is what was expected, for the document.
func (j *objectJudge) wanted() any {
	e := j.expect
	switch {
	case e.condition.name != "":
		return e.condition.status
	case e.path != nil && e.value.Set():
		return e.value.preview()
	}
	return true
}

// failedForGood makes a finding of a failure that no further attempt mends.
func failedForGood(format string, args ...any) finding {
	f := wrong(format, args...)
	f.final = true
	return f
}
