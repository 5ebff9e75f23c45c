package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Part is the document of one shard, and where it was read from.
type Part struct {
	From   string
	Report *Report
}

// Merge joins the documents of all shards of a run into that of the whole, with the checks in the order of the file.
// The error names what does not fit: a shard that is missing or there twice, parts of different runs, and a
// document that is not that of a shard.
func Merge(parts []Part) (*Report, error) {
	if len(parts) == 0 {
		return nil, errors.New("no document to merge")
	}
	for _, p := range parts {
		switch {
		case p.Report.Schema != Schema:
			return nil, fmt.Errorf("%s: not a document of checks: its schema is %q, not %q", p.From, p.Report.Schema, Schema)
		case p.Report.Shard == nil && len(p.Report.Errors) > 0:
			return nil, fmt.Errorf("%s: its run did not begin: %s", p.From, p.Report.Reason)
		case p.Report.Shard == nil:
			return nil, fmt.Errorf("%s: not the document of a shard: it was made without --shard-count", p.From)
		case p.Report.Outcome == OutcomeValidated:
			return nil, fmt.Errorf("%s: its checks were only validated, and did not run", p.From)
		}
		if err := p.sound(); err != nil {
			return nil, err
		}
	}
	if err := fit(parts); err != nil {
		return nil, err
	}
	return joined(parts), nil
}

// sound says which check of a part contradicts itself: a run writes none that passed and has another status.
func (p Part) sound() error {
	for _, c := range p.Report.Checks {
		switch c.Status {
		case StatusPassed, StatusFailed, StatusError, StatusWarned, StatusSkipped, StatusCancelled:
			if c.Passed == (c.Status == StatusPassed) {
				continue
			}
		}
		return fmt.Errorf("%s: check %q has passed = %v and status %q, which no run writes", p.From, c.Name, c.Passed, c.Status)
	}
	return nil
}

// fit says why parts are not the shards of one run.
func fit(parts []Part) error {
	first := parts[0]
	from := map[int]string{}
	for _, p := range parts {
		s, want := p.Report.Shard, first.Report.Shard
		switch {
		case s.Digest != want.Digest:
			return fmt.Errorf("%s and %s are of different check files", first.From, p.From)
		case s.Count != want.Count:
			return fmt.Errorf("%s is one of %d shards, %s one of %d", first.From, want.Count, p.From, s.Count)
		case s.Total != want.Total:
			return fmt.Errorf("%s is of a run of %d checks, %s of %d: --only, --skip and --tags must be the same for all shards", first.From, want.Total, p.From, s.Total)
		case len(s.Positions) != len(p.Report.Checks):
			return fmt.Errorf("%s: has %d checks and says that it has %d", p.From, len(p.Report.Checks), len(s.Positions))
		}
		if other, twice := from[s.Index]; twice {
			return fmt.Errorf("%s and %s are both shard %d", other, p.From, s.Index)
		}
		from[s.Index] = p.From
	}
	if err := missing(from, first.Report.Shard.Count); err != nil {
		return err
	}
	return covered(parts)
}

// missing says which of count shards are not there; the first of them, when they are many.
func missing(from map[int]string, count int) error {
	const most = 10
	var names []string
	for i := 0; i < count && len(names) <= most; i++ {
		if _, ok := from[i]; !ok {
			names = append(names, fmt.Sprint(i))
		}
	}
	if len(names) == 0 {
		return nil
	}
	if len(names) > most {
		names[most] = "..."
	}
	return fmt.Errorf("shard %s of %d is missing: a run is not whole without it", strings.Join(names, ", "), count)
}

// covered says which position no shard has, or two have.
func covered(parts []Part) error {
	total := parts[0].Report.Shard.Total
	seen := map[int]bool{}
	for _, p := range parts {
		for _, at := range p.Report.Shard.Positions {
			if at < 0 || at >= total || seen[at] {
				return fmt.Errorf("%s: check %d of %d does not belong to this shard", p.From, at, total)
			}
			seen[at] = true
		}
	}
	if len(seen) != total || total == 0 {
		return fmt.Errorf("the shards have %d of %d checks", len(seen), total)
	}
	return nil
}

func joined(parts []Part) *Report {
	r := newReport()
	first := parts[0].Report
	r.Name, r.File, r.Started, r.Timeout = first.Name, first.File, first.Started, first.Timeout
	r.Summary.Deselected = first.Summary.Deselected
	r.Checks = make([]Result, first.Shard.Total)
	for _, p := range parts {
		if p.Report.Started.Before(r.Started) {
			r.Started = p.Report.Started
		}
	}
	for _, p := range parts {
		later := p.Report.Started.Sub(r.Started).Milliseconds()
		for i, c := range p.Report.Checks {
			c.Start += later
			r.Checks[p.Report.Shard.Positions[i]] = c
		}
		r.Duration = max(r.Duration, later+p.Report.Duration)
	}
	r.conclude(time.Duration(r.Duration)*time.Millisecond, nil)
	for _, p := range parts {
		r.worsen(p.Report)
	}
	return r
}

// worsen takes over the outcome of a shard that says more than the checks do: that it was cut short, or that it did not
// pass although they did. A shard that measured nothing, since every check of it was skipped, says nothing of the whole.
func (r *Report) worsen(shard *Report) {
	cut := shard.Outcome == OutcomeDeadline || shard.Outcome == OutcomeCancelled
	measured := shard.Summary.Passed+shard.Summary.Warned > 0
	if !cut && (shard.Passed || !r.Passed || !measured) {
		return
	}
	if r.Outcome == OutcomeCancelled {
		return
	}
	r.Passed, r.Outcome, r.Exit = false, shard.Outcome, ExitFailed
	if shard.Outcome == OutcomeCancelled {
		r.Exit = max(shard.Exit, ExitFailed)
	}
	if r.Outcome == OutcomePassed {
		r.Outcome = OutcomeError
	}
	r.Reason = fmt.Sprintf("shard %d: %s", shard.Shard.Index, shard.Reason)
}

// ParseReport reads the text of one document, with nothing behind it.
func ParseReport(text []byte) (*Report, error) {
	var r Report
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // values keep all their digits
	err := d.Decode(&r)
	switch kind, _ := errors.AsType[*json.UnmarshalTypeError](err); {
	case kind != nil && kind.Field == "":
		return nil, fmt.Errorf("it is a JSON %s, not an object", kind.Value)
	case kind != nil:
		return nil, fmt.Errorf("%s is a JSON %s", kind.Field, kind.Value)
	case errors.Is(err, io.EOF):
		return nil, errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("its end is missing")
	case err != nil:
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the document; each shard's is in a file of its own")
	}
	return &r, nil
}
