// Package crypto offers hashes, random values, passwords, JSON Web Tokens and certificates to scripts, as
// the table crypto.
//
// [New] declares the functions. hash.go, random.go, password.go and certificate.go each hold one family;
// tokens are in jwt.go (the declarations), sign.go and verify.go, and their keys in key.go (what a key is),
// pem.go and jwk.go (how it is written). No error holds a byte of a key.
package crypto

import (
	"errors"
	"regexp"

	"assay.rs/core"
)

// The codes of errors.
var (
	errAlgorithm = core.NewCode("crypto.algorithm", "The algorithm is not supported, or the key is not one for it.")
	errKey       = core.NewCode("crypto.key", "The key, the hash or the certificate cannot be read, or the key is too small or meant for something else.")
	errToken     = core.NewCode("crypto.token", "The text is not a JSON Web Token.")
	errSignature = core.NewCode("crypto.signature", "The token was not signed with this key, or was changed since.")
	errExpired   = core.NewCode("crypto.expired", "The token is not valid any more, or not yet.")
	errClaims    = core.NewCode("crypto.claims", "The token is for another audience, or from another issuer or subject.")
)

// New is the table crypto.
func New() core.Module {
	m := core.Module{Name: "crypto", Doc: "Hashes, random values, passwords, JSON Web Tokens and certificates."}
	m.Funcs = append(m.Funcs, hashFuncs()...)
	m.Funcs = append(m.Funcs, randomFuncs()...)
	m.Funcs = append(m.Funcs, passwordFuncs()...)
	m.Funcs = append(m.Funcs, jwtFuncs()...)
	m.Funcs = append(m.Funcs, certificateFunc())
	return m
}

func doc(name, text string, examples ...string) core.Doc {
	return core.Doc{Name: name, Text: text, Needs: core.Pure, Level: core.Check, Examples: examples}
}

func raising(d core.Doc, codes ...*core.Code) core.Doc {
	d.Raises = codes
	return d
}

// unsupported is an algorithm that nobody knows. Its name is only shown where it can be one: an argument in
// the wrong place may be a key.
func unsupported(name, known string) error {
	err := errors.New("unsupported algorithm: " + name)
	if !regexp.MustCompile(`^[A-Za-z0-9/_-]{0,16}$`).MatchString(name) {
		err = errors.New("unsupported algorithm, by a name that is none")
	}
	return errAlgorithm.With(err, "use one of "+known)
}
