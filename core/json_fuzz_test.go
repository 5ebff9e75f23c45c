package core

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzJSON compares with encoding/json: what is JSON to it is JSON to us but for what DecodeJSON documents,
// and what is written back has the same meaning.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5,-0,1e3,"x\u00e9\ud83d\ude00\n"],"b":{"c":null,"":[]},"d":true}`, `[null,null,1]`, `9007199254740993`, `[[[[]]]]`, `"\ud83d"`, `1e400`, `{"a":1,"a":null}`,
		`[1,]`, `{"a"}`, `-`, "\ufeff1", "\"\xff\"", `{"1":1,"2":2}`, `18446744073709551616`, `1E-7`, `[1e20,1e21,-1.5e-9]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		withCall(t, func(c Call) { compareJSON(t, c, text) })
	})
}

func compareJSON(t *testing.T, c Call, text string) {
	v, err := DecodeJSON(c, text, true)
	valid := json.Valid([]byte(text)) && utf8.ValidString(text)
	if err != nil {
		var coded *Error
		if !errors.As(err, &coded) || coded.Code != ErrJSONSyntax && coded.Code != ErrJSONLimit {
			t.Fatalf("error %v has no code", err)
		}
		if valid && coded.Code == ErrJSONSyntax && !strings.Contains(err.Error(), "surrogate") && !strings.Contains(err.Error(), "that large") {
			t.Fatalf("%q is JSON, but: %v", text, err)
		}
		return
	}
	body := strings.TrimPrefix(text, "\ufeff")
	if !json.Valid([]byte(body)) {
		t.Fatalf("%q is not JSON, but was read", text)
	}
	for _, indent := range []string{"", " "} {
		out, err := EncodeJSON(c, v, indent)
		if err != nil {
			t.Fatalf("what %q is cannot be written: %v", text, err)
		}
		var got, want any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%q was written as %q: %v", text, out, err)
		}
		if err := json.Unmarshal([]byte(body), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q was written as %q", text, out)
		}
	}
}
