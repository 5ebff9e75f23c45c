package check

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// bounds is what values must be like.
type bounds struct {
	min, max         *float64
	warnMin, warnMax *float64
	reduce           string
	empty            string // fail or pass
	nan              string // fail or ignore; infinities as well
}

func (b *bounds) keys() []Key {
	return []Key{
		{Name: "min", Text: "The least value allowed.", Value: Number(&b.min)},
		{Name: "max", Text: "The greatest value allowed.", Value: Number(&b.max)},
		{Name: "warn", Text: "Bounds whose breach is told without failing the run.", Value: Section("warn", b.warnKeys)},
		{Name: "reduce", Text: "Make one value of all before comparing; any: one value within the bounds is enough.", Value: Choice(&b.reduce, "max", "min", "avg", "sum", "count", "any")},
		{Name: "empty", Text: "What an empty result means: fail, or pass.", Value: Choice(&b.empty, "fail", "pass")},
		{Name: "nan", Text: "What NaN and infinite values mean: fail, or ignore, which leaves them out.", Value: Choice(&b.nan, "fail", "ignore")},
	}
}

func (b *bounds) warnKeys() []Key {
	return []Key{
		{Name: "min", Text: "The least value without a warning.", Value: Number(&b.warnMin)},
		{Name: "max", Text: "The greatest value without a warning.", Value: Number(&b.warnMax)},
	}
}

func (b *bounds) validate(p *Prep) {
	if b.min != nil && b.max != nil && *b.min > *b.max {
		p.Fail([]string{"expect", "min"}, "min %s is greater than max %s: nothing could pass", number(*b.min), number(*b.max))
	}
	if (b.reduce == "any" || b.reduce == "count") && b.min == nil && b.max == nil {
		p.Fail([]string{"expect", "reduce"}, "reduce: %s needs min or max to compare with", b.reduce)
	}
	if b.reduce == "count" && b.min != nil && *b.min <= 0 && b.max == nil {
		p.Fail([]string{"expect", "min"}, "a count is never less than 0: min %s says nothing", number(*b.min))
	}
	if b.empty == "pass" && !b.given() && b.warnMin == nil && b.warnMax == nil {
		p.Fail([]string{"expect", "empty"}, "with empty: pass and no bounds every answer passes: give min or max, or leave empty out")
	}
	b.validateWarning(p)
}

// validateWarning refuses a warning that would come always or never.
func (b *bounds) validateWarning(p *Prep) {
	at := []string{"expect", "warn"}
	switch {
	case b.warnMin == nil && b.warnMax == nil:
		if p.Has(at...) {
			p.Fail(at, "'warn' needs min or max")
		}
	case b.warnMin != nil && b.warnMax != nil && *b.warnMin > *b.warnMax:
		p.Fail(at, "warn: min %s is greater than max %s: nothing could pass", number(*b.warnMin), number(*b.warnMax))
	case b.max != nil && b.warnMax != nil && *b.warnMax >= *b.max:
		p.Fail(at, "warn: max %s is never reached, since the check fails above %s", number(*b.warnMax), number(*b.max))
	case b.min != nil && b.warnMin != nil && *b.warnMin <= *b.min:
		p.Fail(at, "warn: min %s is never reached, since the check fails below %s", number(*b.warnMin), number(*b.min))
	}
}

// number writes a value as a person does: 3, 0.05, 1e+21.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func (b *bounds) given() bool { return b.min != nil || b.max != nil }

// text is the bounds in a message: ">= 1", "in [0, 0.05]".
func boundsText(low, high *float64) string {
	switch {
	case low != nil && high != nil:
		return "in [" + number(*low) + ", " + number(*high) + "]"
	case low != nil:
		return ">= " + number(*low)
	case high != nil:
		return "<= " + number(*high)
	}
	return "a number"
}

// within is false for NaN, whatever the bounds.
func within(v float64, low, high *float64) bool {
	return !math.IsNaN(v) && (low == nil || v >= *low) && (high == nil || v <= *high)
}

// point is one value to judge and what to call it.
type point struct {
	name string
	v    float64
	text string
}

// assess judges a result. The message of a failure names the series and its value.
func (b *bounds) assess(o *Outcome, r *promResult) {
	if len(r.series) == 0 && !(b.reduce == "count" && b.empty == "pass") {
		b.assessEmpty(o, "the query returned no series")
		return
	}
	points, bad := b.points(r)
	if bad != nil {
		what := "is not a finite number"
		if _, err := strconv.ParseFloat(bad.text, 64); err != nil {
			what = "is not a number"
		}
		if r.kind == "string" && !b.given() {
			o.Message = "query returned: " + strconv.Quote(cut(bad.text, 100))
			o.assess(Assertion{Expr: "the query returns a value", Passed: true, Expected: "a value", Actual: cut(bad.text, 100)}, "")
			return
		}
		o.assess(Assertion{Expr: "each value is a finite number", Expected: "a finite number", Actual: cut(bad.text, 100)},
			fmt.Sprintf("query returned: %s%s, which %s", cut(bad.text, 100), of(bad.name), what))
		return
	}
	if len(points) == 0 && b.reduce != "count" {
		b.assessEmpty(o, "every value is NaN or infinite")
		return
	}
	points = b.reduced(points, r)
	if !b.given() {
		b.assessPresence(o, points)
	} else {
		b.assessBounds(o, points)
	}
	b.assessWarning(o, points)
}

func (b *bounds) assessEmpty(o *Outcome, what string) {
	pass := b.empty == "pass"
	o.assess(Assertion{Expr: "the result is not empty", Passed: pass, Expected: "values", Actual: what}, what)
	if pass {
		o.Message = what
	}
}

// points lists the values, without those that `nan: ignore` leaves out, or gives one that must not be.
func (b *bounds) points(r *promResult) (points []point, bad *point) {
	for _, s := range r.series {
		for i, v := range s.values {
			p := point{s.labels, v, s.texts[i]}
			if math.IsNaN(v) || math.IsInf(v, 0) {
				if _, err := strconv.ParseFloat(p.text, 64); b.nan == "ignore" && err == nil {
					continue
				}
				return nil, &p
			}
			points = append(points, p)
		}
	}
	return points, nil
}

// reduced makes one point of all, unless each is judged by itself.
func (b *bounds) reduced(points []point, r *promResult) []point {
	if b.reduce == "" || b.reduce == "any" {
		return points
	}
	v := 0.0
	switch b.reduce {
	case "count":
		v = float64(b.counted(r))
	case "max", "min":
		v = points[0].v
		for _, p := range points {
			if b.reduce == "max" {
				v = max(v, p.v)
			} else {
				v = min(v, p.v)
			}
		}
	default:
		for _, p := range points {
			v += p.v
		}
		if b.reduce == "avg" {
			v /= float64(len(points))
		}
	}
	return []point{{b.reduce + " of " + plural(len(points), "value"), v, number(v)}}
}

// counted is how many series have a value that counts.
func (b *bounds) counted(r *promResult) int {
	n := 0
	for _, s := range r.series {
		for _, v := range s.values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				n++
				break
			}
		}
	}
	return n
}

func (b *bounds) assessPresence(o *Outcome, points []point) {
	texts := make([]string, 0, 5)
	for _, p := range points {
		if len(texts) == 5 {
			texts = append(texts, "…")
			break
		}
		texts = append(texts, p.text)
	}
	// An overflow of a sum is no number either.
	for _, p := range points {
		ok := !math.IsNaN(p.v) && !math.IsInf(p.v, 0)
		o.assess(Assertion{Expr: "the query returns a value", Passed: ok, Expected: "a finite number", Actual: p.text}, fmt.Sprintf("query returned: %s, which is not a finite number", p.text))
		if !ok {
			return
		}
		o.Assertions = o.Assertions[:1]
	}
	o.Message = "query returned: " + strings.Join(texts, ", ")
}

func (b *bounds) assessBounds(o *Outcome, points []point) {
	want := boundsText(b.min, b.max)
	var wrong *point
	right := 0
	for i, p := range points {
		if within(p.v, b.min, b.max) && !math.IsInf(p.v, 0) {
			right++
		} else if wrong == nil {
			wrong = &points[i]
		}
	}
	if b.reduce == "any" {
		o.assess(Assertion{Expr: "any value " + want, Passed: right > 0, Expected: want, Actual: fmt.Sprintf("%d of %s", right, plural(len(points), "value"))},
			fmt.Sprintf("no value %s: query returned: %s%s", want, points[0].text, of(points[0].name)))
		return
	}
	if wrong == nil {
		o.assess(Assertion{Expr: "value " + want, Passed: true, Expected: want, Actual: points[0].v}, "")
		return
	}
	others := ""
	if n := len(points) - right - 1; n > 0 {
		others = fmt.Sprintf(" (and %d more)", n)
	}
	o.assess(Assertion{Expr: "value " + want, Expected: want, Actual: wrong.text},
		fmt.Sprintf("value %s (got %s%s)%s", want, wrong.text, of(wrong.name), others))
}

// assessWarning looks at the second pair of bounds once the first is kept.
func (b *bounds) assessWarning(o *Outcome, points []point) {
	if o.Err != nil || b.warnMin == nil && b.warnMax == nil {
		return
	}
	want := boundsText(b.warnMin, b.warnMax)
	for _, p := range points {
		if !within(p.v, b.warnMin, b.warnMax) {
			o.Warning = fmt.Sprintf("value %s wanted without a warning (got %s%s)", want, p.text, of(p.name))
			return
		}
	}
}

// of names a series behind a value; a result without labels has no name worth telling.
func of(name string) string {
	if name == "" || name == "{}" {
		return ""
	}
	return " of " + name
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
