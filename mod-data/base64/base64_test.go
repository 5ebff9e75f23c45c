package base64

import (
	std "encoding/base64"
	"errors"
	"strings"
	"testing"

	"assay.rs/core"
)

func TestEncode(t *testing.T) {
	for s, want := range map[string][2]string{
		"": {"", ""}, "f": {"Zg==", "Zg"}, "fo": {"Zm8=", "Zm8"}, "foo": {"Zm9v", "Zm9v"}, "foobar": {"Zm9vYmFy", "Zm9vYmFy"},
		"\xff\xfe?": {"//4/", "__4_"}, "\x00\x00": {"AAA=", "AAA"}, "\xfb": {"+w==", "-w"},
	} {
		standard, err := encode(core.Call{}, s)
		url, urlErr := urlEncode(core.Call{}, s)
		if err != nil || urlErr != nil || standard != want[0] || url != want[1] {
			t.Errorf("%q = %q, %q (%v, %v), want %q", s, standard, url, err, urlErr, want)
		}
		for _, text := range want {
			if got, err := urlDecode(core.Call{}, strings.NewReplacer("+", "-", "/", "_").Replace(text)); err != nil || got != s {
				t.Errorf("url_decode(%q) = %q, %v, want %q", text, got, err, s)
			}
		}
		if got, err := decode(core.Call{}, want[0]); err != nil || got != s {
			t.Errorf("decode(%q) = %q, %v, want %q", want[0], got, err, s)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"=":          "1 '=' at the end, not 0",
		"====":       "4 '=' at the end, not 0",
		"a":          "the text ends after 1 characters, in the middle of a byte",
		"a===":       "the text ends after 1 characters, in the middle of a byte",
		"YQ":         "0 '=' at the end, not 2",
		"YQ=":        "1 '=' at the end, not 2",
		"YQ===":      "3 '=' at the end, not 2",
		"YWI":        "0 '=' at the end, not 1",
		"YWJj=":      "1 '=' at the end, not 0",
		"YQ==YQ==":   "'=' at position 3 is not base64",
		"YQ\n==":     `'\n' at position 3 is not base64`,
		"YWJj\n":     `'\n' at position 5 is not base64`,
		"\x00":       `'\x00' at position 1 is not base64`,
		"!!!!":       "'!' at position 1 is not base64",
		"-w==":       "'-' at position 1 is not base64",
		"YR==":       "the last character, at position 2, has bits that belong to no byte",
		"YWJ=":       "the last character, at position 3, has bits that belong to no byte",
		"YWJjYW\xff": "the byte 0xff at position 7 is not base64",
	} {
		_, err := decode(core.Call{}, text)
		var e *core.Error
		if !errors.As(err, &e) || e.Code != errSyntax || e.Message != want {
			t.Errorf("decode(%q) = %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{"+w", "YQ=", "YR", "a", "YWJj=", "YQ===", "Y Q"} {
		if got, err := urlDecode(core.Call{}, text); err == nil {
			t.Errorf("url_decode(%q) = %q, want an error", text, got)
		}
	}
	if _, err := encode(core.Call{}, strings.Repeat("x", maxBytes+1)); err == nil {
		t.Error("encode of 64 MB and a byte: no error")
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"Zg==", "Zm8=", "YR==", "//4/", "__4_", "=", "Z\ng=="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := decode(core.Call{}, s)
		want, stdErr := std.StdEncoding.Strict().DecodeString(s)
		if stdErr == nil && strings.ContainsAny(s, "\r\n") {
			return // the standard library skips line breaks
		}
		if (err == nil) != (stdErr == nil) || err == nil && got != string(want) {
			t.Errorf("decode(%q) = %q, %v, want %q, %v", s, got, err, want, stdErr)
		}
		if again, err := encode(core.Call{}, got); err == nil && stdErr == nil && again != s {
			t.Errorf("%q was encoded as %q", s, again)
		}
	})
}
