package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Object is an object of the API as JSON has it: texts, json.Number, booleans, nil, []any and map[string]any.
type Object map[string]any

// At is the value at a path of keys, or nil.
func (o Object) At(path ...string) any {
	var at any = map[string]any(o)
	for _, key := range path {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[key]
	}
	return at
}

// Text is the text at a path, or "".
func (o Object) Text(path ...string) string {
	s, _ := o.At(path...).(string)
	return s
}

// Int is the whole number at a path. ok is false when there is none.
func (o Object) Int(path ...string) (n int64, ok bool) {
	number, ok := o.At(path...).(json.Number)
	if !ok {
		return 0, false
	}
	n, err := number.Int64()
	return n, err == nil
}

// Count is the whole number at a path, 0 when there is none: the API leaves zeros out.
func (o Object) Count(path ...string) int64 {
	n, _ := o.Int(path...)
	return n
}

// Bool is the boolean at a path, false when there is none.
func (o Object) Bool(path ...string) bool {
	b, _ := o.At(path...).(bool)
	return b
}

// Objects are the objects in the list at a path.
func (o Object) Objects(path ...string) []Object {
	list, _ := o.At(path...).([]any)
	out := make([]Object, 0, len(list))
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// Name is the object's name.
func (o Object) Name() string { return o.Text("metadata", "name") }

// Terminating tells whether the object is being deleted: what it says of itself is the past.
func (o Object) Terminating() bool { return o.Text("metadata", "deletionTimestamp") != "" }

// Condition is the condition of a type, in any case, or nil. Of one that stands there twice the status is "Twice".
func (o Object) Condition(name string) Object {
	var found Object
	for _, c := range o.Objects("status", "conditions") {
		switch {
		case !strings.EqualFold(c.Text("type"), name):
		case found != nil && found.Text("status") != c.Text("status"):
			return Object{"type": name, "status": "Twice"}
		default:
			found = c
		}
	}
	return found
}

// OwnedBy tells whether a controller made the object for the owner with this UID.
func (o Object) OwnedBy(uid string) bool {
	for _, owner := range o.Objects("metadata", "ownerReferences") {
		if uid != "" && owner.Text("uid") == uid {
			return true
		}
	}
	return false
}

// decode reads one JSON object and nothing behind it.
func decode(body []byte) (Object, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var o Object
	if err := d.Decode(&o); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	if o == nil {
		return nil, errors.New("it is null")
	}
	return o, nil
}
