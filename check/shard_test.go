package check

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shards runs a file in so many parts, and gives their documents as they would be read from files.
func shards(t *testing.T, file string, count int, types ...Type) []Part {
	t.Helper()
	parts := make([]Part, 0, count)
	for i := range count {
		b := newBench(t)
		b.options.Types = types
		b.options.Shard = ShardChoice{i, count}
		var text bytes.Buffer
		if err := b.run(file).Write(&text); err != nil {
			t.Fatal(err)
		}
		var r Report
		if err := json.Unmarshal(text.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, Part{fmt.Sprintf("shard-%d.json", i), &r})
	}
	return parts
}

func passing() Type {
	return stub(func(_ context.Context, a Attempt) Outcome {
		if strings.HasSuffix(a.Check, "7") {
			return Outcome{Err: Failed("seven")}
		}
		return Outcome{}
	})
}

func manyChecks(n int, more string) string {
	var file strings.Builder
	file.WriteString("checks:\n")
	for i := range n {
		fmt.Fprintf(&file, "  - {name: c%d, type: stub}\n", i)
	}
	return file.String() + more
}

func TestShardsMergedAreTheWholeRun(t *testing.T) {
	file := manyChecks(50, "  - {name: a, type: stub, needs: [c7]}\n  - {name: b, type: stub, needs: [c8]}\n")
	b := newBench(t)
	b.options.Types = []Type{passing()}
	whole := b.run(file)
	for _, count := range []int{1, 3, 4, 60} {
		parts := shards(t, file, count, passing())
		for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
			parts[i], parts[j] = parts[j], parts[i]
		}
		merged, err := Merge(parts)
		if err != nil {
			t.Fatalf("%d shards: %v", count, err)
		}
		if got, want := statusesOf(merged), statusesOf(whole); got != want {
			t.Errorf("%d shards merged: %s\nthe whole run: %s", count, got, want)
		}
		if merged.Summary != whole.Summary || merged.Exit != whole.Exit || merged.Outcome != whole.Outcome || merged.Reason != whole.Reason {
			t.Errorf("%d shards merged: %+v %d %s %q\nwant %+v %d %s %q", count, merged.Summary, merged.Exit, merged.Outcome, merged.Reason,
				whole.Summary, whole.Exit, whole.Outcome, whole.Reason)
		}
	}
}

func TestChecksThatNeedEachOtherAreInOneShard(t *testing.T) {
	parts := shards(t, manyChecks(6, "  - {name: a, type: stub, needs: [c0, c5]}\n"), 3, passing())
	for _, p := range parts {
		var names []string
		for _, c := range p.Report.Checks {
			names = append(names, c.Name)
		}
		text := strings.Join(names, " ")
		if strings.Contains(text, "a") && text != "c0 c5 a" {
			t.Errorf("the shard of a has %s, want c0 c5 a", text)
		}
	}
}

func TestShardWithoutChecksPassesAndSaysSo(t *testing.T) {
	parts := shards(t, manyChecks(1, ""), 2, passing())
	r := parts[1].Report
	if !r.Passed || r.Exit != 0 || r.Reason != "shard 1 of 2 has no check of 1: nothing ran" {
		t.Errorf("passed = %v, exit code %d, %q; want a pass that says that nothing ran", r.Passed, r.Exit, r.Reason)
	}
}

func TestWhatCannotBeMerged(t *testing.T) {
	file := manyChecks(9, "")
	parts := shards(t, file, 3, passing())
	other := shards(t, file+"# other\n", 3, passing())
	two := shards(t, file, 2, passing())
	b := newBench(t)
	b.options.Types = []Type{passing()}
	whole := Part{"whole.json", b.run(file)}
	short := *parts[0].Report
	short.Checks = short.Checks[1:]
	forged := func(change func(*Report)) Part {
		r := *parts[0].Report
		s := *r.Shard
		r.Shard, r.Checks = &s, slices.Clone(r.Checks)
		change(&r)
		return Part{"forged.json", &r}
	}
	b.options.Shard = ShardChoice{0, 3}
	validated := Part{"validated.json", b.plan(file).Validated()}
	for name, c := range map[string]struct {
		parts []Part
		want  string
	}{
		"none":                 {nil, "no document to merge"},
		"missing":              {parts[:2], "shard 2 of 3 is missing: a run is not whole without it"},
		"twice":                {[]Part{parts[0], parts[1], parts[0], parts[2]}, "shard-0.json and shard-0.json are both shard 0"},
		"other file":           {[]Part{parts[0], other[1], parts[2]}, "shard-0.json and shard-1.json are of different check files"},
		"other count":          {[]Part{parts[0], two[1]}, "shard-0.json is one of 3 shards, shard-1.json one of 2"},
		"whole run":            {[]Part{whole}, "whole.json: not the document of a shard: it was made without --shard-count"},
		"check is gone":        {[]Part{{"cut.json", &short}, parts[1], parts[2]}, "cut.json: has 2 checks and says that it has 3"},
		"other document":       {[]Part{{"x.json", &Report{}}}, `x.json: not a document of checks: its schema is "", not "assay.check/v1"`},
		"failed and yet green": {[]Part{forged(func(r *Report) { r.Checks[0].Passed = false }), parts[1], parts[2]}, `forged.json: check "c0" has passed = false and status "passed", which no run writes`},
		"unknown status":       {[]Part{forged(func(r *Report) { r.Checks[0].Status = "fine" }), parts[1], parts[2]}, `forged.json: check "c0" has passed = true and status "fine", which no run writes`},
		"position below 0":     {[]Part{forged(func(r *Report) { r.Shard.Positions = []int{-1, 3, 6} }), parts[1], parts[2]}, "forged.json: check -1 of 9 does not belong to this shard"},
		"position of another":  {[]Part{forged(func(r *Report) { r.Shard.Positions = []int{0, 1, 2} }), parts[1], parts[2]}, "shard-1.json: check 1 of 9 does not belong to this shard"},
		"countless checks":     {[]Part{forged(func(r *Report) { r.Shard.Count, r.Shard.Total = 1, 1<<40 })}, "the shards have 3 of 1099511627776 checks"},
		"countless shards":     {[]Part{forged(func(r *Report) { r.Shard.Count = 1 << 40 })}, "shard 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... of 1099511627776 is missing: a run is not whole without it"},
		"no checks at all":     {[]Part{forged(func(r *Report) { r.Shard.Count, r.Shard.Total, r.Shard.Positions, r.Checks = 1, 0, nil, nil })}, "the shards have 0 of 0 checks"},
		"only validated":       {[]Part{validated, parts[1], parts[2]}, "validated.json: its checks were only validated, and did not run"},
	} {
		if _, err := Merge(c.parts); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestShardThatWasCutShortDecides(t *testing.T) {
	parts := shards(t, "timeout: 30ms\n"+manyChecks(4, ""), 2, stub(func(ctx context.Context, a Attempt) Outcome {
		if a.Check == "c1" {
			<-ctx.Done()
			return Outcome{Err: ctx.Err()}
		}
		return Outcome{}
	}))
	merged, err := Merge(parts)
	if err != nil {
		t.Fatal(err)
	}
	if merged.Passed || merged.Outcome != OutcomeDeadline || merged.Exit != 1 || !strings.HasPrefix(merged.Reason, "shard 1: deadline of 30ms reached") {
		t.Errorf("merged: passed %v, %s, exit code %d, %q; want the deadline of shard 1", merged.Passed, merged.Outcome, merged.Exit, merged.Reason)
	}
}

func TestShardThatDoesNotExist(t *testing.T) {
	b := newBench(t)
	b.options.Types = []Type{passing()}
	b.options.Shard = ShardChoice{4, 4}
	got := b.problems(manyChecks(2, ""))
	want := []Problem{{Message: "--shard-index 4 and --shard-count 4: the index must be from 0 to 3"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestFailFastOfTheFlagHoldsForAllFiles(t *testing.T) {
	b := newBench(t)
	b.options.Types = []Type{passing()}
	b.options.FailFast = true
	b.write("a.yaml", "checks:\n  - {name: a7, type: stub}\n  - {name: a1, type: stub}\n")
	b.write("b.yaml", "checks:\n  - {name: b1, type: stub}\n")
	p, err := Load(b.dir, b.options)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := statusesOf(p.Run(t.Context())), "a7 failed, a1 skipped, b1 skipped"; got != want {
		t.Errorf("statuses = %s, want %s", got, want)
	}
}
