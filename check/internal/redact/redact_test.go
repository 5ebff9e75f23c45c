package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func TestEveryFormOfASecretGoes(t *testing.T) {
	secrets := []string{"hunter2hunter2", `q"uo\te`, "slash/+space é", "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nabcdefghij012345\n-----END KEY-----", "p&w=1;x"}
	for _, s := range secrets {
		r := &Redactor{}
		r.Add(s)
		forms := map[string]string{
			"plain": s, "in a sentence": "the key " + s + " is refused", "query": url.QueryEscape(s), "path": url.PathEscape(s), "lower": strings.ToLower(url.QueryEscape(s)),
			"base64": base64.StdEncoding.EncodeToString([]byte(s)), "base64url": base64.RawURLEncoding.EncodeToString([]byte(s)), "quoted": strconv.Quote(s),
			"hex": fmt.Sprintf("%x", s), "upper hex": fmt.Sprintf("%X", s), "taken for Latin-1": asLatin1(s),
		}
		for _, user := range []string{"u", "us", "use", "user"} {
			forms["basic "+user] = base64.StdEncoding.EncodeToString([]byte(user + ":" + s))
		}
		for name, form := range forms {
			got := r.Text(form)
			if strings.Contains(got, s) || !strings.Contains(got, Mask) {
				t.Errorf("%s of %q: %q is shown as %q", name, s, form, got)
			}
			if name != "quoted" && strings.HasPrefix(name, "basic") && len(got) > 14 {
				t.Errorf("%s of %q: %q leaves %q", name, s, form, got)
			}
		}
	}
}

// What is encoded is decoded first, twice at most, since programs disagree on which characters they encode.
func TestEncodedSecretsGo(t *testing.T) {
	r := &Redactor{}
	r.Add("Pässw0rt<b>&c'd")
	r.Add(`a=41%41\u0041&lt;z`)
	r.Add("💚green")
	for _, form := range []string{
		`P\u00e4ssw0rt<b>&c'd`, `P\u00E4ssw0rt\u003cb\u003e\u0026c'd`, `P\xc3\xa4ssw0rt<b>&c\'d`, `\u0050\u00e4ssw0rt<b>&c'd`,
		"P&auml;ssw0rt&lt;b&gt;&amp;c&#39;d", "Pässw0rt&lt;b&gt;&amp;c&#x27;d", "Pässw0rt&lt;b>&amp;c'd", "P&#228;ssw0rt<b>&c'd",
		"P=C3=A4ssw0rt<b>&c'd", "P%c3%a4ssw0rt%3Cb%3E%26c'd", "P%E4ssw0rt%3Cb%3E%26c%27d", `P\xe4ssw0rt<b>&c'd`,
		`P\u00c3\u00a4ssw0rt<b>&c'd`, "PÃ¤ssw0rt&lt;b&gt;&amp;c'd", "P%C3%83%C2%A4ssw0rt%3Cb%3E%26c%27d",
		"P%25C3%25A4ssw0rt%253Cb%253E%2526c%2527d", `P\\u00e4ssw0rt<b>&c'd`, "P&amp;auml;ssw0rt&amp;lt;b&amp;gt;&amp;amp;c'd",
		`a=41%41\u0041&lt;z`, `a=41%41\\u0041&lt;z`, "a=41%41\\u0041&amp;lt;z", `a%3D41%2541%5Cu0041%26lt%3Bz`,
		`\ud83d\udc9agreen`, "&#128154;green", "%f0%9f%92%9agreen",
	} {
		if got, want := r.Text("the key "+form+" is refused"), "the key "+Mask+" is refused"; got != want {
			t.Errorf("%s is shown as %q, want %q", form, got, want)
		}
		long := strings.Repeat(`\"`, pieceBytes/2-5)
		if got, want := r.Text(long+form+long), long+Mask+long; got != want {
			t.Errorf("%s, in a long text, is shown as %.200q", form, strings.ReplaceAll(got, long, "..."))
		}
	}
	for _, text := range []string{`"\u00`, `\`, `\u`, `\x1`, "&", "&;", "&lt", "%", "%4", "=4", `\ud83d\u0041`, "P%C3", "a=41&b=42", `{"a":"\"\\"}`} {
		if got := r.Text(text); got != text {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
}

func TestLinesOfAKeyGoOneByOne(t *testing.T) {
	r := &Redactor{}
	r.Add("-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nabcdefghij012345\n-----END KEY-----\n")
	if got, want := r.Text("line: abcdefghij012345."), "line: ***."; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}

func TestURLPasswordsGoWithoutBeingDeclared(t *testing.T) {
	r := &Redactor{}
	for in, want := range map[string]string{
		"get http://bob:pw@host:80/x?y=1": "get http://bob:***@host:80/x?y=1", "postgres://u:p@ss@h/db": "postgres://u:***@h/db", "http://host/a:b@c": "http://host/a:b@c", "": "",
		"http://h:80/": "http://h:80/", "https://:pw@h/": "https://:***@h/",
	} {
		if got := r.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAnyReachesInside(t *testing.T) {
	r := &Redactor{}
	r.Add("1234")
	got := r.Any(map[string]any{"a 1234": []any{"x1234", 1234, 12345, true, nil}}).(map[string]any)
	list, ok := got["a ***"].([]any)
	if !ok || list[0] != "x***" || list[1] != Mask || list[2] != 12345 || list[3] != true || list[4] != nil {
		t.Errorf("Any = %v", got)
	}
}

func TestMoreFormsOfASecretGo(t *testing.T) {
	const secret = "C4n4ry\"S'e\\c/r+e t<>&\x01é"
	r := &Redactor{}
	r.Add(secret)
	raw, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"shell": "curl -H 'X: " + strings.ReplaceAll(secret, "'", `'\''`) + "'", "JSON": string(raw), "Go": strconv.Quote(secret),
		"JSON with slashes": strings.ReplaceAll(string(raw), "/", `\/`), "URL": url.QueryEscape(secret), "path": url.PathEscape(secret),
		"path with slashes": (&url.URL{Path: "/" + secret}).String(), "log": `C4n4ry"S'e\c/r+e t<>&\x01é`, "one line": "C4n4ry\"S'e\\c/r+e t<>& é",
		"basic": base64.StdEncoding.EncodeToString([]byte("user:" + secret)),
	} {
		if got := r.Text(text); strings.Contains(got, "C4n4") || !strings.Contains(got, Mask) {
			t.Errorf("%s: %q is shown as %q", name, text, got)
		}
	}
}

func TestPiecesOfASecretAtACutGo(t *testing.T) {
	r := &Redactor{}
	r.Add("hunter22-and-more")
	for in, want := range map[string]string{
		"yyyhunter22-a…": "yyy***…", `"yyyhunter22-a"... (183 bytes)`: `"yyy***"... (183 bytes)`, "near `...er22-and`": "near `...***`",
		"near `...nter22-an...`": "near `...***...`", "...-and-more, ok": "...***, ok", "hunters are out...": "hunters are out...",
		"a... b… c...": "a... b… c...", "…": "…", "the hun…": "the hun…", "hunter22-and-more…": "***…", "...": "...",
	} {
		if got := r.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestShortValuesAreNoSecrets(t *testing.T) {
	r := &Redactor{}
	r.Add("f")
	r.Add("   ")
	r.Add("")
	if got := r.Text("failed   here"); got != "failed   here" {
		t.Errorf("Text = %q, want it untouched", got)
	}
}

func TestLogRecordsHaveNoSecrets(t *testing.T) {
	r := &Redactor{}
	var out bytes.Buffer
	log := slog.New(r.Handler(slog.NewTextHandler(&out, nil))).With("who", "hunter22", "n", 7).WithGroup("g")
	r.Add("hunter22")
	log = log.With("a", "hunter22")
	log.Info("the hunter22", "hunter22", 1, "list", []string{"hunter22"}, "text", "hunter22", slog.Group("in", "k", "hunter22"), "plain", 2)
	log.WithGroup("hunter22").Warn("x", "y", 1)
	if got := out.String(); strings.Count(got, "hunter22") != 2 || strings.Count(got, Mask) < 7 { // who was given before it was a secret
		t.Errorf("log:\n%s", got)
	}
	if log.Enabled(t.Context(), slog.LevelDebug) {
		t.Error("debug records are wanted, which the handler below does not take")
	}
}

func TestHeadersThatAreSecretByNature(t *testing.T) {
	for name, want := range map[string]bool{"Authorization": true, "x-vault-TOKEN": true, "Cookie": true, "Accept": false, "": false} {
		if got := Header(name); got != want {
			t.Errorf("Header(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestLinesOfAFileHaveNoCredentials(t *testing.T) {
	r := &Redactor{}
	for in, want := range map[string]string{
		`  Authorization: "Bearer abc"`: `  Authorization: ***`, "set-cookie=a=b": "set-cookie=***", "name: x": "name: x",
		"auth: {username: u, passwort: abc, x: y}": "auth: {username: u, passwort: ***, x: y}", "password: [abc]": "password: [***]", "auth: abc": "auth: ***",
		`bearer: "a b", b: c`: `bearer: ***", b: c`, "url: h/x?password=abc&b=c": "url: h/x?password=***&b=c", "X-Api-Key: abc": "X-Api-Key: ***",
		"auth: {bearer: \"${secrets.token}\", bearer_file: /run/token}": "auth: {bearer: \"${secrets.token}\", bearer_file: /run/token}",
		"secrets: {token: {from_env: TOKEN}}":                           "secrets: {token: {from_env: TOKEN}}",
	} {
		if got := r.Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNumbersInDocuments(t *testing.T) {
	r := &Redactor{}
	r.Add("4711")
	if got := r.Any(json.Number("47110")); got != "***0" {
		t.Errorf("Any(json.Number) = %v, want it masked", got)
	}
	if got := r.Any(json.Number("12")); got != json.Number("12") {
		t.Errorf("Any(json.Number) = %v, want it as it was", got)
	}
}

// No six characters of a secret are left of any form of it, wherever the text is cut, if the cut is marked.
func FuzzPieces(f *testing.F) {
	for _, seed := range []string{"C4n4ry\"S'e\\c/r+e t<>&", "0123456789abcdef", "pässwörd 中文 und mehr", "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nabcdefghij\n-----END KEY-----", "a'b'c'd'e'f'g"} {
		f.Add(seed, uint8(0), uint8(9))
	}
	f.Fuzz(func(t *testing.T, secret string, form, at uint8) {
		if len(secret) < Shortest || strings.Contains(secret, "..") || strings.Contains(secret, "…") {
			return // one with marks in it cannot be told from the mark beside it
		}
		r := &Redactor{}
		r.Add(secret)
		raw, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		forms := []string{
			secret, string(raw), strconv.Quote(secret), strings.ReplaceAll(secret, "'", `'\''`), url.QueryEscape(secret), url.PathEscape(secret),
			base64.StdEncoding.EncodeToString([]byte("u:" + secret)), fmt.Sprintf("%+v", []string{secret}),
		}
		text := "~" + forms[int(form)%len(forms)] + "~"
		cut := int(at) % (len(text) + 1)
		for name, got := range map[string]string{
			"whole": r.Text(text), "the beginning": r.Text(text[:cut] + "..."), "the end": r.Text("..." + text[cut:]),
		} {
			for i := 0; i+6 <= len(secret); i++ {
				piece := secret[i : i+6]
				if strings.Trim(piece, piece[:1]) == "" || strings.Contains("............", piece) || strings.ContainsAny(piece, "*~") {
					continue // which the marks have as well
				}
				if strings.Contains(got, piece) {
					t.Fatalf("%s: %q at %d of %q is shown as %q, with %q", name, text, cut, secret, got, piece)
				}
			}
		}
	})
}
