package prelude

import (
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"

	"assay.rs/core"
	"assay.rs/core/internal/literal"
)

func logModule() core.Module {
	level := func(name string, level slog.Level) core.Func {
		return core.Fn2(core.Doc{
			Name: name, Text: "Writes one record to the log, on standard error. Control characters are written as escapes, and what goes beyond 64 KB is left out.",
			Needs: core.Log, Level: core.Check,
			Examples: []string{`log.` + name + `("rollout finished", {app = "web", seconds = 12.5})`},
		},
			core.Arg("message", core.String(), "What happened."),
			core.Opt("fields", core.MapOf(core.Any()), nil, "What it happened with."),
			core.ReturnsNothing(),
			func(c core.Call, msg string, fields map[string]core.Value) (core.None, error) {
				return core.None{}, record(c, level, msg, fields)
			})
	}
	return core.Module{
		Name: "log", Doc: "Writes structured records to the log.",
		Funcs: []core.Func{
			level("debug", slog.LevelDebug), level("info", slog.LevelInfo),
			level("warn", slog.LevelWarn), level("error", slog.LevelError),
		},
	}
}

// record logs msg with the fields in the order of their names.
func record(c core.Call, level slog.Level, msg string, fields map[string]core.Value) error {
	log, ctx := c.Log(), c.Context()
	if !log.Enabled(ctx, level) {
		if level < slog.LevelInfo {
			return nil
		}
		return c.Output(lineOverhead + min(len(msg), maxLine)) // it counts, whoever looks
	}
	budget := &lineBudget{maxLine}
	msg = budget.text(msg)
	attrs := make([]slog.Attr, 0, len(fields))
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if budget.left <= 0 {
			break
		}
		budget.left -= len(`"":"",`)
		attrs = append(attrs, slog.Any(fieldName(budget.text(key)), fieldValue(c, budget, fields[key])))
	}
	if err := c.Output(lineOverhead + maxLine - budget.left); err != nil {
		return err
	}
	log.LogAttrs(ctx, level, msg, attrs...)
	return nil
}

// fieldName keeps a field from passing itself off as what the handler writes.
func fieldName(name string) string {
	switch name {
	case slog.TimeKey, slog.LevelKey, slog.MessageKey, slog.SourceKey:
		return "field." + name
	}
	return name
}

func fieldValue(c core.Call, budget *lineBudget, v core.Value) any {
	switch v.Kind() {
	case core.KindNil, core.KindNull:
		return nil
	case core.KindBool:
		budget.left -= len("false")
		return v.Bool()
	case core.KindNumber, core.KindInt64:
		budget.left -= 24
		return numberField(v)
	case core.KindString, core.KindError:
		s, _ := v.Text()
		return budget.text(s)
	case core.KindTable:
		if left := maxField; fits(v, &left) {
			if data, err := v.Go(c); err == nil {
				return tableField(budget, data)
			}
		}
	default:
	}
	return budget.text(c.Render(v))
}

// maxField is what a table may hold, in bytes, to be written as JSON. Of what holds more a line shows little anyway.
const maxField = 4 * maxLine

// fits takes what v holds from left, and tells whether that was enough.
func fits(v core.Value, left *int) bool {
	*left -= len(`0,`)
	if s, ok := v.Text(); ok && v.Kind() == core.KindString {
		*left -= len(s)
	}
	if t, ok := v.Table(); ok && *left >= 0 {
		_ = t.Each(func(k, item core.Value) error {
			if !fits(k, left) || !fits(item, left) {
				return errFull
			}
			return nil
		})
	}
	return *left >= 0
}

var errFull = errors.New("the table is too large for a line")

// numberField is a number that every handler can write: JSON has neither NaN nor infinity.
func numberField(v core.Value) any {
	if n, ok := v.Integer(); ok {
		return n
	}
	n, _ := v.Number()
	if text := literal.Number(n); n-n != 0 {
		return text
	}
	return n
}

// table is a field that is a table: JSON within JSON, and its JSON text elsewhere.
type table struct{ json string }

func (t table) MarshalJSON() ([]byte, error) { return []byte(t.json), nil }
func (t table) String() string               { return t.json }

// tableField falls back to cut text where the table does not fit the line.
func tableField(budget *lineBudget, data any) any {
	raw, err := json.Marshal(finite(data))
	if err != nil {
		return budget.text(err.Error())
	}
	// Within JSON text every escape is JSON's own, and a handler that quotes the text doubles them.
	asJSON := escapeJSON(string(raw))
	if budget.left >= cost(asJSON) {
		budget.left -= cost(asJSON)
		return table{asJSON}
	}
	return budget.text(asJSON)
}
