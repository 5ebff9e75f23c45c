package crypto

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"assay.rs/core"
)

const hashNames = "sha224, sha256, sha384, sha512, sha3-224, sha3-256, sha3-384, sha3-512"

func hashFuncs() []core.Func {
	alg := core.Opt("alg", core.String(), "sha256", "One of "+hashNames+".").Default(`"sha256"`)
	return []core.Func{
		core.Fn2(raising(doc("hash", "Gives the SHA-2 (FIPS 180-4) or SHA-3 (FIPS 202) hash of `data`.",
			`assert.eq(crypto.hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")`,
			`assert.len(crypto.hash("abc", "sha3-512"), 128)`), errAlgorithm),
			core.Arg("data", core.String(), "Any bytes."), alg, core.Returns(core.String(), "The hash in hexadecimal digits."), hashText),
		core.Fn2(core.Doc{
			Name: "hash_file", Text: "Gives the hash of what is in a file, which is not read into memory.", Needs: core.Read, Level: core.Script,
			Raises:   []*core.Code{errAlgorithm, core.ErrDenied},
			Examples: []string{`assert.eq(crypto.hash_file("/dev/null"), crypto.hash(""))`},
		}, core.Arg("path", core.String(), "The file."), alg, core.Returns(core.String(), "The hash in hexadecimal digits."), hashFile),
		core.Fn4(raising(doc("hmac", "Gives the keyed hash of `data` (HMAC, RFC 2104).",
			`assert.eq(crypto.hmac("key", "text"):sub(1, 8), "6afa9046")`,
			`assert.len(crypto.hmac("key", "text", "sha512", true), 64)`), errAlgorithm),
			core.Arg("key", core.String(), "The key, any bytes."), core.Arg("data", core.String(), "Any bytes."), alg,
			core.Opt("raw", core.Bool(), false, "Give the bytes instead of hexadecimal digits.").Default("false"),
			core.Returns(core.String(), "The hash."), hmacText),
		core.Fn2(doc("equal", "Compares two secrets in a time that does not tell where they differ.",
			`assert.is_true(crypto.equal("secret", "secret"))  assert.is_false(crypto.equal("secret", "guess"))`),
			core.Arg("a", secretType(), "Any bytes."), core.Arg("b", secretType(), "Any bytes."), core.Returns(core.Bool(), "Whether they are equal."), equal),
	}
}

// secretType is a string. One that is missing is mostly a header that the request does not have.
func secretType() core.Type[string] {
	return core.Custom(core.AnyOf("string"), func(_ core.Call, v core.Value) (string, error) {
		s, ok := v.Text()
		switch {
		case ok:
			return s, nil
		case v.IsNil():
			return "", core.WithHint(errors.New("nothing to compare: it is nil"),
				`a header or variable that is missing is nil: say what that means first, such as: if not signature then return {status = 401} end`)
		}
		return "", fmt.Errorf("string expected, got %s", v.TypeName())
	}, nil)
}

func newHash(alg string) (func() hash.Hash, error) {
	switch strings.ToLower(alg) {
	case "sha224":
		return sha256.New224, nil
	case "sha256":
		return sha256.New, nil
	case "sha384":
		return sha512.New384, nil
	case "sha512":
		return sha512.New, nil
	case "sha3-224":
		return func() hash.Hash { return sha3.New224() }, nil
	case "sha3-256":
		return func() hash.Hash { return sha3.New256() }, nil
	case "sha3-384":
		return func() hash.Hash { return sha3.New384() }, nil
	case "sha3-512":
		return func() hash.Hash { return sha3.New512() }, nil
	}
	return nil, unsupported(alg, hashNames)
}

// pieceSize is how much is hashed at once.
const pieceSize = 64 << 10

// perStep is how many bytes are hashed in the time of an instruction of Lua.
const perStep = 8

// add hashes a string without a copy of the whole.
func add(c core.Call, h hash.Hash, data string) error {
	piece := make([]byte, min(len(data), pieceSize))
	for data != "" {
		n := copy(piece, data)
		h.Write(piece[:n])
		data = data[n:]
		if err := c.Spend(n / perStep); err != nil {
			return err
		}
	}
	return nil
}

func hashText(c core.Call, data, alg string) (string, error) {
	make, err := newHash(alg)
	if err != nil {
		return "", err
	}
	h := make()
	if err := add(c, h, data); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashFile(c core.Call, path, alg string) (string, error) {
	make, err := newHash(alg)
	if err != nil {
		return "", err
	}
	f, err := c.Root().Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := make()
	for ctx := c.Context(); ; {
		switch _, err := io.CopyN(h, f, 1<<20); {
		case errors.Is(err, io.EOF):
			return hex.EncodeToString(h.Sum(nil)), nil
		case err != nil:
			return "", err
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		}
	}
}

func hmacText(c core.Call, key, data, alg string, raw bool) (string, error) {
	make, err := newHash(alg)
	if err != nil {
		return "", err
	}
	h := hmac.New(make, []byte(key))
	if err := add(c, h, data); err != nil {
		return "", err
	}
	if raw {
		return string(h.Sum(nil)), nil
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func equal(_ core.Call, a, b string) (bool, error) {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1, nil
}
