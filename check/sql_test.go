package check

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// answers is a database that knows the answers to some queries.
type answers struct {
	rows  map[string]Rows
	asked []string
}

func (a *answers) Query(_ context.Context, url, query string) (Rows, error) {
	a.asked = append(a.asked, url)
	rows, ok := a.rows[query]
	if !ok {
		return Rows{}, errors.New("relation does not exist")
	}
	return rows, nil
}

func TestSQL(t *testing.T) {
	d := &answers{rows: map[string]Rows{
		"none": {}, "three": {3, int64(7)}, "seven": {1, int64(7)}, "null": {1, nil}, "text": {1, "ok"}, "decimal": {1, "12.50"}, "true": {1, true},
		"big": {1, int64(9007199254740993)}, "nan": {1, "NaN"}, "half": {1, 0.5},
	}}
	for _, tt := range []struct{ query, expect, want string }{
		{"three", "", ""},
		{"none", "", "the query returned no rows"},
		{"none", "{rows: 0}", ""},
		{"three", "{rows: 3}", ""},
		{"three", "{rows: 2}", "rows == 2 (got 3)"},
		{"none", "{rows: 1}", "rows == 1 (got 0)"},
		{"none", "{min: 0}", "the query returned no rows"},
		{"seven", "{value: 7}", ""},
		{"seven", "{value: '7'}", ""},
		{"seven", "{value: 8}", "value == 8 (got 7)"},
		{"seven", "{min: 7, max: 7}", ""},
		{"seven", "{min: 8}", "value >= 8 (got 7)"},
		{"seven", "{rows: 1, max: 6}", "value <= 6 (got 7)"},
		{"three", "{max: 7}", "value and bounds are about one row, and the query returned 3: ask for an aggregate such as max(...), or add limit 1"},
		{"null", "{value: ''}", "value ==  (got NULL)"},
		{"null", "{min: 0}", "value >= 0 (got NULL)"},
		{"null", "{value: 0}", "value == 0 (got NULL)"},
		{"text", "{value: ok}", ""},
		{"text", "{min: 1}", "value >= 1 (got ok)"},
		{"decimal", "{value: 12.5}", ""},
		{"decimal", "{min: 12.5, max: 13}", ""},
		{"true", "{value: true}", ""},
		{"true", "{value: false}", "value == false (got true)"},
		{"true", "{min: 1}", "value >= 1 (got true)"},
		{"big", "{value: 9007199254740992}", "value == 9007199254740992 (got 9007199254740993)"},
		{"nan", "{min: 0}", "value >= 0 (got NaN)"},
		{"half", "{value: 0.5}", ""},
		{"missing", "", "relation does not exist"},
	} {
		t.Run(tt.query+" "+tt.expect, func(t *testing.T) {
			b := newBench(t)
			b.options.Types = append(b.options.Types, SQL(d))
			expect := ""
			if tt.expect != "" {
				expect = ", expect: " + tt.expect
			}
			r := b.run("checks:\n  - {name: a, type: sql, url: 'postgres://h/d', query: '" + tt.query + "'" + expect + "}\n")
			got := ""
			if !r.Passed {
				got = *r.Checks[0].Message
			}
			if got != tt.want {
				t.Errorf("message = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSQLPasswordIsEscaped(t *testing.T) {
	d := &answers{rows: map[string]Rows{"q": {1, true}}}
	b := newBench(t)
	b.options.Types = append(b.options.Types, SQL(d))
	r := b.run("vars: {pw: 'a&b/c'}\nchecks:\n" +
		"  - {name: a, type: sql, url: 'postgres://u@h/d', password: '${vars.pw}', query: q}\n" +
		"  - {name: b, type: sql, url: 'postgres://u@h/d?sslmode=require', password: '${vars.pw}', query: q}\n")
	if want := "postgres://u@h/d?password=a%26b%2Fc postgres://u@h/d?sslmode=require&password=a%26b%2Fc"; strings.Join(d.asked, " ") != want {
		t.Errorf("asked %q (%v), want %q", d.asked, r.Reason, want)
	}
}

func TestSQLMistakesAreFoundBeforeAnythingRuns(t *testing.T) {
	for yaml, want := range map[string]string{
		"url: x":             "query",
		"url: x, query: ' '": "the query is empty",
		"url: x, query: q, expect: {min: 2, max: 1}":   "min 2 is greater than max 1",
		"url: x, query: q, expect: {value: 1, max: 1}": "'value' and bounds cannot both be given",
		"url: x, query: q, expect: {rows: 0, max: 1}":  "no row has no value to compare",
		"url: x, query: q, expect: {rows: 3, max: 1}":  "value and bounds are about one row, not 3",
		"url: x, query: q, expect: {rows: -1}":         "must be between 0 and",
		"url: x, query: q, expect: {value: [1]}":       "must be a text, a number or a boolean",
		"url: x, query: q, expect: {row: 1}":           "row",
	} {
		t.Run(yaml, func(t *testing.T) {
			b := newBench(t)
			b.options.Types = append(b.options.Types, SQL(&answers{}))
			_, err := Load(b.write("checks.yaml", "checks:\n  - {name: a, type: sql, "+yaml+"}\n"), b.options)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Load = %v, want an error with %q", err, want)
			}
		})
	}
}
