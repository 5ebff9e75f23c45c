package crypto

import (
	"encoding/base64"
	"errors"

	"assay.rs/core"
)

var (
	errTexts  = errors.New("a string or an array of strings expected")
	errObject = errors.New("argument 1 'claims': a table with names expected")
	errHeader = errors.New("option 'headers': a table with names expected")
)

func jwtSign(c core.Call, claims core.Value, with keyring, alg string, o signOptions) (string, error) {
	a, err := algorithmOf(alg)
	if err != nil {
		return "", err
	}
	keys, err := with.choose(a, use{opSign, o.kid, o.minBits})
	if err != nil {
		return "", err
	}
	if err := private(keys[0]); err != nil {
		return "", err
	}
	if t, ok := claims.Table(); !ok || t.IsArray() {
		return "", errObject
	}
	payload, err := core.EncodeJSON(c, claims, "")
	if err != nil {
		return "", err
	}
	header, err := headerOf(c, a, o)
	if err != nil {
		return "", err
	}
	return sign(a, keys[0], header, payload)
}

// headerOf is the header as JSON.
func headerOf(c core.Call, a algorithm, o signOptions) ([]byte, error) {
	header := c.NewTable(4)
	if o.typ != "" {
		header.Set("typ", core.TextValue(o.typ))
	}
	if !o.headers.IsNil() {
		more, ok := o.headers.Table()
		if !ok || more.IsArray() {
			return nil, errHeader
		}
		err := more.Each(func(k, v core.Value) error {
			switch name, _ := k.Text(); name {
			case "alg":
				return errors.New("option 'headers': alg is the argument 'alg'")
			case "crit", "b64":
				return errors.New("option 'headers': extensions such as " + name + " are not supported")
			}
			return header.SetAt(k, v)
		})
		if err != nil {
			return nil, err
		}
	}
	if o.kid != "" {
		header.Set("kid", core.TextValue(o.kid))
	}
	header.Set("alg", core.TextValue(a.name))
	return core.EncodeJSON(c, header.Value(), "")
}

// sign is the compact form (RFC 7515, section 7.1) of a header and a payload.
func sign(a algorithm, key any, header, payload []byte) (string, error) {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode(header) + "." + encode(payload)
	signature, err := a.method.Sign(text, key)
	if err != nil {
		// The cause may quote the key.
		return "", errKey.Errorf("the key cannot be used to sign with %s", a.name)
	}
	return text + "." + encode(signature), nil
}
