package crypto

import (
	"time"

	"assay.rs/core"
)

// signOptions are what a token says besides its claims.
type signOptions struct {
	kid, typ string
	headers  core.Value
	minBits  int
}

// verifyOptions are what a token must say.
type verifyOptions struct {
	algs, audience  []string
	issuer, subject string
	leeway          time.Duration
	minBits         int
}

// decoded is a token that nobody has verified.
type decoded struct{ header, claims core.Value }

func signOptionsType() core.Type[signOptions] {
	return core.Record("crypto.SignOptions", "What stands in the header of a token.",
		core.NewKey("kid", core.String(), func(o *signOptions) *string { return &o.kid }, "The id of the key."),
		core.NewKey("typ", core.String(), func(o *signOptions) *string { return &o.typ }, `The type of the token; "" leaves it out.`).Default(`"JWT"`),
		core.NewKey("headers", core.Any(), func(o *signOptions) *core.Value { return &o.headers }, "A table of further header parameters."),
		core.NewKey("min_bits", core.Int(), func(o *signOptions) *int { return &o.minBits }, minBitsText).Default("as RFC 7518 says"))
}

func verifyOptionsType() core.Type[verifyOptions] {
	return core.Record("crypto.VerifyOptions", "What a token must say to be accepted.",
		core.NewKey("alg", oneOrMany(), func(o *verifyOptions) *[]string { return &o.algs }, "The algorithm, or an array of those that are accepted. Without it, any that the key is for."),
		core.NewKey("aud", oneOrMany(), func(o *verifyOptions) *[]string { return &o.audience }, "The audience that must be among the token's, or an array of which one must be."),
		core.NewKey("iss", core.String(), func(o *verifyOptions) *string { return &o.issuer }, "The issuer."),
		core.NewKey("sub", core.String(), func(o *verifyOptions) *string { return &o.subject }, "The subject."),
		core.NewKey("leeway", core.Duration(), func(o *verifyOptions) *time.Duration { return &o.leeway }, "How far the clocks may be apart.").Default("0"),
		core.NewKey("min_bits", core.Int(), func(o *verifyOptions) *int { return &o.minBits }, minBitsText).Default("as RFC 7518 says"))
}

const minBitsText = "How many bits the key must have. RFC 7518 wants 2048 of an RSA key, and of a secret as many as the hash has."

// oneOrMany is a string or an array of them.
func oneOrMany() core.Type[[]string] {
	return core.Custom(core.AnyOf("string", "array"), func(_ core.Call, v core.Value) ([]string, error) {
		if text, ok := v.Text(); ok {
			return []string{text}, nil
		}
		list, ok := v.Table()
		if !ok || list.Len() == 0 {
			return nil, errTexts
		}
		texts := make([]string, list.Len())
		for i := range texts {
			if texts[i], ok = list.At(i + 1).Text(); !ok {
				return nil, errTexts
			}
		}
		return texts, nil
	}, nil)
}

func jwtFuncs() []core.Func {
	key := func(text string) core.Param[keyring] { return core.Arg("key", keyType(), text) }
	sign := raising(doc("jwt_sign",
		"Makes a JSON Web Token (RFC 7519) of the claims, as they are: none is added. Whole numbers are written without a fraction.",
		`local secret = "a secret of 32 bytes at the least"
local token = crypto.jwt_sign({sub = "deploy", exp = 4102444800}, secret, "HS256")
assert.eq(crypto.jwt_verify(token, secret).sub, "deploy")`),
		errAlgorithm, errKey, core.ErrJSONValue, core.ErrJSONLimit)
	verify := raising(doc("jwt_verify",
		"Gives the claims of a token whose signature is right, which is not expired, and which says what the options ask for. "+
			"A token without a signature is refused, and so is one of an algorithm that the key is not for.",
		`local secret = "a secret of 32 bytes at the least"
local token = crypto.jwt_sign({aud = "api", exp = time() + 60}, secret, "HS256")
assert.eq(crypto.jwt_verify(token, secret, {aud = "api"}).aud, "api")
local ok, e = pcall(crypto.jwt_verify, token, "a guess of 32 bytes at the least")  assert.eq(e.code, "crypto.signature")`),
		errAlgorithm, errKey, errToken, errSignature, errExpired, errClaims)
	verify.Needs = core.Clock
	decode := raising(doc("jwt_decode", "Gives what a token says, without looking at its signature: anybody may have written it.",
		`local token = crypto.jwt_sign({n = 1}, "a secret of 32 bytes at the least", "HS256", {kid = "k1"})
local t = crypto.jwt_decode(token)  assert.eq(t.header.kid, "k1")  assert.eq(t.claims.n, 1)`), errToken)
	result := core.Record("crypto.Decoded", "What a token says.",
		core.NewKey("header", core.Any(), func(d *decoded) *core.Value { return &d.header }, "The header: alg, typ, kid and the like."),
		core.NewKey("claims", core.Any(), func(d *decoded) *core.Value { return &d.claims }, "The claims."))
	return []core.Func{
		core.Fn4(sign, core.Arg("claims", core.Any(), "A table of claims."),
			key("The private key as PEM (PKCS#1, PKCS#8, SEC 1) or JSON Web Key; for HS the bytes of the secret."),
			core.Opt("alg", core.String(), "RS256", "One of "+algorithmNames+".").Default(`"RS256"`),
			core.Opt("options", signOptionsType(), signOptions{typ: "JWT"}, "What stands in the header."),
			core.Returns(core.String(), "The token."), jwtSign),
		core.Fn3(verify, core.Arg("token", core.String(), "The token."),
			key("The public key or a certificate as PEM, a JSON Web Key, or a set of them as json.parse gives it; for HS the bytes of the secret."),
			core.Opt("options", verifyOptionsType(), verifyOptions{}, "What the token must say."),
			core.Returns(core.Any(), "The claims."), jwtVerify),
		core.Fn1(decode, core.Arg("token", core.String(), "The token."), core.Returns(result, "What it says."), jwtDecode),
	}
}
