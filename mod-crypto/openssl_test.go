package crypto

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/core"
)

// openssl runs the program in a folder. Without it the test is skipped, or fails where all must run.
func openssl(t *testing.T, dir string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("openssl is missing: ./test/run installs it")
		}
		t.Skip("openssl is missing: ./test/run installs it, from Debian's package openssl")
	}
	cmd := exec.CommandContext(t.Context(), "openssl", args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return stdout.String()
}

func readFile(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func writeFile(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// keyPairs makes keys in each form that openssl writes: NAME.pem and NAME.pub.pem.
func keyPairs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	openssl(t, dir, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "rsa.pem")
	openssl(t, dir, "pkey", "-in", "rsa.pem", "-pubout", "-out", "rsa.pub.pem")
	openssl(t, dir, "rsa", "-in", "rsa.pem", "-traditional", "-out", "rsa-pkcs1.pem")
	openssl(t, dir, "rsa", "-in", "rsa.pem", "-RSAPublicKey_out", "-out", "rsa-pkcs1.pub.pem")
	for name, curve := range map[string]string{"p256": "prime256v1", "p384": "secp384r1", "p521": "secp521r1"} {
		openssl(t, dir, "ecparam", "-name", curve, "-genkey", "-out", name+"-sec1.pem") // with the curve in front
		openssl(t, dir, "pkcs8", "-topk8", "-nocrypt", "-in", name+"-sec1.pem", "-out", name+".pem")
		openssl(t, dir, "pkey", "-in", name+".pem", "-pubout", "-out", name+".pub.pem")
	}
	openssl(t, dir, "genpkey", "-algorithm", "ed25519", "-out", "ed.pem")
	openssl(t, dir, "pkey", "-in", "ed.pem", "-pubout", "-out", "ed.pub.pem")
	openssl(t, dir, "req", "-x509", "-new", "-key", "rsa.pem", "-subj", "/CN=a", "-out", "rsa-certificate.pem")
	return dir
}

func pemKey(t *testing.T, dir, name string) any {
	t.Helper()
	key, err := keyOfText(readFile(t, dir, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return key
}

// What we sign openssl verifies, and the other way round, with keys in every form.
func TestAgainstOpenSSL(t *testing.T) {
	dir := keyPairs(t)
	for _, tt := range []struct{ alg, private, public string }{
		{"RS256", "rsa.pem", "rsa.pub.pem"},
		{"RS384", "rsa-pkcs1.pem", "rsa.pub.pem"},
		{"RS512", "rsa.pem", "rsa-pkcs1.pub.pem"},
		{"RS256", "rsa.pem", "rsa-certificate.pem"},
		{"PS256", "rsa.pem", "rsa.pub.pem"},
		{"PS384", "rsa.pem", "rsa.pub.pem"},
		{"PS512", "rsa.pem", "rsa.pub.pem"},
		{"ES256", "p256.pem", "p256.pub.pem"},
		{"ES256", "p256-sec1.pem", "p256.pub.pem"},
		{"ES384", "p384-sec1.pem", "p384.pub.pem"},
		{"ES512", "p521.pem", "p521.pub.pem"},
		{"ES512", "p521-sec1.pem", "p521.pub.pem"},
		{"EdDSA", "ed.pem", "ed.pub.pem"},
	} {
		t.Run(tt.alg+" "+tt.private+" "+tt.public, func(t *testing.T) {
			a, err := algorithmOf(tt.alg)
			if err != nil {
				t.Fatal(err)
			}
			text, err := sign(a, pemKey(t, dir, tt.private), []byte(`{"alg":"`+tt.alg+`"}`), []byte(`{"sub":"x"}`))
			if err != nil {
				t.Fatal(err)
			}
			ours, err := readToken(text)
			if err != nil {
				t.Fatal(err)
			}
			verifies(t, dir, tt.alg, tt.private, ours)
			ours.signature = signs(t, dir, tt.alg, tt.private, ours.signed)
			if err := ours.verify(keyring{key: pemKey(t, dir, tt.public)}, nil, 0); err != nil {
				t.Errorf("the signature of openssl: %v", err)
			}
		})
	}
}

// digestOptions are openssl's for an algorithm; Ed25519 has none.
func digestOptions(alg string) []string {
	options := []string{"-sha" + alg[2:]}
	if strings.HasPrefix(alg, "PS") {
		options = append(options, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest")
	}
	return options
}

func verifies(t *testing.T, dir, alg, private string, of token) {
	t.Helper()
	signature := of.signature
	if strings.HasPrefix(alg, "ES") {
		half := len(signature) / 2
		var err error
		signature, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])})
		if err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, dir, "signature", signature)
	writeFile(t, dir, "signed", []byte(of.signed))
	openssl(t, dir, "pkey", "-in", private, "-pubout", "-out", "public")
	if alg == "EdDSA" {
		openssl(t, dir, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "public", "-in", "signed", "-sigfile", "signature")
		return
	}
	openssl(t, dir, append(append([]string{"dgst"}, digestOptions(alg)...), "-verify", "public", "-signature", "signature", "signed")...)
}

func signs(t *testing.T, dir, alg, private, text string) []byte {
	t.Helper()
	writeFile(t, dir, "signed", []byte(text))
	if alg == "EdDSA" {
		return []byte(openssl(t, dir, "pkeyutl", "-sign", "-rawin", "-inkey", private, "-in", "signed"))
	}
	signature := []byte(openssl(t, dir, append(append([]string{"dgst"}, digestOptions(alg)...), "-sign", private, "signed")...))
	if !strings.HasPrefix(alg, "ES") {
		return signature
	}
	var point struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &point); err != nil {
		t.Fatal(err)
	}
	size := map[string]int{"ES256": 32, "ES384": 48, "ES512": 66}[alg]
	return append(point.R.FillBytes(make([]byte, size)), point.S.FillBytes(make([]byte, size))...)
}

func TestHMACAgainstOpenSSL(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "data", []byte("some data"))
	for _, alg := range []string{"sha224", "sha256", "sha384", "sha512", "sha3-224", "sha3-256", "sha3-384", "sha3-512"} {
		want := openssl(t, dir, "dgst", "-"+alg, "-mac", "HMAC", "-macopt", "hexkey:"+hex.EncodeToString([]byte("a key")), "-r", "data")
		got, err := hmacText(core.Call{}, "a key", "some data", alg, false)
		if err != nil || got != strings.Fields(want)[0] {
			t.Errorf("%s = %s, %v, want %s", alg, got, err, want)
		}
	}
	a, err := algorithmOf("HS256")
	if err != nil {
		t.Fatal(err)
	}
	text, err := sign(a, []byte("a key"), []byte(`{"alg":"HS256"}`), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := readToken(text)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "data", []byte(parsed.signed))
	want := openssl(t, dir, "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:"+hex.EncodeToString([]byte("a key")), "-r", "data")
	if got := hex.EncodeToString(parsed.signature); got != strings.Fields(want)[0] {
		t.Errorf("HS256 = %s, want %s", got, want)
	}
}

func TestCertificateAgainstOpenSSL(t *testing.T) {
	dir := t.TempDir()
	for i, tt := range []struct {
		key, subject string
		extensions   []string
		check        func(c certificate) bool
	}{
		{"ed25519", "/C=DE/O=Ex, Inc.+OU=a/CN=#x \\+ \"y\"/DC=local/UID=u/emailAddress=a@b.c", []string{
			"subjectAltName=DNS:a.example,DNS:*.b.example,IP:10.0.0.1,IP:fd00::1,email:a@b.c,URI:spiffe://x/y", "basicConstraints=critical,CA:TRUE",
		}, func(c certificate) bool {
			return c.keyAlgorithm == "Ed25519" && c.isCA && c.selfSigned && strings.Join(c.dnsNames, " ") == "a.example *.b.example" &&
				strings.Join(c.addresses, " ") == "10.0.0.1 fd00::1" && c.emails[0] == "a@b.c" && c.uris[0] == "spiffe://x/y"
		}},
		{"rsa:2048", "/CN=plain", []string{"basicConstraints=CA:FALSE"}, func(c certificate) bool {
			return c.keyAlgorithm == "RSA" && c.keySize == 2048 && !c.isCA && c.commonName == "plain" && c.signatureAlgorithm == "SHA256-RSA"
		}},
		{"ec:p384", "/ST=Some \\/ State/L= x /street=s/serialNumber=12/CN=a\\;b<c>", nil, func(c certificate) bool {
			return c.keyAlgorithm == "ECDSA" && c.keySize == 384
		}},
	} {
		openssl(t, dir, "genpkey", "-genparam", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", "p384")
		args := []string{"req", "-x509", "-newkey", tt.key, "-nodes", "-keyout", "key", "-subj", tt.subject, "-days", "30", "-out", "c.pem"}
		for _, extension := range tt.extensions {
			args = append(args, "-addext", extension)
		}
		openssl(t, dir, args...)
		got, err := readCertificate(core.Call{}, readFile(t, dir, "c.pem"))
		if err != nil {
			t.Fatal(err)
		}
		shown := func(option string) string {
			_, value, _ := strings.Cut(strings.TrimSpace(openssl(t, dir, "x509", "-in", "c.pem", "-noout", "-nameopt", "RFC2253,-esc_msb", option)), "=")
			return value
		}
		if want := shown("-subject"); got.subject != want || got.issuer != want {
			t.Errorf("%d: subject %s, issuer %s, want %s", i, got.subject, got.issuer, want)
		}
		if want := shown("-serial"); got.serial != want {
			t.Errorf("%d: serial %s, want %s", i, got.serial, want)
		}
		fingerprint := openssl(t, dir, "x509", "-in", "c.pem", "-noout", "-fingerprint", "-sha256")
		_, want, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(fingerprint), ":", "")), "=")
		if got.fingerprint != want {
			t.Errorf("%d: fingerprint %s, want %s", i, got.fingerprint, want)
		}
		if got.notAfter-got.notBefore != 30*24*60*60 {
			t.Errorf("%d: valid for %d s, want 30 days", i, got.notAfter-got.notBefore)
		}
		if !tt.check(got) {
			t.Errorf("%d: %+v is not what was made of %s", i, got, tt.subject)
		}
	}
}
