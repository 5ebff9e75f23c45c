package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay.rs/mod-data/yaml"
)

// statuses is which HTTP statuses are wanted. The zero value wants 2xx.
type statuses struct {
	text string // as in a message: "status == 200"
	want any    // as in the document
	any  bool
	one  []statusRange // any of these
}

// statusRange is a conjunction of comparisons.
type statusRange []comparison

type comparison struct {
	op   string
	code int
}

func (c comparison) holds(code int) bool {
	switch c.op {
	case ">=":
		return code >= c.code
	case "<=":
		return code <= c.code
	case ">":
		return code > c.code
	case "<":
		return code < c.code
	case "!=":
		return code != c.code
	}
	return code == c.code
}

func success() statuses {
	return statuses{text: "status is 2xx", want: "2xx", one: []statusRange{class(2)}}
}

func class(n int) statusRange {
	return statusRange{{">=", n * 100}, {"<", n*100 + 100}}
}

func (s statuses) match(code int) bool {
	if s.any {
		return true
	}
	for _, r := range s.one {
		all := len(r) > 0
		for _, c := range r {
			all = all && c.holds(code)
		}
		if all {
			return true
		}
	}
	return false
}

// assess compares; the classes tell retry.on more about a status that was not wanted.
func (s statuses) assess(o *Outcome, code int) {
	if s.text == "" {
		s = success()
	}
	a, message := Assertion{Expr: s.text, Passed: s.match(code), Expected: s.want, Actual: code}, ""
	if !a.Passed {
		message = fmt.Sprintf("%s (got %d)", s.text, code)
	}
	o.assess(a, message, statusClasses(code)...)
}

const statusForms = `200, [200, 204], "2xx", ">=200 <300" or any`

func statusSchema() schema {
	one := schema{"anyOf": []any{
		schema{"type": "integer", "minimum": 100, "maximum": 599},
		schema{"type": "string", "pattern": `^any$|^[1-5]xx$|^((>=|<=|>|<|==|!=)\s*[1-5][0-9][0-9]\s*)+$|\$\{`},
	}}
	return schema{"anyOf": []any{one, schema{"type": "array", "items": one, "minItems": 1}}}
}

// statusValue reads the forms of expect.status.
func statusValue(into *statuses) Value {
	return Value{statusSchema, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.List {
			if text, want, ranges, ok := r.status(n); ok {
				*into = statuses{text: text, want: want, any: want == "any", one: ranges}
				r.decides(n, *into)
			}
			return
		}
		if len(n.Items) == 0 {
			r.Fail(n, "the list of statuses is empty: nothing could match it")
			return
		}
		out := statuses{}
		var names []string
		var wants []any
		for _, item := range n.Items {
			text, want, ranges, ok := r.status(item)
			if want == "any" && len(n.Items) > 1 {
				r.Fail(item, "any stands alone: every status matches it")
				return
			}
			if !ok || !r.decides(item, statuses{text: text, one: ranges}) {
				return
			}
			names = append(names, fmt.Sprint(want))
			wants = append(wants, want)
			out.one, out.any = append(out.one, ranges...), out.any || want == "any"
		}
		r.decides(n, out)
		out.text, out.want = "status in ["+strings.Join(names, ", ")+"]", wants
		*into = out
	}}
}

// decides refuses what holds for every status or for none.
func (r *Reader) decides(n *yaml.Node, s statuses) bool {
	if s.any {
		return true
	}
	matched, final := 0, 0 // an answer ends with a final status: from 200 on
	for code := 100; code <= 599; code++ {
		if !s.match(code) {
			continue
		}
		matched++
		if code >= 200 {
			final++
		}
	}
	switch {
	case matched == 0:
		r.Fail(n, "no status can be %s: nothing could pass", strings.TrimPrefix(s.text, "status "))
	case final == 400:
		r.Fail(n, "every status matches this: write any, alone, if that is meant")
	default:
		return true
	}
	return false
}

// status reads one form.
func (r *Reader) status(n *yaml.Node) (text string, want any, ranges []statusRange, ok bool) {
	v, ok := r.resolved(n)
	if !ok {
		return "", nil, nil, false
	}
	if code, isInt := v.Value.(int); isInt && v.Kind == yaml.Int {
		if code < 100 || code > 599 {
			r.Fail(n, "%d is not an HTTP status: they are 100 to 599", code)
			return "", nil, nil, false
		}
		return fmt.Sprintf("status == %d", code), code, []statusRange{{{"==", code}}}, true
	}
	s, isString := stringOf(v)
	switch {
	case isString && s == "any":
		return "status is any", "any", nil, true
	case isString && len(s) == 3 && s[0] >= '1' && s[0] <= '5' && s[1:] == "xx":
		return "status is " + s, s, []statusRange{class(int(s[0] - '0'))}, true
	}
	if _, isCode := statusCode(s); isString && isCode {
		r.Fail(n, "a status is a number, not %s: write %s without quotes", describe(v), s)
		return "", nil, nil, false
	}
	if isString {
		if rng, good := comparisons(s, statusCode); good {
			return "status " + s, s, []statusRange{rng}, true
		}
	}
	r.Fail(n, "must be %s, not %s", statusForms, describe(v))
	return "", nil, nil, false
}

// comparisons reads ">=200 <300"; blanks may stand between operator and number.
func comparisons(s string, read func(string) (int, bool)) (statusRange, bool) {
	var out statusRange
	fields := strings.Fields(s)
	for i := 0; i < len(fields); i++ {
		f := fields[i]
		if strings.Trim(f, "<>=!") == "" && i+1 < len(fields) {
			i++
			f += fields[i]
		}
		op := f[:len(f)-len(strings.TrimLeft(f, "<>=!"))]
		code, ok := read(f[len(op):])
		if !ok || !slices.Contains([]string{">=", "<=", ">", "<", "==", "!="}, op) {
			return nil, false
		}
		out = append(out, comparison{op, code})
	}
	return out, len(out) > 0
}

// statusCode reads a status written as text: three digits.
func statusCode(s string) (int, bool) {
	code, err := strconv.Atoi(s)
	return code, err == nil && len(s) == 3 && code >= 100 && code <= 599
}
