package check

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"assay.rs/check/internal/source"
)

// ShardChoice says which part of the checks a run takes: the Index-th of Count, from 0. The zero value takes all.
type ShardChoice struct{ Index, Count int }

// Shard is which part of the checks a document is about, so that [Merge] can tell whether all parts are there.
type Shard struct {
	Index     int    `json:"index"`
	Count     int    `json:"count"`
	Total     int    `json:"total"`     // checks of all shards
	Positions []int  `json:"positions"` // of the document's checks among all, in their order
	Digest    string `json:"digest"`    // SHA-256 of the check files: parts of different files are not one run
}

// shard leaves the checks of one shard selected. Checks that need each other stay together: a shard is a process of its
// own, and nothing crosses from one to another. Groups go, in the order of the file, to the shard that has the fewest
// checks so far, so that every process deals the same way.
func (p *Plan) shard(problems *source.Problems) {
	s := p.options.Shard
	if s == (ShardChoice{}) {
		return
	}
	if s.Count < 1 || s.Index < 0 || s.Index >= s.Count {
		problems.Add(source.Place{}, "--shard-index %d and --shard-count %d: the index must be from 0 to %d", s.Index, s.Count, max(0, s.Count-1))
		return
	}
	sizes := make([]int, s.Count)
	own := &Shard{Index: s.Index, Count: s.Count, Total: p.selected, Positions: []int{}, Digest: p.digest()}
	position := 0
	for _, suite := range p.suites {
		shardOf := map[int]int{} // by group
		groups := suite.groups()
		counts := make(map[int]int)
		for i, c := range suite.checks {
			if c.selected {
				counts[groups[i]]++
			}
		}
		for i, c := range suite.checks {
			if !c.selected {
				continue
			}
			group := groups[i]
			to, dealt := shardOf[group]
			if !dealt {
				to = smallest(sizes)
				shardOf[group] = to
				sizes[to] += counts[group]
			}
			if c.selected = to == s.Index; c.selected {
				own.Positions = append(own.Positions, position)
			}
			position++
		}
	}
	p.selected = len(own.Positions)
	p.part = own
}

func smallest(sizes []int) int {
	best := 0
	for i, n := range sizes {
		if n < sizes[best] {
			best = i
		}
	}
	return best
}

// groups gives each check the first check that it is connected with by needs.
func (s *suite) groups() []int {
	root := make([]int, len(s.checks))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for i, c := range s.checks {
		for _, n := range c.needs {
			a, b := find(i), find(n)
			root[max(a, b)] = min(a, b)
		}
	}
	for i := range root {
		root[i] = find(i)
	}
	return root
}

func (p *Plan) digest() string {
	h := sha256.New()
	for _, s := range p.suites {
		for _, f := range append([]*source.File{s.file}, s.included...) {
			_, _ = fmt.Fprintf(h, "%d\n%s", len(f.Text), f.Text) // a hash takes all that is written
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// emptyShard is the report of a shard that got no check, which is no failure: there are more shards than groups.
func (r *Report) emptyShard() {
	r.Outcome, r.Passed, r.Exit = OutcomePassed, true, ExitPassed
	r.Reason = fmt.Sprintf("shard %d of %d has no check of %d: nothing ran", r.Shard.Index, r.Shard.Count, r.Shard.Total)
}
