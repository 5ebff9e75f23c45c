package yaml

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// Encode writes plain Go data as one document, as yaml.encode writes Lua values: nil, booleans, numbers,
// strings, and slices and maps of such. Keys become text.
func Encode(data any) ([]byte, error) {
	w := &writer{left: MaxNodes}
	w.Invalid, w.Limit = errValue, errLimit
	err := w.data(reflect.ValueOf(data), 0, 0, atRoot)
	return w.out, err
}

// data writes a value and the end of its line.
func (w *writer) data(v reflect.Value, depth, indent int, at lead) error {
	if w.left--; w.left < 0 {
		return errLimit.Errorf("more than %d values", MaxNodes)
	}
	if depth > MaxDepth {
		return errLimit.Errorf("nested deeper than %d", MaxDepth)
	}
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		return w.items(v, depth, indent, at)
	case reflect.Map:
		return w.entries(v, depth, indent, at)
	}
	if at != atRoot {
		w.out = append(w.out, ' ')
	}
	if err := w.plain(v, indent); err != nil {
		return err
	}
	w.out = append(w.out, '\n')
	return w.size()
}

func (w *writer) plain(v reflect.Value, indent int) error {
	switch {
	case !v.IsValid():
		w.out = append(w.out, "null"...)
	case v.Kind() == reflect.String:
		return w.text(v.String(), indent)
	case v.Kind() == reflect.Bool:
		w.out = strconv.AppendBool(w.out, v.Bool())
	case v.CanInt():
		w.out = strconv.AppendInt(w.out, v.Int(), 10)
	case v.CanUint():
		w.out = strconv.AppendUint(w.out, v.Uint(), 10)
	case v.CanFloat():
		w.out = appendNumber(w.out, v.Float())
	default:
		if s, ok := reflect.TypeAssert[fmt.Stringer](v); ok {
			return w.text(s.String(), indent)
		}
		return errValue.Errorf("a Go %s has no form in YAML", v.Type())
	}
	return nil
}

func (w *writer) items(v reflect.Value, depth, indent int, at lead) error {
	if v.Len() == 0 {
		w.none("[]", at)
	}
	for i := range v.Len() {
		w.begin(i == 0, indent, at)
		w.out = append(w.out, '-')
		if err := w.data(v.Index(i), depth+1, indent+1, afterDash); err != nil {
			return err
		}
	}
	return w.size()
}

func (w *writer) entries(v reflect.Value, depth, indent int, at lead) error {
	if v.Len() == 0 {
		w.none("{}", at)
	}
	values := make(map[string]reflect.Value, v.Len())
	keys := make([]string, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		key := fmt.Sprint(it.Key().Interface())
		values[key] = it.Value()
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		w.begin(i == 0, indent, at)
		if err := w.key(key, indent); err != nil {
			return err
		}
		if err := w.data(values[key], depth+1, indent+1, afterKey); err != nil {
			return err
		}
	}
	return w.size()
}
