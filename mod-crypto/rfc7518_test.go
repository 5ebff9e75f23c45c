package crypto

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// RFC 7518, section 3.5: the salt is as long as the hash. Other lengths verify with RSA-PSS in general.
func TestSaltOfAnotherLengthIsRefused(t *testing.T) {
	key := rsaKey(t, 2048)
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"PS256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte("{}"))
	digest := sha256.Sum256([]byte(signed))
	for salt, valid := range map[int]bool{rsa.PSSSaltLengthAuto: false /* as long as fits */, 20: false, 31: false, 32: true, 33: false, 64: false} {
		signature, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: salt})
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := readToken(signed + "." + base64.RawURLEncoding.EncodeToString(signature))
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.verify(keyring{key: &key.PublicKey}, nil, 0); (err == nil) != valid {
			t.Errorf("a salt of %d bytes: %v, want valid = %v", salt, err, valid)
		}
	}
}

// RFC 7518, sections 3.2, 3.3 and 3.5.
func TestSmallKeysAreRefused(t *testing.T) {
	small, large := rsaKey(t, 1024), rsaKey(t, 2048)
	secret := func(n int) []byte { return []byte(strings.Repeat("s", n)) }
	for _, tt := range []struct {
		alg      string
		key      any
		least    int
		accepted bool
	}{
		{"RS256", large, 0, true},
		{"RS256", small, 0, false},
		{"PS384", small, 0, false},
		{"PS384", small, 1024, true},
		{"RS256", small, 1025, false},
		{"RS256", large, 3072, false},
		{"HS256", secret(32), 0, true},
		{"HS256", secret(31), 0, false},
		{"HS384", secret(47), 0, false},
		{"HS384", secret(48), 0, true},
		{"HS512", secret(63), 0, false},
		{"HS512", secret(64), 0, true},
		{"HS512", secret(1), 8, true},
		{"HS256", secret(32), 512, false},
	} {
		a, err := algorithmOf(tt.alg)
		if err != nil {
			t.Fatal(err)
		}
		text, err := sign(a, tt.key, fmt.Appendf(nil, `{"alg":%q}`, tt.alg), []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := readToken(text)
		if err != nil {
			t.Fatal(err)
		}
		_, signing := keyring{key: tt.key}.choose(a, use{operation: opSign, bits: tt.least})
		verifying := parsed.verify(keyring{key: tt.key}, nil, tt.least)
		for what, err := range map[string]error{"sign": signing, "verify": verifying} {
			if (err == nil) != tt.accepted || err != nil && codeOf(err) != errKey {
				t.Errorf("%s with %s, %s, at least %d bits: %v, want accepted = %v", what, tt.alg, describe(tt.key), tt.least, err, tt.accepted)
			}
		}
	}
}

// RFC 7517, sections 4.2 and 4.3.
func TestKeyIsUsedAsItsSetSays(t *testing.T) {
	const secret = "c2VjcmV0LWEsIHdoaWNoIGlzIDMyIGJ5dGVzIGxvbmc"
	for _, tt := range []struct {
		fields       string
		sign, verify bool
	}{
		{``, true, true},
		{`, "use": "sig"`, true, true},
		{`, "use": "enc"`, false, false},
		{`, "use": "unknown"`, false, false},
		{`, "use": 1`, false, false},
		{`, "key_ops": ["sign", "verify"]`, true, true},
		{`, "key_ops": ["sign"]`, true, false},
		{`, "key_ops": ["verify"]`, false, true},
		{`, "key_ops": ["encrypt", "decrypt"]`, false, false},
		{`, "key_ops": []`, false, false},
		{`, "key_ops": ["verify", "verify"]`, false, false},
		{`, "key_ops": ["verify", 1]`, false, false},
		{`, "key_ops": "verify"`, false, false},
		{`, "key_ops": ["Verify"]`, false, false},
		{`, "use": "enc", "key_ops": ["verify"]`, false, false},
		{`, "use": "sig", "key_ops": ["verify"]`, false, true},
		{`, "alg": "HS256", "key_ops": ["verify"]`, false, true},
		{`, "alg": "HS512"`, false, false},
		{`, "alg": 256`, false, false},
	} {
		table := map[string]any{"KEY": decodeJSON(t, `{"kty": "oct", "k": "`+secret+`"`+tt.fields+`}`)}
		table["SET"] = map[string]any{"keys": []any{table["KEY"]}}
		table["TOKEN"] = signedWithSecret(t, []byte("secret-a, which is 32 bytes long"))
		for source, want := range map[string]bool{
			`crypto.jwt_sign({a = 1}, KEY, "HS256")`: tt.sign, `crypto.jwt_sign({a = 1}, SET, "HS256")`: tt.sign,
			`crypto.jwt_verify(TOKEN, KEY)`: tt.verify, `crypto.jwt_verify(TOKEN, SET)`: tt.verify,
		} {
			if r := execute(t, table, source); (r.Err == nil) != want {
				t.Errorf("a key with %q: %s: %v, want accepted = %v", tt.fields, source, r.Err, want)
			}
		}
	}
}

// A time beyond all calendars is neither long ago nor never: parsers differ about what it is.
func TestTimesBeyondAllCalendarsAreInvalid(t *testing.T) {
	for _, name := range []string{"exp", "nbf", "iat"} {
		for value, valid := range map[string]bool{
			"9007199254740993": false, "-9007199254740994": false, "1e19": false, "-1e19": false, "1e400": false, "-1e400": false,
			"99999999999999999999999999": false, `"1700000000"`: false, "null": false, "true": false, "[]": false, "{}": false,
			"9007199254740992": false, "9007199254740991": name != "nbf", "-5": name != "exp", "0": name != "exp", "1700000000.5": name != "exp", "4102444800": name != "nbf",
		} {
			err := verifyOptions{}.check(fmt.Appendf(nil, `{%q: %s}`, name, value))
			want := errToken
			if valid {
				want = nil
			} else if in := map[string]string{"exp": "-5 0 1700000000.5", "nbf": "4102444800 9007199254740991"}; strings.Contains(" "+in[name]+" ", " "+value+" ") {
				want = errExpired
			}
			if got := codeOf(err); got != want {
				t.Errorf("%s = %s: %v, want %v", name, value, err, want)
			}
		}
	}
}

func TestComparingWhatIsMissingSaysSo(t *testing.T) {
	for _, source := range []string{`crypto.equal(nil, "x")`, `crypto.equal("x", nil)`, `crypto.equal("x")`} {
		r := execute(t, nil, source)
		if r.Err == nil || !strings.Contains(r.Err.Error(), "nothing to compare: it is nil") {
			t.Errorf("%s: %v, want that the value is missing", source, r.Err)
		}
	}
	if r := execute(t, nil, `crypto.equal("x", {})`); r.Err == nil || !strings.Contains(r.Err.Error(), "string expected, got table") {
		t.Errorf("a table: %v", r.Err)
	}
}
