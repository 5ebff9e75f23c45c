package check

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/check/internal/resolve"
	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
)

// DNS is the type dns: it asks a name server and judges the records.
func DNS() Type {
	return Type{
		Name: "dns", Text: "Looks a name up and judges its records.",
		New: func() Body { return &dnsCheck{} },
	}
}

type dnsCheck struct {
	host      Template
	record    string
	server    Template
	addresses countBound
	values    []Template
	contains  []Template
	absent    bool
	ttl       countBound
	latency   latency
}

func (c *dnsCheck) Keys() []Key {
	return []Key{
		{Name: "host", Text: "The name; for PTR an address. Without a dot at its end, the search domains of the system hold, as in a pod.", Required: true, Value: Text(&c.host)},
		{Name: "record", Text: "The type of record; without it A and AAAA.", Value: Choice(&c.record, resolve.Types()...)},
		{Name: "server", Text: "The name server, as 10.96.0.10 or 10.96.0.10:53; without it those of /etc/resolv.conf.", Value: Text(&c.server)},
		{Name: "expect", Text: "What the answer must be like; without it, that there is a record.", Value: Section("expect", c.expectKeys)},
	}
}

func (c *dnsCheck) expectKeys() []Key {
	one := func(into *[]Template) Value {
		var t Template
		return OneOrMany(Text(&t).then(func(*Reader, *yaml.Node) { *into = append(*into, t) }), func() { *into = nil })
	}
	return []Key{
		{Name: "addresses", Text: "How many addresses: \">=1\", 3.", Value: c.addresses.value()},
		{Name: "values", Text: "All values of the records, in any order. MX: \"10 mail.example.com\"; SRV: \"priority weight port host\".", Value: one(&c.values)},
		{Name: "contains", Text: "A value, or values, that must be among them.", Value: one(&c.contains)},
		{Name: "absent", Text: "true: there must be no such record. A server that does not answer is an error, not a pass.", Value: Flag(&c.absent)},
		{Name: "ttl", Text: "How long the records may be kept, in seconds: \">=60\", \"<=300\".", Value: c.ttl.value()},
		{Name: "latency", Text: "How long the answer may take: \"<100ms\".", Value: latencyValue(&c.latency)},
	}
}

func (c *dnsCheck) Prepare(p *Prep) {
	if c.absent && (c.addresses.text != "" || len(c.values) > 0 || len(c.contains) > 0 || c.ttl.text != "") {
		p.Fail([]string{"expect", "absent"}, "a record that is absent has no values: leave out 'addresses', 'values', 'contains' and 'ttl'")
	}
	if c.addresses.text != "" && c.record != "" && c.record != "A" && c.record != "AAAA" {
		p.Fail([]string{"expect", "addresses"}, "%s records are no addresses: use 'values' or 'contains'", c.record)
	}
	if c.addresses.matchesZero() {
		p.Fail([]string{"expect", "addresses"}, "addresses %s passes without any: use 'absent: true' for a name that must not be there", c.addresses.text)
	}
	if text, ok := c.server.fixed(); ok && c.server.Set() {
		if _, err := resolve.Server(text); err != nil {
			p.Fail([]string{"server"}, "%s", err)
		}
	}
}

func (c *dnsCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	host, err := c.host.Expand(a.Captures)
	if err != nil {
		return o.broken("host: %w", err)
	}
	servers, err := c.servers(a)
	if err != nil {
		return o.broken("%w", err)
	}
	types := []string{c.record}
	if c.record == "" {
		types = []string{"A", "AAAA"}
	}
	began := time.Now()
	var found resolve.Answer
	for _, typ := range types {
		answer, err := servers.Lookup(ctx, host, typ)
		if err != nil {
			o.Err = dnsError(ctx, err)
			return o
		}
		found = found.Join(answer)
	}
	took := time.Since(began)
	o.Value = anyOf(found.Values())
	if c.assess(&o, host, strings.Join(types, " or "), found, a); o.Err == nil {
		c.latency.assess(&o, took)
	}
	return o
}

func (c *dnsCheck) servers(a Attempt) (*resolve.Servers, error) {
	if !c.server.Set() {
		return resolve.System()
	}
	text, err := c.server.Expand(a.Captures)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	return resolve.Server(text)
}

func dnsError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return Broken(retry.DNS, err)
}

func (c *dnsCheck) assess(o *Outcome, host, types string, found resolve.Answer, a Attempt) {
	values := found.Values()
	if c.absent {
		o.assess(Assertion{Expr: types + " is absent", Passed: len(values) == 0, Expected: []string{}, Actual: values},
			fmt.Sprintf("%s has no %s record (got %s)", host, types, clip(strings.Join(values, ", "))))
		return
	}
	if len(values) == 0 {
		why := fmt.Sprintf("%s has no %s record", host, types)
		if found.NoName {
			why = host + " does not exist"
		}
		o.assess(Assertion{Expr: types + " exists", Expected: true, Actual: false}, why)
		return
	}
	if c.addresses.text != "" {
		o.assess(Assertion{Expr: "addresses " + c.addresses.text, Passed: c.addresses.holds(len(values)), Expected: c.addresses.text, Actual: len(values)},
			fmt.Sprintf("addresses %s (got %d: %s)", c.addresses.text, len(values), clip(strings.Join(values, ", "))))
	}
	c.assessValues(o, values, a)
	if c.ttl.text != "" {
		ttl := int(found.TTL())
		o.assess(Assertion{Expr: "ttl " + c.ttl.text, Passed: c.ttl.holds(ttl), Expected: c.ttl.text, Actual: ttl}, fmt.Sprintf("ttl %s (got %d)", c.ttl.text, ttl))
	}
	if o.Err == nil {
		o.Message = clip(strings.Join(values, ", "))
	}
}

func (c *dnsCheck) assessValues(o *Outcome, values []string, a Attempt) {
	expanded := func(list []Template) ([]string, bool) {
		out := make([]string, len(list))
		for i, t := range list {
			text, err := t.Expand(a.Captures)
			if err != nil {
				o.Err = Broken(retry.Error, err)
				return nil, false
			}
			out[i] = sameForm(text)
		}
		return out, true
	}
	got := make([]string, len(values))
	for i, v := range values {
		got[i] = sameForm(v)
	}
	slices.Sort(got)
	if wanted, ok := expanded(c.values); ok && len(wanted) > 0 {
		slices.Sort(wanted)
		wanted = slices.Compact(wanted)
		o.assess(Assertion{Expr: "values", Passed: slices.Equal(wanted, got), Expected: wanted, Actual: values},
			fmt.Sprintf("values %s (got %s)", clip(strings.Join(wanted, ", ")), clip(strings.Join(values, ", "))))
	}
	if wanted, ok := expanded(c.contains); ok {
		for _, w := range wanted {
			o.assess(Assertion{Expr: "contains " + w, Passed: slices.Contains(got, w), Expected: w, Actual: values},
				fmt.Sprintf("contains %s (got %s)", clip(w), clip(strings.Join(values, ", "))))
		}
	}
}

// sameForm makes values that mean the same alike: addresses in their short form, names without case and last dot.
func sameForm(s string) string {
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.Unmap().String()
	}
	return strings.TrimSuffix(strings.ToLower(s), ".")
}

func anyOf(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// countBound is what a number of things must be like: 3, ">=1", "<10".
type countBound struct {
	text     string
	operator string
	n        int
}

func (b *countBound) value() Value {
	return Value{func() schema {
		return schema{"anyOf": []any{schema{"type": "integer", "minimum": 0}, schema{"type": "string", "pattern": `^(>=|<=|==|>|<)?\s*[0-9]+$|\$\{`}}}
	}, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		text, _ := scalarText(v)
		operator, digits := "==", strings.TrimSpace(text)
		for _, o := range []string{">=", "<=", "==", ">", "<"} {
			if rest, found := strings.CutPrefix(digits, o); found {
				operator, digits = o, strings.TrimSpace(rest)
				break
			}
		}
		count, err := strconv.Atoi(digits)
		if err != nil || count < 0 || strings.HasPrefix(digits, "+") {
			r.Fail(n, "must be a number or a bound such as '>=1', not %s", describe(v))
			return
		}
		if operator == "<" && count == 0 || operator == ">=" && count == 0 {
			r.Fail(n, "%s holds for %s: it says nothing", strings.TrimSpace(text), map[bool]string{true: "everything", false: "nothing"}[operator == ">="])
			return
		}
		*b = countBound{operator + strconv.Itoa(count), operator, count}
	}}
}

func (b countBound) holds(n int) bool {
	switch b.operator {
	case ">=":
		return n >= b.n
	case "<=":
		return n <= b.n
	case ">":
		return n > b.n
	case "<":
		return n < b.n
	}
	return n == b.n
}

// matchesZero reports whether none would pass.
func (b countBound) matchesZero() bool { return b.text != "" && b.holds(0) }
