package prelude

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"assay.rs/core"
	"assay.rs/core/internal/literal"
)

// comparisons are the assertions about two values.
func comparisons() []core.Func {
	a, b := anyArg("a", "The value."), anyArg("b", "What it is compared with.")
	funcs := []core.Func{
		binary("eq", "Raises when a and b differ, with the first place where they do.", `assert.eq({1, {x = 2}}, {1, {x = 2}})`, a, b,
			func(c core.Call, a, b core.Value) (string, error) {
				found, err := diff(c, a, b)
				if found == nil {
					return "", err
				}
				return found.text(c), nil
			}),
		binary("ne", "Raises when a and b are equal.", `assert.ne({x = 1}, {x = 2})`, a, b,
			func(c core.Call, a, b core.Value) (string, error) {
				found, err := diff(c, a, b)
				if err == nil && found != nil && differInTypeAlone(c, a, b) {
					return "", fmt.Errorf("%s is a %s and %s a %s: they are never equal", c.Render(a), a.TypeName(), c.Render(b), b.TypeName())
				}
				if found != nil || err != nil {
					return "", err
				}
				return "both are " + c.Render(a), nil
			}),
		core.Fn4(assertDoc("near", "Raises when a and b are further apart than tolerance.", `assert.near(0.1 + 0.2, 0.3, 1e-9)`),
			a, b, core.Arg("tolerance", core.Number(), "The largest difference that is accepted."), message(),
			core.ReturnsNothing(), near),
	}
	for _, o := range []struct {
		name, words, example string
		holds                func(order int) bool
	}{
		{"gt", "greater than", `assert.gt(2, 1)`, func(order int) bool { return order > 0 }},
		{"lt", "less than", `assert.lt("a", "b")`, func(order int) bool { return order < 0 }},
		{"ge", "at least", `assert.ge(2, 2)`, func(order int) bool { return order >= 0 }},
		{"le", "at most", `assert.le(1, 2)`, func(order int) bool { return order <= 0 }},
	} {
		funcs = append(funcs, binary(o.name, "Raises unless a, a number or text, is "+o.words+" b.", o.example, a, b,
			func(c core.Call, a, b core.Value) (string, error) {
				order, err := compare(a, b)
				if err != nil {
					return fmt.Sprintf("cannot compare %s with %s", shown{c, a}, shown{c, b}), nil //nolint:nilerr // it does not hold
				}
				return unless(order != unordered && o.holds(order), "%s is not %s %s", shown{c, a}, o.words, shown{c, b})
			}))
	}
	return funcs
}

// differInTypeAlone tells whether a number and a text are written alike.
func differInTypeAlone(c core.Call, a, b core.Value) bool {
	return isNumber(a.Kind()) && isTextual(b.Kind()) && c.ToString(a) == c.ToString(b) ||
		isTextual(a.Kind()) && isNumber(b.Kind()) && c.ToString(a) == c.ToString(b)
}

// unordered is the order of NaN and anything.
const unordered = math.MinInt

// compare orders two numbers or two texts.
func compare(a, b core.Value) (int, error) {
	if isNumber(a.Kind()) && isNumber(b.Kind()) {
		order, ordered := compareNumbers(a, b)
		if !ordered {
			order = unordered
		}
		return order, nil
	}
	if isTextual(a.Kind()) && isTextual(b.Kind()) {
		textA, _ := a.Text()
		textB, _ := b.Text()
		return strings.Compare(textA, textB), nil
	}
	return 0, fmt.Errorf("a %s and a %s have no order", a.TypeName(), b.TypeName())
}

func near(c core.Call, a, b core.Value, tolerance float64, msg string) (core.None, error) {
	count(c)
	if !(tolerance >= 0) { // NaN is refused too
		return core.None{}, fmt.Errorf("argument 3 'tolerance': must not be negative, got %s", literal.Number(tolerance))
	}
	if math.IsInf(tolerance, 1) {
		return core.None{}, errors.New("argument 3 'tolerance': is infinite, which every number is within: it says nothing")
	}
	numberA, okA := a.Number()
	numberB, okB := b.Number()
	if okA && okB && math.Abs(numberA-numberB) <= tolerance || okA && okB && numberA == numberB {
		return core.None{}, nil
	}
	why := fmt.Sprintf("%s is not within %s of %s", c.Render(a), literal.Number(tolerance), c.Render(b))
	return core.None{}, failed(c, "near", why, msg, nil)
}

// contents are the assertions about what is inside text and arrays.
func contents() []core.Func {
	text := anyArg("text", "The text.")
	return []core.Func{
		binary("contains", "Raises when needle is not in haystack: as a part of text, or as an element of an array.",
			`assert.contains("connection refused", "refused")  assert.contains({"a", "b"}, "b")`,
			anyArg("haystack", "Text or an array."), anyArg("needle", "What to look for."), contains),
		binary("matches", "Raises when a Lua pattern matches nowhere in text.", `assert.matches("v1.2.3", "^v%d+%.%d+")`,
			text, core.Arg("pattern", core.String(), "A Lua pattern, as string.find takes it."), matches),
		binary("regex", "Raises when a regular expression matches nowhere in text.", "assert.regex(\"v1.2.3\", [[^v\\d+\\.\\d+]])",
			text, core.Arg("pattern", core.String(), "A regular expression in RE2 syntax."), matchesRegexp),
		binary("len", "Raises when v has another length: bytes of text, elements of an array, entries of another table.",
			`assert.len({"a", "b"}, 2)`,
			anyArg("v", "Text or a table."), core.Arg("n", core.Int(), "The length it must have."), hasLength),
	}
}

func contains(c core.Call, haystack, needle core.Value) (string, error) {
	if s, ok := haystack.Text(); ok {
		part, isText := needle.Text()
		if isText && part == "" {
			return "", errors.New("argument 2 'needle': is empty, which every text contains: it says nothing")
		}
		return unless(isText && strings.Contains(s, part), "%s does not contain %s", shown{c, haystack}, shown{c, needle})
	}
	t, ok := haystack.Table()
	if !ok {
		return fmt.Sprintf("%s is neither text nor an array", c.Render(haystack)), nil
	}
	for i := 1; i <= t.Len(); i++ {
		found, err := diff(c, t.At(i), needle)
		if found == nil {
			return "", err
		}
	}
	return fmt.Sprintf("%s does not contain %s", c.Render(haystack), c.Render(needle)), nil
}

func matches(c core.Call, v core.Value, pattern string) (string, error) {
	s, ok := v.Text()
	if !ok {
		return fmt.Sprintf("%s is not text", c.Render(v)), nil
	}
	matched, err := c.Match(s, pattern)
	if err != nil {
		return "", err
	}
	if matched && matchesAny(func(text string) bool { ok, err := c.Match(text, pattern); return ok && err == nil }) {
		return "", errAnyText
	}
	return unless(matched, "%s does not match %s", shown{c, v}, literal.Quote(pattern))
}

func matchesRegexp(c core.Call, v core.Value, pattern string) (string, error) {
	s, ok := v.Text()
	if !ok {
		return fmt.Sprintf("%s is not text", c.Render(v)), nil
	}
	re, err := compileRegexp(pattern, len(s))
	if err != nil {
		return "", err
	}
	matched := re.MatchString(s)
	if matched && matchesAny(re.MatchString) {
		return "", errAnyText
	}
	return unless(matched, "%s does not match %s", shown{c, v}, literal.Quote(pattern))
}

var errAnyText = errors.New("argument 2 'pattern': matches any text: it says nothing")

// matchesAny tells whether a pattern matches the empty text, and texts of all kinds.
func matchesAny(match func(string) bool) bool {
	return !slices.ContainsFunc([]string{"", "a", "Z9", "-1.5", "!", "\u00e9", "a b", `{"a":[]}`, strings.Repeat("x ", 500)}, func(text string) bool { return !match(text) })
}

func hasLength(c core.Call, v core.Value, n int) (string, error) {
	if s, ok := v.Text(); ok && isTextual(v.Kind()) {
		return unless(len(s) == n, "the length is %d, not %d: %s", len(s), n, shown{c, v})
	}
	t, ok := v.Table()
	if !ok {
		return fmt.Sprintf("%s has no length", c.Render(v)), nil
	}
	length := entries(t)
	return unless(length == n, "the length is %d, not %d: %s", length, n, shown{c, v})
}

// entries is the length of an array, or how many entries another table has.
func entries(t core.Table) int {
	if t.IsArray() {
		return t.Len()
	}
	n := 0
	_ = t.Each(func(_, _ core.Value) error {
		n++
		return nil
	})
	return n
}
