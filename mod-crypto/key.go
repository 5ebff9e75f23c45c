package crypto

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"assay.rs/core"
)

// algorithm is a way to sign tokens (RFC 7518, section 3.1; RFC 8037).
type algorithm struct {
	name   string
	method jwt.SigningMethod
	needs  string // what kind of key, as describe says it
	bits   int    // the smallest key that RFC 7518 permits; 0 where the kind of key says it
}

const algorithmNames = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, HS256, HS384, HS512"

// The kinds of keys.
const (
	kindRSA     = "an RSA key"
	kindEd25519 = "an Ed25519 key"
	kindSecret  = "a secret"
)

func kindEC(curve string) string { return "an EC key on " + curve }

func algorithmOf(name string) (algorithm, error) {
	needs, bits := kindRSA, 2048
	var method jwt.SigningMethod
	switch name {
	case "RS256":
		method = jwt.SigningMethodRS256
	case "RS384":
		method = jwt.SigningMethodRS384
	case "RS512":
		method = jwt.SigningMethodRS512
	case "PS256":
		method = exactSalt(jwt.SigningMethodPS256)
	case "PS384":
		method = exactSalt(jwt.SigningMethodPS384)
	case "PS512":
		method = exactSalt(jwt.SigningMethodPS512)
	case "ES256":
		method, needs, bits = jwt.SigningMethodES256, kindEC("P-256"), 0
	case "ES384":
		method, needs, bits = jwt.SigningMethodES384, kindEC("P-384"), 0
	case "ES512":
		method, needs, bits = jwt.SigningMethodES512, kindEC("P-521"), 0
	case "EdDSA":
		method, needs, bits = jwt.SigningMethodEdDSA, kindEd25519, 0
	case "HS256":
		method, needs, bits = jwt.SigningMethodHS256, kindSecret, 256
	case "HS384":
		method, needs, bits = jwt.SigningMethodHS384, kindSecret, 384
	case "HS512":
		method, needs, bits = jwt.SigningMethodHS512, kindSecret, 512
	default:
		return algorithm{}, unsupported(name, algorithmNames)
	}
	return algorithm{name, method, needs, bits}, nil
}

// exactSalt verifies as RFC 7518, section 3.5 has it: the salt is as long as the hash. The library takes any length.
func exactSalt(m *jwt.SigningMethodRSAPSS) jwt.SigningMethod {
	return &jwt.SigningMethodRSAPSS{SigningMethodRSA: m.SigningMethodRSA, Options: m.Options}
}

// describe is the kind of a key.
func describe(key any) string {
	switch key := key.(type) {
	case *rsa.PrivateKey, *rsa.PublicKey:
		return kindRSA
	case *ecdsa.PrivateKey:
		return kindEC(key.Curve.Params().Name)
	case *ecdsa.PublicKey:
		return kindEC(key.Curve.Params().Name)
	case ed25519.PrivateKey, ed25519.PublicKey:
		return kindEd25519
	case []byte:
		return kindSecret
	}
	return "a key of another kind"
}

// fits is an error unless the algorithm is one for the key: an RSA public key is no secret for HS256.
func (a algorithm) fits(key any) error {
	if got := describe(key); got != a.needs {
		return errAlgorithm.Errorf("%s needs %s, got %s", a.name, a.needs, got)
	}
	return nil
}

// strong is an error when the key has fewer bits than RFC 7518 permits (sections 3.2, 3.3 and 3.5), or than least
// when that is not 0.
func (a algorithm) strong(key any, least int) error {
	if a.bits == 0 {
		return nil
	}
	if least == 0 {
		least = a.bits
	}
	size := 0
	switch key := public(key).(type) {
	case *rsa.PublicKey:
		size = key.N.BitLen()
	case []byte:
		size = 8 * len(key)
	}
	if size >= least {
		return nil
	}
	return errKey.With(fmt.Errorf("the key is too small for %s: %d bits, at least %d are needed", a.name, size, least),
		"options.min_bits takes smaller keys, which others may break")
}

// private is an error unless the key can sign.
func private(key any) error {
	switch key.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey:
		return errKey.Errorf("argument 2 'key': a public key cannot sign: the private key is needed")
	}
	return nil
}

// public is the part of a key that verifies.
func public(key any) any {
	if signer, ok := key.(crypto.Signer); ok {
		return signer.Public()
	}
	return key
}

// keyring is what a script gives as a key: one, or a set to choose from.
type keyring struct {
	key any   // one from text
	set []jwk // else
}

// keyType is a key as text, PEM or a secret, or as a table, a JWK or a JWKS.
func keyType() core.Type[keyring] {
	return core.Custom(core.AnyOf("string", "table"), func(c core.Call, v core.Value) (keyring, error) {
		if text, ok := v.Text(); ok {
			key, err := keyOfText(text)
			return keyring{key: key}, err
		}
		if v.Kind() != core.KindTable {
			return keyring{}, fmt.Errorf("string or table expected, got %s", v.TypeName())
		}
		data, err := v.Go(c)
		if err != nil {
			return keyring{}, errNoJWK
		}
		set, err := readSet(data)
		return keyring{set: set}, err
	}, nil)
}

// keyOfText is the key in a PEM text, or the text itself as a secret. A text that is a key written in
// another way is refused: taken for a secret, a public key would be one that everybody knows.
func keyOfText(text string) (any, error) {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return nil, errKey.Errorf("the key is empty")
	case strings.Contains(text, "-----BEGIN"):
		return keyOfPEM(text)
	case strings.HasPrefix(trimmed, "ssh-"), strings.HasPrefix(trimmed, "ecdsa-sha2-"):
		return nil, errKey.With(errors.New("a key of OpenSSH cannot be used"), "write it as PEM: ssh-keygen -e -m PKCS8 -f key.pub")
	case looksLikeJWK(trimmed):
		return nil, errKey.With(errors.New("a JSON Web Key is given as text"), "give it as a table: json.parse(text)")
	}
	if _, err := x509.ParsePKIXPublicKey([]byte(text)); err == nil {
		return nil, errKey.With(errors.New("a public key in DER is given as text"), "give it as PEM")
	}
	if algorithm, err := algorithmOf(text); err == nil {
		return nil, errKey.Errorf("%s is the name of an algorithm, not a key", algorithm.name)
	}
	return []byte(text), nil
}

func looksLikeJWK(text string) bool {
	var object map[string]json.RawMessage
	if !strings.HasPrefix(text, "{") || json.Unmarshal([]byte(text), &object) != nil {
		return false
	}
	return object["kty"] != nil || object["keys"] != nil
}

// use is what a key is wanted for.
type use struct {
	operation string // opSign or opVerify
	kid       string // of the key, or empty
	bits      int    // how large the key must be; 0 is as RFC 7518 says
}

// The operations of keys (RFC 7517, section 4.3).
const (
	opSign   = "sign"
	opVerify = "verify"
)

// permits is an error unless a key may be used so.
func (u use) permits(a algorithm, key any) error {
	if err := a.fits(key); err != nil {
		return err
	}
	return a.strong(key, u.bits)
}

// choose gives the keys that a token with this algorithm and key id may have been signed with.
func (k keyring) choose(a algorithm, u use) ([]any, error) {
	if k.set == nil {
		return []any{k.key}, u.permits(a, k.key)
	}
	var keys []any
	var unfit error
	for _, j := range k.set {
		if u.kid != "" && j.kid != "" && j.kid != u.kid || j.alg != "" && j.alg != a.name {
			continue
		}
		err := j.err
		if err == nil {
			err = j.permits(u.operation)
		}
		if err == nil {
			err = u.permits(a, j.key)
		}
		if err != nil {
			unfit = err
			continue
		}
		keys = append(keys, j.key)
	}
	if len(keys) > 0 {
		return keys, nil
	}
	if len(k.set) == 1 && unfit != nil {
		return nil, unfit
	}
	if u.kid != "" {
		return nil, errKey.Errorf("none of the %d keys is one for %s with the id %.80q", len(k.set), a.name, u.kid)
	}
	return nil, errKey.Errorf("none of the %d keys is one for %s", len(k.set), a.name)
}
