package yaml

import (
	"testing"

	"assay.rs/core"

	"assay.rs/mod-data/internal/anyvalue"
	"assay.rs/mod-data/internal/kit"
)

// What is written is read back as it was.
func FuzzLuaValues(f *testing.F) {
	for _, seed := range anyvalue.Seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		kit.WithCall(t, func(c core.Call) {
			v := anyvalue.Format{Nulls: true, Special: true}.Table(c, data)
			text, err := encode(c, v)
			if err != nil {
				t.Fatal(err)
			}
			again, err := parse(c, string(text), parseOptions{})
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if d := anyvalue.Difference(v, again); d != "" {
				t.Errorf("%s\n%s", d, text)
			}
		})
	})
}
