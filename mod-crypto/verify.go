package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"assay.rs/core"
)

// maxToken is how long a token may be.
const maxToken = 1 << 20

// token is the compact form of a JSON Web Signature, taken apart.
type token struct {
	signed          string // what the signature is of
	header, payload []byte
	signature       []byte
	alg, kid        string
	critical        bool // there are extensions that must be understood
}

func readToken(text string) (token, error) {
	if len(text) > maxToken {
		return token{}, errToken.Errorf("%d bytes: a token has at most %d", len(text), maxToken)
	}
	if strings.TrimSpace(text) != text {
		return token{}, errToken.With(errors.New("there is white space around the token"), "string.trim takes it away")
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return token{}, errToken.Errorf("a token has 3 parts with dots between, got %d", len(parts))
	}
	var decoded [3][]byte
	for i, name := range []string{"header", "payload", "signature"} {
		var err error
		decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(parts[i])
		if err != nil || strings.ContainsAny(parts[i], "\r\n") {
			return token{}, errToken.Errorf("the %s is not base64 for URLs without padding", name)
		}
	}
	t := token{signed: parts[0] + "." + parts[1], header: decoded[0], payload: decoded[1], signature: decoded[2]}
	var header map[string]any
	if json.Unmarshal(t.header, &header) != nil || header == nil {
		return token{}, errToken.Errorf("the header is no JSON object")
	}
	var named bool
	if t.alg, named = header["alg"].(string); !named {
		return token{}, errToken.Errorf("the header names no algorithm")
	}
	t.kid, _ = header["kid"].(string)
	_, t.critical = header["crit"]
	return t, nil
}

// verify is an error unless one of the keys has made the signature. algs, unless empty, are those that
// are accepted; minBits, unless 0, is how large the key must be.
func (t token) verify(with keyring, algs []string, minBits int) error {
	if strings.EqualFold(t.alg, "none") {
		return errAlgorithm.Errorf("the token is not signed: its algorithm is none")
	}
	a, err := algorithmOf(t.alg)
	if err != nil {
		return err
	}
	if len(algs) > 0 && !slices.Contains(algs, t.alg) {
		return errAlgorithm.Errorf("the token is signed with %s, not %s", t.alg, strings.Join(algs, " or "))
	}
	if t.critical {
		return errToken.Errorf("the token has critical extensions, none of which is supported")
	}
	keys, err := with.choose(a, use{opVerify, t.kid, minBits})
	if err != nil {
		return err
	}
	for _, key := range keys {
		if a.method.Verify(t.signed, t.signature, public(key)) == nil {
			return nil
		}
	}
	return errSignature.Errorf("the signature is not right: another key has made it, or the token was changed")
}

func jwtVerify(c core.Call, text string, with keyring, o verifyOptions) (core.Value, error) {
	for _, alg := range o.algs {
		if _, err := algorithmOf(alg); err != nil {
			return core.Value{}, err
		}
	}
	t, err := readToken(text)
	if err != nil {
		return core.Value{}, err
	}
	if err := t.verify(with, o.algs, o.minBits); err != nil {
		return core.Value{}, err
	}
	claims, err := t.claims(c)
	if err != nil {
		return core.Value{}, err
	}
	return claims, o.check(t.payload)
}

// claims is the payload as a table.
func (t token) claims(c core.Call) (core.Value, error) {
	if bytes.HasPrefix(t.payload, []byte("\xef\xbb\xbf")) {
		return core.Value{}, errToken.Errorf("the payload is no JSON object")
	}
	claims, err := core.DecodeJSON(c, string(t.payload), false)
	var limit *core.Error
	switch {
	case errors.As(err, &limit) && limit.Code == core.ErrJSONSyntax:
		return core.Value{}, errToken.Errorf("the payload is no JSON object")
	case errors.As(err, &limit):
		return core.Value{}, errToken.Errorf("the payload is too large or nested too deeply")
	case err != nil:
		return core.Value{}, err // the task was stopped
	}
	if object, ok := claims.Table(); !ok || bytes.TrimSpace(t.payload)[0] != '{' || object.IsArray() {
		return core.Value{}, errToken.Errorf("the payload is no JSON object")
	}
	return claims, nil
}

// check is an error unless the claims are those of a token that is valid now, as the options ask.
func (o verifyOptions) check(payload []byte) error {
	var claims jwt.MapClaims
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	if err := d.Decode(&claims); err != nil {
		return errToken.Errorf("the payload is no JSON object")
	}
	for _, name := range []string{"exp", "nbf", "iat"} {
		if err := checkTime(claims, name); err != nil {
			return err
		}
	}
	options := []jwt.ParserOption{jwt.WithLeeway(o.leeway)}
	if len(o.audience) > 0 {
		options = append(options, jwt.WithAudience(o.audience...))
	}
	if o.issuer != "" {
		options = append(options, jwt.WithIssuer(o.issuer))
	}
	if o.subject != "" {
		options = append(options, jwt.WithSubject(o.subject))
	}
	err := jwt.NewValidator(options...).Validate(claims)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jwt.ErrTokenExpired):
		return errExpired.With(errors.New("the token has expired"), "its time is the claim exp; options.leeway is for clocks that differ")
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return errExpired.With(errors.New("the token is not valid yet"), "its time is the claim nbf; options.leeway is for clocks that differ")
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return errClaims.Errorf("the token is not for the audience %s", strings.Join(o.audience, " or "))
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return errClaims.Errorf("the token is not from the issuer %s", o.issuer)
	case errors.Is(err, jwt.ErrTokenInvalidSubject):
		return errClaims.Errorf("the token is not about the subject %s", o.subject)
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return errClaims.Errorf("the token lacks a claim that is asked for")
	}
	return errToken.Errorf("a claim has a value of a wrong type")
}

// maxTime is where times end that every JSON parser reads alike: up to there a float64 is exact.
const maxTime = 1 << 53

// checkTime is an error when a claim is there that is no time. One beyond all calendars is none: turned into seconds
// it would overflow, and then lie in the past or never come.
func checkTime(claims jwt.MapClaims, name string) error {
	value, given := claims[name]
	if !given {
		return nil
	}
	number, ok := value.(json.Number)
	if !ok {
		return errToken.Errorf("the claim %s is no number", name)
	}
	seconds, err := number.Float64()
	if err != nil || !(math.Abs(seconds) < maxTime) {
		return errToken.Errorf("the claim %s is no time: its seconds are beyond 2^53", name)
	}
	return nil
}

func jwtDecode(c core.Call, text string) (decoded, error) {
	t, err := readToken(text)
	if err != nil {
		return decoded{}, err
	}
	header, err := core.DecodeJSON(c, string(t.header), false)
	if err != nil {
		return decoded{}, errToken.Errorf("the header is no JSON object")
	}
	claims, err := t.claims(c)
	return decoded{header, claims}, err
}
