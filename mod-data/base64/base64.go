// Package base64 offers base64.encode, decode, url_encode and url_decode to scripts (RFC 4648).
package base64

import (
	std "encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay.rs/core"
)

const (
	maxBytes   = 64 << 20 // bytes that are encoded or decoded at once
	pieceBytes = 3 << 14  // bytes that are encoded without a look at the next
)

var (
	errSyntax = core.NewCode("base64.syntax", "the text is not base64")
	errLimit  = core.NewCode("base64.limit", "the text is larger than 64 MB")
)

// New makes the module.
func New() core.Module {
	return core.Module{
		Name: "base64",
		Doc:  "Writes bytes as base64 text and reads it back (RFC 4648).",
		Funcs: []core.Func{
			core.Fn1(core.Doc{
				Name: "encode", Text: "Gives the bytes of `s` as base64, in the standard alphabet and with padding.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errLimit},
				Examples: []string{`assert.eq(base64.encode("hi"), "aGk=")`},
			}, core.Arg("s", core.String(), "Any bytes."), core.Returns(core.String(), "The base64 text, on one line."), encode),
			core.Fn1(core.Doc{
				Name: "decode",
				Text: "Gives the bytes that the base64 text `s` stands for. It must be in the standard alphabet, " +
					"padded, and without line breaks.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errSyntax, errLimit},
				Examples: []string{
					`assert.eq(base64.decode("aGk="), "hi")`,
					`local ok, e = pcall(base64.decode, "aGk")  assert.eq(e.code, "base64.syntax")`,
				},
			}, core.Arg("s", core.String(), "Base64 text."), core.Returns(core.String(), "The bytes."), decode),
			core.Fn1(core.Doc{
				Name: "url_encode", Text: "Gives the bytes of `s` as base64 for URLs and file names: `-` and `_` in place of `+` and `/`, and no padding.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errLimit},
				Examples: []string{`assert.eq(base64.url_encode("\255\254?"), "__4_")`},
			}, core.Arg("s", core.String(), "Any bytes."), core.Returns(core.String(), "The base64 text, on one line."), urlEncode),
			core.Fn1(core.Doc{
				Name: "url_decode", Text: "Gives the bytes that the base64 text `s` stands for. It must be in the alphabet for URLs; padding may be there or not.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errSyntax, errLimit},
				Examples: []string{`assert.eq(base64.url_decode("__4_"), "\255\254?")  assert.eq(base64.url_decode("aGk="), base64.url_decode("aGk"))`},
			}, core.Arg("s", core.String(), "Base64 text."), core.Returns(core.String(), "The bytes."), urlDecode),
		},
	}
}

func encode(c core.Call, s string) (string, error) { return encodeWith(c, std.StdEncoding, s) }

func urlEncode(c core.Call, s string) (string, error) { return encodeWith(c, std.RawURLEncoding, s) }

func encodeWith(c core.Call, encoding *std.Encoding, s string) (string, error) {
	if len(s) > maxBytes {
		return "", errLimit.Errorf("%d bytes: at most %d are encoded", len(s), maxBytes)
	}
	n := encoding.EncodedLen(len(s))
	if err := c.Charge(n); err != nil {
		return "", err
	}
	var text strings.Builder
	text.Grow(n)
	w := std.NewEncoder(encoding, &text)
	for len(s) > 0 {
		n := min(len(s), pieceBytes)
		if _, err := w.Write([]byte(s[:n])); err != nil {
			return "", err
		}
		s = s[n:]
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return text.String(), nil
}

func decode(c core.Call, s string) (string, error) {
	return decodeWith(c, std.RawStdEncoding, "+/", true, s)
}

func urlDecode(c core.Call, s string) (string, error) {
	return decodeWith(c, std.RawURLEncoding, "-_", false, s)
}

// decodeWith decodes s with an encoding that expects no padding. extra are the two characters of the
// alphabet that are neither letters nor digits.
func decodeWith(c core.Call, encoding *std.Encoding, extra string, padded bool, s string) (string, error) {
	if len(s) > maxBytes {
		return "", errLimit.Errorf("%d bytes: at most %d are decoded", len(s), maxBytes)
	}
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		if !inAlphabet(body[i], extra) {
			return "", foreign(body[i], i+1, padded)
		}
	}
	padding := len(s) - len(body)
	wanted := (4 - len(body)%4) % 4
	switch {
	case wanted == 3:
		return "", errSyntax.Errorf("the text ends after %d characters, in the middle of a byte", len(body))
	case padding != wanted && (padded || padding > 0):
		return "", errSyntax.Errorf("%d '=' at the end, not %d", padding, wanted)
	}
	n := encoding.DecodedLen(len(body))
	if err := c.Charge(n); err != nil {
		return "", err
	}
	var out strings.Builder
	out.Grow(n)
	// The decoder would skip line breaks, but none is left by now.
	_, err := io.Copy(&out, std.NewDecoder(encoding.Strict(), strings.NewReader(body)))
	if _, corrupt := errors.AsType[std.CorruptInputError](err); corrupt {
		return "", errSyntax.Errorf("the last character, at position %d, has bits that belong to no byte", len(body))
	}
	return out.String(), err
}

func inAlphabet(c byte, extra string) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == extra[0] || c == extra[1]
}

// foreign is the error for a character outside the alphabet, with a hint where the cause is common.
func foreign(c byte, position int, padded bool) error {
	name := strconv.QuoteRune(rune(c))
	if c >= utf8.RuneSelf {
		name = fmt.Sprintf("the byte 0x%02x", c)
	}
	err := errSyntax.Errorf("%s at position %d is not base64", name, position)
	switch {
	case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		err.Hint = `remove white space first: s:gsub("%s", "")`
	case padded && (c == '-' || c == '_'):
		err.Hint = "base64.url_decode reads the alphabet for URLs"
	case !padded && (c == '+' || c == '/'):
		err.Hint = "base64.decode reads the standard alphabet"
	}
	return err
}
