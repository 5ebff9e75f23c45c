package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
)

func TestWriteIndentsLikeTheStandardLibrary(t *testing.T) {
	tricky := "quote \" backslash \\ braces {[]}, colon: <&> \u2028 \n end\\"
	for name, r := range map[string]*Report{
		"no checks": newReport(),
		"checks": {
			File: `"checks":[`, Reason: tricky,
			Checks: []Result{
				{Name: tricky, Assertions: []Assertion{}, History: []Try{{N: 1, Message: &tricky}}},
				{Name: "deep", Value: nested(30)},
				{Name: `"checks":[`, Value: map[string]any{"a": []any{}, "b": map[string]any{}, tricky: []any{1, nil, true, -1.5e300, tricky}}},
			},
			Errors: []Problem{{Location: "a.yaml:1:1", Message: tricky}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var want, got bytes.Buffer
			e := json.NewEncoder(&want)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(r); err != nil {
				t.Fatal(err)
			}
			if err := r.Write(&got); err != nil {
				t.Fatal(err)
			}
			if got.String() != want.String() {
				t.Errorf("Write = %s\nwant %s", got.String(), want.String())
			}
		})
	}
}

// nested is a list in lists.
func nested(depth int) any {
	var v any = 1.5
	for range depth {
		v = []any{v, true}
	}
	return v
}

func TestWriteTellsOfAClosedPipe(t *testing.T) {
	reader, writer := io.Pipe()
	_ = reader.Close()
	if err := newReport().Write(writer); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Write = %v, want %v", err, io.ErrClosedPipe)
	}
}
