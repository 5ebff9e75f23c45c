package crypto

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// jwk is a key of a set (RFC 7517).
type jwk struct {
	kid, alg, use string
	ops           []string // what it may be used for; nil is anything
	key           any
	err           error // why the key cannot be used; a set may hold keys that are not for us
}

// permits is an error unless the key is meant for the operation (RFC 7517, sections 4.2 and 4.3).
func (k jwk) permits(operation string) error {
	if k.use != "" && k.use != "sig" {
		return errKey.Errorf(`the JSON Web Key is not one for signatures: its "use" is %.40q`, k.use)
	}
	if k.ops != nil && !slices.Contains(k.ops, operation) {
		return errKey.Errorf(`the JSON Web Key may not be used to %s: its "key_ops" say so`, operation)
	}
	return nil
}

var errNoJWK = errKey.Errorf(`the table is neither a JSON Web Key, with "kty", nor a set of them, with "keys"`)

// maxSet bounds how many keys are tried.
const maxSet = 1000

// readSet reads a JWKS, or a JWK as a set of one.
func readSet(data any) ([]jwk, error) {
	object, ok := data.(map[string]any)
	if !ok {
		return nil, errNoJWK
	}
	if _, single := object["kty"]; single {
		key := readJWK(object)
		return []jwk{key}, key.err
	}
	keys, ok := object["keys"].([]any)
	if empty, isTable := object["keys"].(map[string]any); isTable && len(empty) == 0 {
		ok = true
	}
	if !ok {
		return nil, errNoJWK
	}
	if len(keys) > maxSet {
		return nil, errKey.Errorf("the set has %d keys: at most %d are read", len(keys), maxSet)
	}
	set := make([]jwk, 0, len(keys))
	for i, key := range keys {
		object, ok := key.(map[string]any)
		if !ok {
			return nil, errKey.Errorf("key %d of the set is no table", i+1)
		}
		set = append(set, readJWK(object))
	}
	return set, nil
}

func readJWK(object map[string]any) jwk {
	f := fields{object: object}
	k := jwk{kid: f.text("kid"), alg: f.text("alg"), use: f.text("use"), ops: f.operations()}
	switch kty := f.text("kty"); kty {
	case "RSA":
		k.key = f.rsa()
	case "EC":
		k.key = f.ec(f.text("crv"))
	case "OKP":
		k.key = f.ed25519(f.text("crv"))
	case "oct":
		k.key = f.bytes("k")
	default:
		f.err = errors.New(`"kty" is none of RSA, EC, OKP, oct`)
	}
	if f.err != nil {
		k.err = errKey.With(fmt.Errorf("the JSON Web Key cannot be used: %w", f.err), "")
	}
	return k
}

// fields reads the parts of a JWK (RFC 7518, section 6; RFC 8037) and keeps the first error.
type fields struct {
	object map[string]any
	err    error
}

func (f *fields) has(name string) bool { return f.object[name] != nil }

func (f *fields) fail(text string) {
	if f.err == nil {
		f.err = errors.New(text)
	}
}

// text is a field that may be missing.
func (f *fields) text(name string) string {
	s, ok := f.object[name].(string)
	if !ok && f.has(name) {
		f.fail(fmt.Sprintf("%q is no text", name))
	}
	return s
}

// operations is the field key_ops, or nil. What says it wrongly permits nothing.
func (f *fields) operations() []string {
	if !f.has("key_ops") {
		return nil
	}
	list, ok := f.object["key_ops"].([]any)
	if table, isTable := f.object["key_ops"].(map[string]any); isTable && len(table) == 0 {
		ok = true // Lua has one empty table
	}
	ops := make([]string, 0, len(list))
	for _, item := range list {
		op, isText := item.(string)
		ok = ok && isText && !slices.Contains(ops, op)
		ops = append(ops, op)
	}
	if !ok {
		f.fail(`"key_ops" is no array of different texts`)
	}
	return ops
}

func (f *fields) bytes(name string) []byte {
	s, _ := f.object[name].(string)
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil || len(b) == 0 {
		f.fail(fmt.Sprintf("%q is not base64 for URLs", name))
	}
	return b
}

func (f *fields) number(name string) *big.Int { return new(big.Int).SetBytes(f.bytes(name)) }

func (f *fields) rsa() any {
	n, e := f.number("n"), f.number("e")
	if f.err == nil && (!e.IsInt64() || e.Int64() > 1<<31-1 || e.Int64() < 3) {
		f.fail(`"e" is not an exponent of RSA`)
	}
	if f.err != nil {
		return nil
	}
	public := rsa.PublicKey{N: n, E: int(e.Int64())}
	if !f.has("d") {
		return &public
	}
	if !f.has("p") || !f.has("q") {
		f.fail(`a private RSA key needs "p" and "q" besides "d"`)
		return nil
	}
	key := &rsa.PrivateKey{PublicKey: public, D: f.number("d"), Primes: []*big.Int{f.number("p"), f.number("q")}}
	if f.err == nil && key.Validate() != nil {
		f.fail("its numbers do not belong together")
	}
	return key
}

func (f *fields) ec(name string) any {
	var curve elliptic.Curve
	switch name {
	case "P-256":
		curve = elliptic.P256()
	case "P-384":
		curve = elliptic.P384()
	case "P-521":
		curve = elliptic.P521()
	default:
		f.fail(`"crv" is none of P-256, P-384, P-521`)
		return nil
	}
	size := (curve.Params().BitSize + 7) / 8
	point := append(append([]byte{4}, f.padded("x", size)...), f.padded("y", size)...)
	public, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		f.fail(`"x" and "y" are no point of the curve`)
		return nil
	}
	if !f.has("d") {
		return public
	}
	key, err := ecdsa.ParseRawPrivateKey(curve, f.padded("d", size))
	if err != nil || !key.PublicKey.Equal(public) {
		f.fail(`"d" does not belong to "x" and "y"`)
	}
	return key
}

// padded is a number with zeros in front up to size bytes.
func (f *fields) padded(name string, size int) []byte {
	b := f.bytes(name)
	if len(b) > size {
		f.fail(fmt.Sprintf("%q is too long", name))
		return nil
	}
	return append(make([]byte, size-len(b)), b...)
}

func (f *fields) ed25519(curve string) any {
	if curve != "Ed25519" {
		f.fail(`"crv" is not Ed25519`)
		return nil
	}
	x := f.bytes("x")
	if f.err == nil && len(x) != ed25519.PublicKeySize {
		f.fail(`"x" has not 32 bytes`)
	}
	if !f.has("d") || f.err != nil {
		return ed25519.PublicKey(x)
	}
	d := f.bytes("d")
	if f.err != nil || len(d) != ed25519.SeedSize {
		f.fail(`"d" has not 32 bytes`)
		return nil
	}
	key := ed25519.NewKeyFromSeed(d)
	if !ed25519.PublicKey(x).Equal(key.Public()) {
		f.fail(`"d" does not belong to "x"`)
	}
	return key
}
