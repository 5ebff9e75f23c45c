package crypto

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// execute runs a script with the given globals.
func execute(t *testing.T, globals map[string]any, source string) coretest.Result {
	t.Helper()
	k := kit()
	k.Globals = globals
	return k.Exec(t, "misuse.lua", source)
}

// A public key that everybody knows must not serve as the secret of HS256, in whatever form it comes.
func TestAlgorithmConfusion(t *testing.T) {
	dir := keyPairs(t)
	der := openssl(t, dir, "pkey", "-in", "rsa.pem", "-pubout", "-outform", "DER")
	forms := map[string]string{
		"PEM": readFile(t, dir, "rsa.pub.pem"), "PKCS#1": readFile(t, dir, "rsa-pkcs1.pub.pem"), "certificate": readFile(t, dir, "rsa-certificate.pem"),
		"DER": der, "PEM without its end": strings.TrimSpace(readFile(t, dir, "rsa.pub.pem")), "EC": readFile(t, dir, "p256.pub.pem"),
		"indented PEM": "  " + strings.ReplaceAll(readFile(t, dir, "rsa.pub.pem"), "\n", "\n  "),
		"JWK":          es256Key, "JWKS": `{"keys": [` + es256Key + `]}`, "OpenSSH": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
	}
	for name, key := range forms {
		forged := signedWithSecret(t, []byte(key))
		r := execute(t, map[string]any{"TOKEN": forged, "KEY": key}, `crypto.jwt_verify(TOKEN, KEY)`)
		if e, ok := r.Err.(*core.ScriptError); !ok || e.Builtin == nil || e.Builtin.Code != errAlgorithm && e.Builtin.Code != errKey { //nolint:errorlint // as Run gives it
			t.Errorf("%s: %v, want %s or %s", name, r.Err, errAlgorithm.Name(), errKey.Name())
		}
		r = execute(t, map[string]any{"KEY": key}, `crypto.jwt_sign({a = 1}, KEY, "HS256")`)
		if r.Err == nil {
			t.Errorf("%s: taken for the secret of HS256", name)
		}
	}
	set := map[string]any{}
	if err := json.Unmarshal([]byte(`{"keys": [`+rs256Key+`]}`), &set); err != nil {
		t.Fatal(err)
	}
	forged := signedWithSecret(t, []byte("x"))
	if r := execute(t, map[string]any{"TOKEN": forged, "SET": set}, `crypto.jwt_verify(TOKEN, SET)`); r.Err == nil {
		t.Error("a set of RSA keys: a token of HS256 is accepted")
	}
}

func signedWithSecret(t *testing.T, secret []byte) string {
	t.Helper()
	a, err := algorithmOf("HS256")
	if err != nil {
		t.Fatal(err)
	}
	text, err := sign(a, secret, []byte(`{"alg":"HS256"}`), []byte(`{"admin":true}`))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Whatever goes wrong with a key, no part of it is in the error.
func TestNoErrorHoldsAKey(t *testing.T) {
	dir := keyPairs(t)
	encrypted := t.TempDir()
	openssl(t, encrypted, "genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:x", "-out", "key.pem")
	keys := []string{readFile(t, encrypted, "key.pem")}
	for _, name := range []string{"rsa.pem", "rsa-pkcs1.pem", "p256.pem", "p256-sec1.pem", "p521.pem", "ed.pem"} {
		whole := readFile(t, dir, name)
		keys = append(keys, whole, whole[:len(whole)/2], strings.Replace(whole, "A", "!", 1), strings.ReplaceAll(whole, "\n", ""),
			strings.Replace(whole, "PRIVATE", "PUBLIC", 2), strings.ReplaceAll(whole, "PRIVATE KEY", "OTHER THING"))
	}
	keys = append(keys, "a secret of 32 bytes, or so it is", rs256Key, es512Key[:200], edKey)
	for i, key := range keys {
		secret := longestLine(key)
		for _, source := range []string{
			`crypto.jwt_sign({a = 1}, KEY, "RS256")`, `crypto.jwt_sign({a = 1}, KEY, "ES384")`, `crypto.jwt_sign({a = 1}, KEY, KEY)`,
			`crypto.jwt_sign(KEY, "x", "HS256")`, `crypto.jwt_verify(KEY, KEY)`, `crypto.jwt_verify("a.b.c", KEY, {alg = KEY})`,
			`crypto.jwt_verify(TOKEN, KEY)`, `crypto.jwt_decode(KEY)`, `crypto.hash("x", KEY)`, `crypto.hmac("data", "sha256", KEY)`,
			`crypto.x509(KEY)`, `crypto.password_verify("x", KEY)`, `crypto.jwt_sign({a = 1}, {kty = "RSA", n = KEY, e = "AQAB", d = KEY}, "RS256")`,
			`crypto.jwt_sign({a = 1}, {kty = "OKP", crv = "Ed25519", x = KEY, d = KEY}, "EdDSA")`, `crypto.jwt_sign({a = 1}, {keys = {KEY}}, "RS256")`,
			`crypto.jwt_sign({a = 1}, "x", "HS256", {headers = KEY})`, `crypto.jwt_verify(TOKEN, {kty = "oct", k = KEY})`,
		} {
			r := execute(t, map[string]any{"KEY": key, "TOKEN": signedWithSecret(t, []byte("other"))}, source)
			if r.Err == nil {
				continue
			}
			text := r.Err.Error()
			if e, ok := r.Err.(*core.ScriptError); ok { //nolint:errorlint // as Run gives it
				text += e.Hint + e.Traceback
			}
			for _, part := range []string{secret, secret[:16], secret[len(secret)-16:]} {
				if strings.Contains(text, part) {
					t.Errorf("key %d, %s: the error holds a part of the key: %s", i, source, text)
				}
			}
		}
	}
}

// longestLine is the part of a key that is the secret.
func longestLine(key string) string {
	lines := strings.FieldsFunc(strings.ReplaceAll(key, "-----", "\n"), func(r rune) bool { return r == '\n' })
	return slices.MaxFunc(lines, func(a, b string) int { return len(a) - len(b) })
}

func TestPasswordVectors(t *testing.T) {
	for _, v := range []struct {
		password, hash string
		want           bool
	}{
		// The tests of argon2's reference implementation.
		{"password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", true},
		{"password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc", true},
		{"differentpassword", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", false},
		{"password", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8", true},
		// crypt_blowfish.
		{"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true},
		{"U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", true},
		{"U*U*", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", true},
		{"", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", true},
		{"U*V", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", false},
	} {
		r := execute(t, map[string]any{"PASSWORD": v.password, "HASH": v.hash}, `assert.eq(crypto.password_verify(PASSWORD, HASH), `+fmt.Sprint(v.want)+`)`)
		if r.Err != nil {
			t.Errorf("%q with %s: %v", v.password, v.hash, r.Err)
		}
	}
}

// A hash from elsewhere says how much memory it takes: no more than the script has.
func TestPasswordsStayWithinMemory(t *testing.T) {
	rt, err := core.New(core.Config{Modules: []core.Module{New()}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		`crypto.password_verify("x", "$argon2id$v=19$m=1000000,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")`:     "memory limit of 32 MB exceeded",
		`crypto.password_verify("x", "$argon2id$v=19$m=4000000000,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")`:  "not a hash of argon2id",
		`crypto.password_verify("x", "$argon2id$v=19$m=8,t=4000000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")`:  "not a hash of argon2id",
		`crypto.password_verify("x", "$argon2id$v=19$m=65536,t=2000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")`: "iterations must be from 1 to 64",
		`crypto.password_verify("x", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")`:                                 "a bcrypt cost of 31 takes too long",
		`crypto.password_hash("x", {memory = 100000})`: "memory limit of 32 MB exceeded",
		`crypto.random_bytes(16777217)`:                "must be from 0 to 16777216",
	} {
		chunk, err := core.Compile("memory.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 32 << 20}})
		err = vm.Run(t.Context(), chunk)
		vm.Close()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", source, err, want)
		}
	}
}

// Nothing can cut a hash short: it is refused when the script has no time for it, and where nobody trusts the script it is a
// cheap one.
func TestPasswordsStayWithinTime(t *testing.T) {
	const argon = "$argon2id$v=19$m=%d,t=%d,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	const bcrypt = "$2a$%02d$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
	verify := func(format string, a ...any) string {
		return fmt.Sprintf(`crypto.password_verify("x", "`+format+`")`, a...)
	}
	for _, c := range []struct {
		level        core.Level
		seconds      int // until the script must end
		source, want string
	}{
		{core.Check, 30, `crypto.password_hash("x")`, ""},
		{core.Check, 30, verify(argon, 256, 2), ""},
		{core.Check, 30, verify(bcrypt, 4), ""},
		{core.Check, 30, `crypto.password_hash("x", {memory = 32768, iterations = 9})`, "iterations must be from 1 to 8 with this memory, got 9"},
		{core.Check, 30, `crypto.password_hash("x", {memory = 262145, iterations = 1})`, "memory must be at most 262144 KiB in a check or a sandbox, got 262145"},
		{core.Check, 30, verify(argon, 32768, 9), "iterations must be from 1 to 8 with this memory, got 9"},
		{core.Check, 30, verify(bcrypt, 13), "a bcrypt cost of 13 takes too long: at most 12 is verified"},
		{core.Script, 1, `crypto.password_hash("x", {memory = 8192, iterations = 500})`, "takes about 2.048s, and the script has "},
		{core.Script, 1, verify(argon, 8192, 500), "takes about 2.048s, and the script has "},
		{core.Script, 1, verify(bcrypt, 15), "takes about 1.475s, and the script has "},
	} {
		policy := core.FullPolicy()
		if c.level == core.Check {
			policy = core.CheckPolicy()
		}
		rt, err := core.New(core.Config{Modules: []core.Module{New()}, Policy: policy})
		if err != nil {
			t.Fatal(err)
		}
		chunk, err := core.Compile("time.lua", []byte(c.source))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(c.seconds)*time.Second)
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 64 << 20}})
		err = vm.Run(ctx, chunk)
		vm.Close()
		cancel()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%v: %s: %v, want no error", c.level, c.source, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%v: %s: %v, want %s", c.level, c.source, err, c.want)
		}
	}
}
