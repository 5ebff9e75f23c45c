package check

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A key that goes works, is logged with its place and what to use, and editors strike it out.
func TestDeprecatedKey(t *testing.T) {
	typ := Type{Name: "stub", Text: "Passes.", New: func() Body { return &oldKeyBody{} }}
	path := filepath.Join(t.TempDir(), "checks.yaml")
	if err := os.WriteFile(path, []byte("checks:\n  - name: one\n    type: stub\n    old: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if _, err := Load(path, Options{Types: []Type{typ}, Log: slog.New(slog.NewTextHandler(&log, nil))}); err != nil {
		t.Fatal(err)
	}
	if want := `level=WARN msg="a deprecated key" key=old at=`; !strings.Contains(log.String(), want) || !strings.Contains(log.String(), `checks.yaml:4:10 instead="use new; it goes with 0.4"`) {
		t.Errorf("log = %s", log.String())
	}
	schema, err := JSONSchema(typ)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(schema), `"deprecated": true`) {
		t.Error("the schema does not say that the key is deprecated")
	}
}

type oldKeyBody struct {
	stubBody
	old Template
}

func (b *oldKeyBody) Keys() []Key {
	return []Key{{Name: "old", Text: "What it was. Deprecated: use new; it goes with 0.4.", Value: Text(&b.old)}}
}
