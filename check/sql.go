package check

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
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
	min, max *decimal
	value    *yaml.Node // what the first value must be; nil when anything will do
}

// oneRow is how a query gives one row.
const oneRow = "ask for an aggregate such as max(...), or add limit 1"

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
		{Name: "value", Text: "What the first column must be, of the one row that the query gives.", Value: c.valueKey()},
		{Name: "min", Text: "The least that the first column of the one row may be.", Value: decimalValue(&c.min)},
		{Name: "max", Text: "The greatest that the first column of the one row may be.", Value: decimalValue(&c.max)},
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
	if text, ok := c.query.fixed(); ok && c.rows < 2 && c.value == nil && c.min == nil && c.max == nil && alwaysOneRow(text) {
		p.Fail([]string{"query"}, "an aggregate always gives a row, whatever is in the table: say what it must be by value, min or max")
	}
	if c.min != nil && c.max != nil && c.min.exact.Cmp(c.max.exact) > 0 {
		p.Fail([]string{"expect", "min"}, "min %s is greater than max %s: nothing could pass", c.min, c.max)
	}
	if address, ok := c.url.fixed(); ok {
		if _, err := readOnly(address); err != nil {
			p.Fail([]string{"url"}, "%s", err)
		}
	}
	bounded := c.min != nil || c.max != nil
	if c.value != nil && bounded {
		p.Fail([]string{"expect", "value"}, "'value' and bounds cannot both be given")
	}
	switch {
	case c.value == nil && !bounded:
	case c.rows == 0:
		p.Fail([]string{"expect", "rows"}, "no row has no value to compare")
	case c.rows > 1:
		p.Fail([]string{"expect", "rows"}, "value and bounds are about one row, not %d: %s", c.rows, oneRow)
	}
}

// alwaysOneRow tells whether a query is an aggregate over a whole table.
func alwaysOneRow(query string) bool {
	return regexp.MustCompile(`(?i)^\s*select\s+(coalesce\s*\(\s*)?(count|sum|min|max|avg|total|exists)\s*\(`).MatchString(query) &&
		!regexp.MustCompile(`(?i)\b(group|having|over)\b`).MatchString(query)
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
	if address, err = readOnly(address); err != nil || !c.password.Set() {
		return address, err
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
	if rows.Count > 1 && (c.value != nil || c.min != nil || c.max != nil) {
		o.assess(Assertion{Expr: "one row to compare", Expected: 1, Actual: rows.Count},
			fmt.Sprintf("value and bounds are about one row, and the query returned %d: %s", rows.Count, oneRow))
		return
	}
	shown := cut(valueText(rows.Value), 100)
	switch {
	case c.value != nil:
		want := writtenText(c.value)
		o.assess(Assertion{Expr: "value == " + want, Passed: sameValue(c.value, rows.Value), Expected: c.value.Value, Actual: shown},
			fmt.Sprintf("value == %s (got %s)", want, shown))
	case c.min != nil || c.max != nil:
		want := c.bounds()
		o.assess(Assertion{Expr: "value " + want, Passed: c.within(rows.Value), Expected: want, Actual: shown},
			fmt.Sprintf("value %s (got %s)", want, shown))
	}
	if o.Err == nil {
		o.Message = "query returned: " + shown
	}
}

// writtenText is a number as the file has it.
func writtenText(n *yaml.Node) string {
	if text, ok := scalarText(n); ok {
		return text
	}
	return valueText(n.Value)
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

// sameValue compares what was expected with what came: numbers as numbers, anything else as it is written.
func sameValue(want *yaml.Node, got any) bool {
	if want.Kind == yaml.Int || want.Kind == yaml.Float {
		a, b := decimalOf(want.Value, want.Text), decimalOf(got, "")
		return a != nil && b != nil && a.exact.Cmp(b.exact) == 0
	}
	return got != nil && valueText(want.Value) == valueText(got)
}

// within is false for what is no number.
func (c *sqlCheck) within(got any) bool {
	v := decimalOf(got, "")
	return v != nil && (c.min == nil || v.exact.Cmp(c.min.exact) >= 0) && (c.max == nil || v.exact.Cmp(c.max.exact) <= 0)
}

// bounds are those in a message: ">= 1", "in [0, 5]".
func (c *sqlCheck) bounds() string {
	switch {
	case c.min != nil && c.max != nil:
		return fmt.Sprintf("in [%s, %s]", c.min, c.max)
	case c.min != nil:
		return ">= " + c.min.String()
	}
	return "<= " + c.max.String()
}

// readOnly makes a URL of SQLite one that opens a file to read it: a check must not make the database it looks at.
func readOnly(address string) (string, error) {
	rest, ok := strings.CutPrefix(address, "sqlite:")
	name, options, asked := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
	if !ok {
		return address, nil
	}
	if name == "" || strings.HasSuffix(name, ":memory:") {
		return "", fmt.Errorf("%s is an in-memory database, which is made for the check and has nothing to judge: name a file", clip(address))
	}
	given, err := url.ParseQuery(options)
	if err != nil {
		return address, nil //nolint:nilerr // the driver says it better
	}
	for _, mode := range given["mode"] {
		if mode != "ro" {
			return "", fmt.Errorf("mode=%s: checks open SQLite files to read them alone; leave the mode out", clip(mode))
		}
	}
	if given.Has("mode") {
		return address, nil
	}
	if asked {
		return address + "&mode=ro", nil
	}
	return address + "?mode=ro", nil
}
