// Package hex offers hex.encode and hex.decode to scripts.
package hex

import (
	std "encoding/hex"
	"errors"

	"assay.rs/core"
)

const maxBytes = 64 << 20 // bytes that are encoded or decoded at once

var (
	errSyntax = core.NewCode("hex.syntax", "The text is not hexadecimal.")
	errLimit  = core.NewCode("hex.limit", "The text is larger than 64 MB.")
)

// New makes the module.
func New() core.Module {
	return core.Module{
		Name: "hex", Doc: "Writes bytes as hexadecimal text and reads it back.",
		Funcs: []core.Func{
			core.Fn1(core.Doc{
				Name: "encode", Text: "Gives each byte of `s` as two hexadecimal digits, in lower case.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errLimit},
				Examples: []string{`assert.eq(hex.encode("hi\255"), "6869ff")`},
			}, core.Arg("s", core.String(), "Any bytes."), core.Returns(core.String(), "The digits."), encode),
			core.Fn1(core.Doc{
				Name: "decode", Text: "Gives the bytes that pairs of hexadecimal digits stand for, in upper or lower case and with nothing between them.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errSyntax, errLimit},
				Examples: []string{
					`assert.eq(hex.decode("6869FF"), "hi\255")`,
					`local ok, e = pcall(hex.decode, "6g")  assert.eq(e.code, "hex.syntax")`,
				},
			}, core.Arg("s", core.String(), "The digits."), core.Returns(core.String(), "The bytes."), decode),
		},
	}
}

func encode(c core.Call, s string) (string, error) {
	if len(s) > maxBytes {
		return "", errLimit.Errorf("%d bytes: at most %d are encoded", len(s), maxBytes)
	}
	if err := c.Charge(5 * len(s)); err != nil { // s as bytes, its digits as bytes and as text
		return "", err
	}
	return std.EncodeToString([]byte(s)), nil
}

func decode(c core.Call, s string) (string, error) {
	if len(s) > maxBytes {
		return "", errLimit.Errorf("%d bytes: at most %d are decoded", len(s), maxBytes)
	}
	if err := c.Charge(2 * len(s)); err != nil {
		return "", err
	}
	decoded, err := std.DecodeString(s)
	if bad, ok := errors.AsType[std.InvalidByteError](err); ok {
		for i := range len(s) {
			if s[i] == byte(bad) {
				return "", errSyntax.Errorf("%q at position %d is not a hexadecimal digit", rune(bad), i+1)
			}
		}
	}
	if err != nil {
		return "", errSyntax.Errorf("there are %d digits: each byte has two", len(s))
	}
	return string(decoded), nil
}
