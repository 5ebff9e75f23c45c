package redact

import (
	"encoding/base64"
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
