package check

import (
	"slices"
	"testing"
	"time"
)

func TestAPlanThatRunsElsewhereSaysWhatItNeeds(t *testing.T) {
	b := newBench(t)
	const text = `name: gate
secrets: { a: { from_env: TOKEN }, b: { from_file: /nowhere/key } }
checks:
  - { name: one, type: http, url: "${BASE:?}/x", attempt_timeout: 3s, headers: { A: "${secrets.a}${secrets.b}", B: "${LEVEL:-info}" } }
  - { name: two, type: script, file: two.lua, attempt_timeout: 4s }
`
	script := b.write("two.lua", "assert(1 == 1)")
	file := b.write("checks.yaml", text)
	if _, err := Load(file, b.options); err == nil {
		t.Error("without Remote, a file whose variables are absent is valid")
	}
	b.options.Remote = true
	plan, err := Load(file, b.options)
	if err != nil {
		t.Fatal(err)
	}
	got := plan.Requirements()
	if want := []string{file, script}; got.Name != "gate" || !slices.Equal(got.Files, want) {
		t.Errorf("name %q, files %q; want gate, %q", got.Name, got.Files, want)
	}
	if want := []string{"BASE", "TOKEN"}; !slices.Equal(got.Env, want) {
		t.Errorf("env %q, want %q", got.Env, want)
	}
	if want := []string{"http", "script"}; !slices.Equal(got.Types, want) || got.Timeout != 7*time.Second {
		t.Errorf("types %q, timeout %s; want %q, 7s: the longest that the checks can take", got.Types, got.Timeout, want)
	}
	if r := plan.Run(t.Context()); r.Passed || r.ExitCode() != ExitUsage {
		t.Errorf("running it gives passed %v, exit code %d; want a refusal", r.Passed, r.ExitCode())
	}
}
