package check

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"assay.rs/mod-data/yaml"
)

// Database answers the queries of checks of the type sql. The program that runs checks has it, since not
// every one links drivers.
type Database interface {
	// Query connects to the database of a URL, runs one statement there, and reads all its rows. It
	// returns soon after the end of ctx. Its errors do not show the password of the URL.
	Query(ctx context.Context, url, query string) (Rows, error)
}

// Rows are what a query gave.
type Rows struct {
	Count int
	Value any // the first column of the first row: nil, bool, int64, float64 or string, else anything
}

// SQL is the type sql: it runs a query and compares the number of rows, or the first value, with what is
// expected.
func SQL(d Database) Type {
	return Type{
		Name: "sql", Text: "Asks a database and compares the number of rows or the first value.",
		New: func() Body { return &sqlCheck{database: d, rows: -1} },
	}
}

type sqlCheck struct {
	database Database
	url      Template
	password Template
	query    Template
	rows     int // -1 is any but none
	min, max *float64
	value    *yaml.Node // what the first value must be; nil when anything will do
}

// maxRows bounds what may be expected.
const maxRows = 1_000_000_000

func (c *sqlCheck) Keys() []Key {
	return []Key{
		{Name: "url", Text: "The database: postgres://user@host/name, mysql://..., sqlite:///file.", Required: true, Value: Text(&c.url)},
		{Name: "password", Text: "The password, when it is not in the URL; it need not be percent-encoded.", Value: Text(&c.password)},
		{Name: "query", Text: "One SQL statement.", Required: true, Value: Text(&c.query)},
		{Name: "expect", Text: "What the answer must be like.", Value: Section("expect", c.expectKeys)},
	}
}

func (c *sqlCheck) expectKeys() []Key {
	return []Key{
		{Name: "rows", Text: "How many rows; without it, at least one.", Value: Int(&c.rows, 0, maxRows)},
		{Name: "value", Text: "What the first column of the first row must be.", Value: c.valueKey()},
		{Name: "min", Text: "The least that the first value may be.", Value: Number(&c.min)},
		{Name: "max", Text: "The greatest that the first value may be.", Value: Number(&c.max)},
	}
}

// valueKey takes a text, a number or a boolean.
func (c *sqlCheck) valueKey() Value {
	kinds := []string{"string", "number", "boolean"}
	return Value{func() schema { return schema{"type": kinds} }, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		switch v.Kind {
		case yaml.Map, yaml.List:
			r.Fail(n, "must be a text, a number or a boolean, not %s", describe(v))
		default:
			c.value = v
		}
	}}
}

func (c *sqlCheck) Prepare(p *Prep) {
	if text, ok := c.query.fixed(); ok && c.query.Set() && strings.TrimSpace(text) == "" {
		p.Fail([]string{"query"}, "the query is empty")
	}
	if c.min != nil && c.max != nil && *c.min > *c.max {
		p.Fail([]string{"expect", "min"}, "min %s is greater than max %s: nothing could pass", number(*c.min), number(*c.max))
	}
	bounded := c.min != nil || c.max != nil
	if c.value != nil && bounded {
		p.Fail([]string{"expect", "value"}, "'value' and bounds cannot both be given")
	}
	if c.rows == 0 && (c.value != nil || bounded) {
		p.Fail([]string{"expect", "rows"}, "no row has no value to compare")
	}
}

func (c *sqlCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	address, err := c.address(a)
	if err != nil {
		return o.broken("%w", err)
	}
	query, err := c.query.Expand(a.Captures)
	if err != nil {
		return o.broken("query: %w", err)
	}
	rows, err := c.database.Query(ctx, address, query)
	if err != nil {
		o.Err = transportError(ctx, err)
		return o
	}
	if rows.Count > 0 {
		o.Value = rows.Value
	}
	c.assess(&o, rows)
	return o
}

// address is the URL with the password.
func (c *sqlCheck) address(a Attempt) (string, error) {
	address, err := c.url.Expand(a.Captures)
	if err != nil {
		return "", fmt.Errorf("url: %w", err)
	}
	if !c.password.Set() {
		return address, nil
	}
	password, err := c.password.Expand(a.Captures)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + "password=" + url.QueryEscape(password), nil
}

func (c *sqlCheck) assess(o *Outcome, rows Rows) {
	if c.rows < 0 && rows.Count == 0 {
		o.assess(Assertion{Expr: "the query returns a row", Expected: "at least 1", Actual: 0}, "the query returned no rows")
		return
	}
	if c.rows >= 0 {
		o.assess(Assertion{Expr: "rows == " + strconv.Itoa(c.rows), Passed: rows.Count == c.rows, Expected: c.rows, Actual: rows.Count},
			fmt.Sprintf("rows == %d (got %d)", c.rows, rows.Count))
	}
	if rows.Count == 0 {
		return
	}
	shown := cut(valueText(rows.Value), 100)
	switch {
	case c.value != nil:
		want := valueText(c.value.Value)
		o.assess(Assertion{Expr: "value == " + want, Passed: sameValue(c.value.Value, rows.Value), Expected: c.value.Value, Actual: shown},
			fmt.Sprintf("value == %s (got %s)", want, shown))
	case c.min != nil || c.max != nil:
		want := boundsText(c.min, c.max)
		v, isNumber := valueNumber(rows.Value)
		o.assess(Assertion{Expr: "value " + want, Passed: isNumber && !math.IsInf(v, 0) && within(v, c.min, c.max), Expected: want, Actual: shown},
			fmt.Sprintf("value %s (got %s)", want, shown))
	}
	if o.Err == nil {
		o.Message = "query returned: " + shown
	}
}

func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return v
	case float64:
		return number(v)
	}
	return fmt.Sprint(v)
}

// valueNumber is a value as a number. Decimals come as text, since they have more digits.
func valueNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil
	}
	return 0, false
}

// sameValue compares what was expected with what came: numbers as numbers, anything else as it is written.
func sameValue(want, got any) bool {
	switch w := want.(type) {
	case int:
		if whole, ok := got.(int64); ok {
			return int64(w) == whole
		}
		a, ok := valueNumber(got)
		return ok && a == float64(w)
	case int64, float64:
		a, _ := valueNumber(want)
		b, ok := valueNumber(got)
		return ok && a == b
	}
	return got != nil && valueText(want) == valueText(got)
}
