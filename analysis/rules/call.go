package rules

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/analysis/types"
	"assay.rs/core/nearest"
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

// call looks at a call: missing-parameter, redundant-parameter, unknown-option, literal, deprecated.
func (k *checker) call(id syntax.NodeID) {
	callee := k.Callee(id)
	args := k.Arguments(id)
	if callee.Kind != types.Function {
		return
	}
	if instead := spec.Deprecated(callee.Func.Text); instead != "" {
		k.at(k.Tree.Kids(id)[0], "deprecated", cmp.Or(callee.Name, k.Tree.Name(k.Tree.Kids(id)[0]))+" is deprecated: "+instead, nil)
	}
	if callee.Name == "" {
		k.localCall(id, callee, args)
		return
	}
	if inLua(callee.Name) {
		return // its comments may say less than it takes
	}
	k.count(id, callee, args)
	for _, arg := range args {
		k.value(arg, callee)
	}
}

// inLua reports whether something belongs to a module that is written in Lua, which checks nothing by itself.
func inLua(name string) bool { return strings.HasPrefix(name, "assay.") }

// spreads reports whether the last argument may be any number of values.
func (k *checker) spreads(args []syntax.NodeID) bool {
	if len(args) == 0 {
		return false
	}
	switch k.Tree.Node(args[len(args)-1]).Kind {
	case syntax.Call, syntax.MethodCall, syntax.VarargExpression:
		return true
	}
	return false
}

func (k *checker) count(id syntax.NodeID, callee types.Type, args []syntax.NodeID) {
	params := callee.Func.Params
	if slices.ContainsFunc(params, func(p spec.Param) bool { return p.Name == "self" }) {
		return
	}
	rest := slices.ContainsFunc(params, func(p spec.Param) bool { return p.Rest })
	needed := 0
	for _, p := range params {
		if !p.Optional && !p.Rest && !p.Type.Nullable {
			needed++
		}
	}
	spread := k.spreads(args)
	switch {
	case len(args) < needed && !spread:
		missing := params[min(len(args), len(params)-1)]
		k.at(id, "missing-parameter", fmt.Sprintf("%s takes %s, got %d: '%s' is missing", callee.Name, counted(needed, len(params), rest), len(args), missing.Name), nil)
	case len(args) > len(params) && !rest && !(spread && len(args) == len(params)+1):
		k.at(args[len(params)], "redundant-parameter", fmt.Sprintf("%s takes %s, got %d", callee.Name, counted(needed, len(params), rest), len(args)), nil)
	}
}

// counted is "2 arguments", "1 to 3 arguments", "at least 1 argument".
func counted(least, most int, rest bool) string {
	noun := " arguments"
	if most == 1 || rest && least == 1 {
		noun = " argument"
	}
	switch {
	case rest:
		return "at least " + strconv.Itoa(least) + noun
	case least == most:
		return strconv.Itoa(most) + noun
	default:
		return strconv.Itoa(least) + " to " + strconv.Itoa(most) + noun
	}
}

// localCall looks at a call of a function that the text declares, and that nothing else is assigned to.
func (k *checker) localCall(id syntax.NodeID, callee types.Type, args []syntax.NodeID) {
	name := k.Tree.Kids(id)[0]
	if k.Tree.Node(id).Kind != syntax.Call || k.Tree.Node(name).Kind != syntax.NameExpression {
		return
	}
	v := &k.Bindings.Variables[k.Bindings.Of(name)]
	params := callee.Func.Params
	if v.Kind != syntax.LocalVariable || v.Assigned || k.Tree.Node(k.Parent(v.Node)).Kind != syntax.LocalFunction {
		return
	}
	if slices.ContainsFunc(params, func(p spec.Param) bool { return p.Rest }) || len(args) <= len(params) || k.spreads(args) && len(args) == len(params)+1 {
		return
	}
	k.at(args[len(params)], "redundant-parameter", fmt.Sprintf("%s takes %s, got %d", v.Name, counted(len(params), len(params), false), len(args)), nil)
}

// value looks at an argument, or at a value of a table that is one.
func (k *checker) value(id syntax.NodeID, callee types.Type) {
	expected := k.Expected(id)
	switch k.Tree.Node(id).Kind {
	case syntax.Table:
		k.options(id, callee)
	case syntax.StringLiteral:
		if expected != nil {
			k.literal(id, expected, callee)
		}
	}
}

// options looks at a table that is written where a record is asked for.
func (k *checker) options(id syntax.NodeID, callee types.Type) {
	record, only := k.Library.OptionsOf(k.Expected(id))
	known := []string{}
	if record != nil {
		known = recordNames(record)
	}
	for _, item := range k.Tree.Kids(id) {
		kids := k.Tree.Kids(item)
		kind := k.Tree.Node(item).Kind
		if kind != syntax.NamedItem && (kind != syntax.KeyedItem || k.Tree.Node(kids[0]).Kind != syntax.StringLiteral) {
			continue
		}
		k.value(kids[1], callee)
		key := k.Tree.Name(kids[0])
		if kind == syntax.KeyedItem {
			key = k.Text(kids[0])
		}
		if i := slices.Index(known, key); i >= 0 {
			if instead := spec.Deprecated(record.Fields[i].Text); instead != "" {
				k.at(kids[0], "deprecated", "option '"+key+"' is deprecated: "+instead, nil)
			}
			continue
		}
		if !only {
			continue
		}
		message := "unknown option '" + key + "'"
		var fix *Fix
		if near, ok := nearest.Name(key, known); ok {
			message += ": did you mean '" + near + "'?"
			text := near
			if kind == syntax.KeyedItem {
				text = strconv.Quote(near)
			}
			fix = k.replace(kids[0], text, true)
		}
		k.at(kids[0], "unknown-option", message, fix)
	}
}

// literal looks at a text that has to be a duration, a URL, a regular expression or one of several words.
func (k *checker) literal(id syntax.NodeID, t *spec.Type, callee types.Type) {
	text := k.Text(id)
	table, _, _ := strings.Cut(callee.Name, ".")
	switch {
	case t.Kind == spec.Enum && !slices.Contains(t.Values, text):
		message := strconv.Quote(text) + " is none of " + strings.Join(quotedAll(t.Values), ", ")
		var fix *Fix
		if near, ok := nearest.Name(text, t.Values); ok {
			message += ": did you mean " + strconv.Quote(near) + "?"
			fix = k.replace(id, strconv.Quote(near), false)
		}
		k.at(id, "literal", message, fix)
	case t.Kind == spec.Scalar && t.Name == "duration":
		if !isDuration(text) {
			k.at(id, "literal", "bad duration "+strconv.Quote(text)+`: write it like "500ms", "1m30s" or "2d"`, nil)
		}
	case k.isArgument(id, callee, "pattern") && (table == "regex" || callee.Name == "assert.regex"):
		if _, err := regexp.Compile(text); err != nil {
			k.at(id, "literal", "bad regular expression: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "), nil)
		}
	case table == "http" && !strings.Contains(callee.Name, ":") && k.isArgument(id, callee, "url"): // a client may have a base_url
		if problem := urlProblem(text); problem != "" {
			k.at(id, "literal", problem, nil)
		}
	}
}

func quotedAll(values []string) []string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return quoted
}

func isDuration(text string) bool {
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); err != nil && ok {
		n, err := strconv.ParseFloat(days, 64)
		return err == nil && n >= 0
	}
	return err == nil && d >= 0
}

func urlProblem(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "bad URL " + strconv.Quote(text)
	case u.Scheme != "http" && u.Scheme != "https":
		return "bad URL " + strconv.Quote(text) + ": it begins with http:// or https://"
	case u.Host == "":
		return "bad URL " + strconv.Quote(text) + ": it has no host"
	}
	return ""
}

// isArgument reports whether a node is the argument for the parameter of that name.
func (k *checker) isArgument(id syntax.NodeID, callee types.Type, name string) bool {
	call := k.Parent(id)
	if kind := k.Tree.Node(call).Kind; kind != syntax.Call && kind != syntax.MethodCall {
		return false
	}
	at := slices.Index(k.Arguments(call), id)
	return at >= 0 && at < len(callee.Func.Params) && callee.Func.Params[at].Name == name
}

// ignored looks at a call whose result is all that it is for: ignored-result.
func (k *checker) ignored(id syntax.NodeID) {
	call := k.Tree.Kids(id)[0]
	if kind := k.Tree.Node(call).Kind; kind != syntax.Call && kind != syntax.MethodCall {
		return
	}
	callee := k.Callee(call)
	if callee.Kind == types.Function && pointless(callee) {
		k.at(call, "ignored-result", callee.Name+" does nothing but give its result, which is ignored", nil)
	}
}

// pointless reports whether a call without its result does nothing, not even raise.
func pointless(callee types.Type) bool {
	table, name, _ := strings.Cut(callee.Name, ".")
	switch {
	case len(callee.Func.Returns) == 0 || len(callee.Func.Raises) > 0:
		return false
	case table == "string":
		switch name {
		case "lower", "upper", "trim", "sub", "len", "reverse", "byte", "split":
			return true
		}
		return false
	case table == "math":
		return name != "random"
	}
	switch callee.Name {
	case "tostring", "type", "rawget", "rawlen", "rawequal", "table.concat", "table.pack", "table.unpack", "unpack",
		"time", "time.monotonic", "os.time", "os.clock", "base64.encode", "base64.url_encode", "regex.escape", "os.platform", "os.arch":
		return true
	}
	return false
}
