package gotemplate

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// functions are what templates can call.
type functions struct {
	names  map[string]any // all of them
	limits map[string]func(args []reflect.Value) error
	own    map[string]any // those that ask for memory themselves
}

// newFunctions are the functions of sprig, of Helm, and those of package text/template that write.
func (s *set) newFunctions() functions {
	f := functions{names: sprig.GenericFuncMap(), limits: s.limits(), own: make(map[string]any)}
	maps.Copy(f.names, writers())
	for _, own := range []map[string]any{s.helm(), s.outside(), s.regexps(), s.dates()} {
		maps.Copy(f.own, own)
	}
	maps.Copy(f.names, f.own)
	return f
}

// callee is the function of that name.
func (s *set) callee(name string) (callee, bool) {
	if own, ok := s.own[name]; ok {
		return callee{name: name, fn: reflect.ValueOf(own)}, true
	}
	fn, ok := s.names[name]
	return callee{name: name, fn: reflect.ValueOf(fn), guarded: true, deep: deep(name), limit: s.functions.limits[name]}, ok
}

// writers are the functions of package text/template that make text of anything.
func writers() map[string]any {
	return map[string]any{
		"print": fmt.Sprint, "printf": fmt.Sprintf, "println": fmt.Sprintln,
		"html": template.HTMLEscaper, "js": template.JSEscaper, "urlquery": template.URLQueryEscaper,
	}
}

// deep tells whether a function goes through all of its arguments, not only their first level.
func deep(name string) bool {
	switch strings.TrimPrefix(name, "must") {
	case "print", "printf", "println", "html", "js", "urlquery",
		"cat", "join", "quote", "squote", "toString", "toStrings", "sortAlpha", "toJson", "toPrettyJson", "toRawJson", "ToJson", "ToPrettyJson", "ToRawJson",
		"deepCopy", "DeepCopy", "merge", "Merge", "mergeOverwrite", "MergeOverwrite", "deepEqual", "uniq", "Uniq", "has", "Has", "without", "Without":
		return true
	}
	return false
}

// outside are the functions that look outside of the template, as far as the policy permits.
func (s *set) outside() map[string]any {
	return map[string]any{
		"env": func(name string) string { return s.env(name) },
		"expandenv": func(text string) (string, error) {
			var failed error
			expanded := os.Expand(text, func(name string) string {
				value := s.env(name)
				if failed == nil {
					failed = s.spend(1, 2*len(value))
				}
				if failed != nil {
					return ""
				}
				return value
			})
			return expanded, failed
		},
		"getHostByName": func(host string) (string, error) {
			if s.config.Lookup == nil {
				return "", errors.New("names cannot be looked up here")
			}
			addresses, err := s.config.Lookup(host)
			if err != nil {
				return "", err
			}
			return addresses[0], nil
		},
	}
}

func (s *set) env(name string) string {
	if s.config.Env == nil {
		return ""
	}
	return s.config.Env(name)
}

// How long, in seconds, the generation of a key takes at most.
const (
	secondsOfRSA4096 = 8
	secondsOfRSA2048 = 2
	secondsOfHash    = 0 // a fraction of one
)

// limits look at arguments that say how much a function makes, or how long it takes.
func (s *set) limits() map[string]func(args []reflect.Value) error {
	times := func(size int) func(args []reflect.Value) error {
		return func(args []reflect.Value) error {
			n := args[0].Int()
			if n < 0 {
				return fmt.Errorf("a count must not be negative, got %d", n)
			}
			if size >= 0 {
				return s.spendTimes(args[size].Len(), int(n))
			}
			return s.spendTimes(itemSize, int(n))
		}
	}
	slow := func(seconds float64) func([]reflect.Value) error {
		return func([]reflect.Value) error {
			if s.config.Slow == nil {
				return nil
			}
			return s.config.Slow(seconds)
		}
	}
	all := map[string]func(args []reflect.Value) error{
		"repeat": times(1), "randAlphaNum": times(-1), "randAlpha": times(-1), "randAscii": times(-1), "randNumeric": times(-1), "randBytes": times(-1),
		"until": s.until, "untilStep": s.untilStep, "seq": s.seq, "indent": s.indented, "nindent": s.indented, "replace": s.replaced, "join": s.joined, "wrapWith": s.wrapped,
		"printf": s.formatted, "genPrivateKey": slow(secondsOfRSA4096), "bcrypt": slow(secondsOfHash), "htpasswd": slow(secondsOfHash),
		"derivePassword": func(args []reflect.Value) error { return errors.Join(slow(secondsOfHash)(args), s.spend(1, 33<<20)) },
	}
	for _, name := range []string{"genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey"} {
		all[name] = slow(secondsOfRSA2048)
	}
	for _, name := range []string{"uniq", "mustUniq", "without", "mustWithout"} {
		all[name] = s.quadratic
	}
	return all
}

// counted asks for a list of whole numbers.
func (s *set) counted(from, to, step int64) error {
	span := uint64(max(from, to)) - uint64(min(from, to))
	return s.spendTimes(3*itemSize, int(min(span/uint64(max(magnitude(step), 1)), 1<<40)))
}

func (s *set) until(args []reflect.Value) error { return s.counted(0, args[0].Int(), 1) }

func (s *set) untilStep(args []reflect.Value) error {
	return s.counted(args[0].Int(), args[1].Int(), args[2].Int())
}

// seq takes the last number, the first and the last, or the first, the step and the last.
func (s *set) seq(args []reflect.Value) error {
	list := args[0]
	switch list.Len() {
	case 1:
		return s.counted(1, list.Index(0).Int(), 1)
	case 2:
		return s.counted(list.Index(0).Int(), list.Index(1).Int(), 1)
	case 3:
		return s.counted(list.Index(0).Int(), list.Index(2).Int(), list.Index(1).Int())
	}
	return nil
}

func magnitude(n int64) int64 { return max(n, -n) }

func (s *set) indented(args []reflect.Value) error {
	if args[0].Int() < 0 {
		return fmt.Errorf("a width must not be negative, got %d", args[0].Int())
	}
	return s.spendTimes(int(args[0].Int()), strings.Count(args[1].String(), "\n")+1)
}

func (s *set) replaced(args []reflect.Value) error {
	return s.spendTimes(args[1].Len(), strings.Count(args[2].String(), args[0].String()))
}

func (s *set) joined(args []reflect.Value) error {
	list := args[1]
	for list.Kind() == reflect.Interface && !list.IsNil() {
		list = list.Elem()
	}
	if list.Kind() != reflect.Slice && list.Kind() != reflect.Array {
		return nil
	}
	return s.spendTimes(args[0].Len(), list.Len())
}

func (s *set) wrapped(args []reflect.Value) error {
	return s.spendTimes(args[1].Len(), args[2].Len()/int(max(args[0].Int(), 1))+1)
}

// maxQuadratic is how many items a function takes that compares each with each.
const maxQuadratic = 5000

func (s *set) quadratic(args []reflect.Value) error {
	list := args[0]
	for list.Kind() == reflect.Interface && !list.IsNil() {
		list = list.Elem()
	}
	if (list.Kind() == reflect.Slice || list.Kind() == reflect.Array) && list.Len() > maxQuadratic {
		return fmt.Errorf("a list of %d items: %d at most", list.Len(), maxQuadratic)
	}
	return nil
}

// maxWidth is how wide printf makes a value.
const maxWidth = 10_000

// formatted looks at the widths and precisions in a format, and at those among the values.
func (s *set) formatted(args []reflect.Value) error {
	format, width := args[0].String(), 0
	for i := range len(format) {
		if c := format[i]; c < '0' || c > '9' {
			width = 0
			continue
		}
		if width = 10*width + int(format[i]-'0'); width > maxWidth {
			return fmt.Errorf("a width is more than %d", maxWidth)
		}
	}
	if strings.Contains(format, "*") {
		for i := range args[1].Len() {
			if v := args[1].Index(i).Elem(); v.CanInt() && magnitude(v.Int()) > maxWidth {
				return fmt.Errorf("a width is more than %d", maxWidth)
			}
		}
	}
	return s.spendTimes(maxWidth/10, strings.Count(format, "%"))
}
