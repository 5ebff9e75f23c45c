package hex

import (
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/mod-data/internal/kit"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

func TestHex(t *testing.T) {
	for source, want := range map[string]string{
		`out(hex.encode(""), hex.encode("\0\1\255"), hex.decode("") == "")`: " 0001ff true",
		`out(#hex.decode("00ff"), hex.decode("4A4b"))`:                      "2 JK",
		`out(pcall(hex.decode, "abc"))`:                                     "false hex.decode: there are 3 digits: each byte has two",
		`out(pcall(hex.decode, "0x41"))`:                                    "false hex.decode: 'x' at position 2 is not a hexadecimal digit",
		`out(pcall(hex.decode, "de ad"))`:                                   "false hex.decode: ' ' at position 3 is not a hexadecimal digit",
		`out(pcall(hex.decode, "\255\255"))`:                                "false hex.decode: 'ÿ' at position 1 is not a hexadecimal digit",
	} {
		if got, err := kit.Eval(t, New(), time.Minute, source); got != want || err != nil {
			t.Errorf("%s: %q (%v), want %q", source, got, err, want)
		}
	}
}

func TestLimit(t *testing.T) {
	long := strings.Repeat("0", maxBytes+1)
	if _, err := decode(core.Call{}, long); err == nil {
		t.Error("decode of 64 MB and a byte gave no error")
	}
	if _, err := encode(core.Call{}, long); err == nil {
		t.Error("encode of 64 MB and a byte gave no error")
	}
}

func FuzzHex(f *testing.F) {
	f.Add("\x00\xff")
	f.Fuzz(func(t *testing.T, s string) {
		digits, err := encode(core.Call{}, s)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decode(core.Call{}, strings.ToUpper(digits)); err != nil || got != s {
			t.Errorf("%q became %q (%v)", s, got, err)
		}
	})
}
