package core

import (
	"context"
	"errors"
	"testing"
)

// A property that cannot be made is an error of whoever reads it, in a script and in an encoder.
func TestDerivedProperty(t *testing.T) {
	type form struct{ fields string }
	forms := NewObject[*form]("kit.Form", "A form.")
	made := 0
	Derived(forms, "fields", String(), func(c Call, f *form) (string, error) {
		made++
		if f.fields == "" {
			return "", errors.New("there are none")
		}
		return f.fields, c.Copies(len(f.fields))
	}, "Its fields.")
	module := Module{Funcs: []Func{
		Fn1(Doc{Name: "form", Text: "Makes one.", Needs: Pure, Level: Check}, Arg("fields", String(), "Its fields."), Returns(forms.Type(), "It."),
			func(_ Call, fields string) (*form, error) { return &form{fields}, nil }),
		Fn1(Doc{Name: "encode", Text: "Encodes.", Needs: Pure, Level: Check}, Arg("v", Any(), "What."), Returns(String(), "JSON."),
			func(c Call, v Value) (string, error) {
				text, err := EncodeJSON(c, v, "")
				return string(text), err
			}),
	}}
	got, err := runScript(t, context.Background(), `
		local f = form("a")
		print(f.fields, f.fields, encode(f))
		print(pcall(function() return form("").fields end))
		print(pcall(encode, form("")))
	`, module)
	want := "a\ta\t{\"fields\":\"a\"}\nfalse\tfields of kit.Form: there are none\nfalse\tencode: fields of kit.Form: there are none"
	if err != nil || got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
	if made != 4 {
		t.Errorf("made %d times, want 4: once for both reads of a field, and once for each encoder", made)
	}
}
