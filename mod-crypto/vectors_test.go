package crypto

import (
	"encoding/json"
	"testing"
	"time"

	"assay.rs/core"
)

// The keys and tokens of RFC 7515, appendix A, and RFC 8037, appendix A.
const (
	hs256Key = `{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`
	rs256Key = `{"kty":"RSA","e":"AQAB",
		"n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
		"d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
		"p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
		"q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"}`
	es256Key = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}`
	es512Key = `{"kty":"EC","crv":"P-521",
		"x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
		"y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
		"d":"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C"}`
	edKey = `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`

	joe = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)

func vectors() map[string][2]string {
	return map[string][2]string{
		"RFC 7515 A.1": {hs256Key, "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + joe + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
		"RFC 7515 A.2": {rs256Key, "eyJhbGciOiJSUzI1NiJ9." + joe + ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
		"RFC 7515 A.3": {es256Key, "eyJhbGciOiJFUzI1NiJ9." + joe + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
		"RFC 7515 A.4": {es512Key, "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"},
		"RFC 8037 A.4": {edKey, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
	}
}

func decodeJSON(t testing.TB, text string) any {
	t.Helper()
	var data any
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatal(err)
	}
	return data
}

// ring reads a JWK as a script's table would be.
func ring(t testing.TB, text string) keyring {
	t.Helper()
	set, err := readSet(decodeJSON(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return keyring{set: set}
}

func TestVectors(t *testing.T) {
	deterministic := map[string]bool{"HS256": true, "RS256": true, "EdDSA": true}
	for name, v := range vectors() {
		t.Run(name, func(t *testing.T) {
			keys := ring(t, v[0])
			parsed, err := readToken(v[1])
			if err != nil {
				t.Fatal(err)
			}
			if err := parsed.verify(keys, nil, 0); err != nil {
				t.Errorf("the token of the RFC: %v", err)
			}
			a, err := algorithmOf(parsed.alg)
			if err != nil {
				t.Fatal(err)
			}
			signed, err := sign(a, keys.set[0].key, parsed.header, parsed.payload)
			if err != nil {
				t.Fatal(err)
			}
			if deterministic[a.name] && signed != v[1] {
				t.Errorf("signed = %s, want %s", signed, v[1])
			}
			again, err := readToken(signed)
			if err != nil {
				t.Fatal(err)
			}
			if err := again.verify(keys, nil, 0); err != nil {
				t.Errorf("our own signature: %v", err)
			}
			for i := range again.signature {
				again.signature[i] ^= 1
				if again.verify(keys, nil, 0) == nil {
					t.Errorf("the signature with byte %d changed is accepted", i)
				}
				again.signature[i] ^= 1
			}
			again.signed += "x"
			if again.verify(keys, nil, 0) == nil {
				t.Error("a changed payload is accepted")
			}
		})
	}
}

// The token of RFC 7519, 3.1, is that of RFC 7515, A.1; it expired in 2011.
func TestClaimsOfRFC7519(t *testing.T) {
	parsed, err := readToken(vectors()["RFC 7515 A.1"][1])
	if err != nil {
		t.Fatal(err)
	}
	expired := verifyOptions{issuer: "joe"}
	if err := expired.check(parsed.payload); codeOf(err) != errExpired {
		t.Errorf("check = %v, want %s", err, errExpired.Name())
	}
	expired.leeway = 100 * 365 * 24 * time.Hour
	if err := expired.check(parsed.payload); err != nil {
		t.Errorf("check with a leeway of 100 years = %v", err)
	}
	expired.issuer = "jane"
	if err := expired.check(parsed.payload); codeOf(err) != errClaims {
		t.Errorf("check = %v, want %s", err, errClaims.Name())
	}
}

// RFC 7519, 6.1: a token that nobody has signed.
func TestUnsignedIsRefused(t *testing.T) {
	for _, text := range []string{
		"eyJhbGciOiJub25lIn0." + joe + ".",
		"eyJhbGciOiJub25lIn0." + joe + ".AA",
		"eyJhbGciOiJOb25FIn0." + joe + ".", // NonE
	} {
		for _, key := range []string{hs256Key, rs256Key, es256Key, edKey} {
			parsed, err := readToken(text)
			if err != nil {
				t.Fatal(err)
			}
			if err := parsed.verify(ring(t, key), nil, 0); codeOf(err) != errAlgorithm {
				t.Errorf("verify(%s) = %v, want %s", text, err, errAlgorithm.Name())
			}
		}
	}
}

func codeOf(err error) *core.Code {
	if e, ok := err.(*core.Error); ok { //nolint:errorlint // the outermost one is what a script sees
		return e.Code
	}
	return nil
}

func FuzzToken(f *testing.F) {
	for _, v := range vectors() {
		f.Add(v[1])
	}
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("..")
	keys := []keyring{ring(f, hs256Key), ring(f, rs256Key), ring(f, es256Key), ring(f, edKey)}
	known := make(map[string]bool)
	for _, v := range vectors() {
		known[v[1]] = true
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := readToken(text)
		if err != nil {
			if codeOf(err) != errToken {
				t.Errorf("readToken(%q) = %v, want %s", text, err, errToken.Name())
			}
			return
		}
		for _, k := range keys {
			if parsed.verify(k, nil, 0) == nil && !known[text] {
				t.Errorf("a forged token is accepted: %q", text)
			}
		}
		_ = verifyOptions{audience: []string{"a"}}.check(parsed.payload)
	})
}

func FuzzKey(f *testing.F) {
	for _, text := range []string{"secret", "-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----", hs256Key, exampleCertificate, "ssh-rsa AAAA"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := keyOfText(text); err != nil && codeOf(err) == nil {
			t.Errorf("keyOfText(%q) = %v, without a code", text, err)
		}
		var data any
		if json.Unmarshal([]byte(text), &data) == nil {
			if _, err := readSet(data); err != nil && codeOf(err) == nil {
				t.Errorf("readSet(%q) = %v, without a code", text, err)
			}
		}
	})
}
