package http

import (
	"net/url"
	"strings"
	"testing"
)

func TestURLsAreEncodedAsByABrowser(t *testing.T) {
	for raw, want := range map[string]string{
		"http://h":          "http://h/",
		"HTTP://h?a":        "http://h/?a",
		" \n http://h/a \n": "http://h/a",
		`http://h/q?query=sum(rate(x{a="b"}[5m])) by (c)`: `http://h/q?query=sum(rate(x%7Ba=%22b%22%7D%5B5m%5D))%20by%20(c)`,
		"http://h/?q=%20%7B%zz%":                          "http://h/?q=%20%7B%25zz%25",
		"http://h/?q=a % 2":                               "http://h/?q=a%20%25%202",
		"http://h/%2f%41/100%":                            "http://h/%2f%41/100%25",
		"http://h/a b/{c}|d\"e":                           "http://h/a%20b/%7Bc%7D%7Cd%22e",
		"http://h/ä?ö=ü":                                  "http://h/%C3%A4?%C3%B6=%C3%BC",
		"http://h/a\nb?c\nd":                              "http://h/a%0Ab?c%0Ad",
		"http://h/?it's<x>":                               "http://h/?it%27s%3Cx%3E",
		"http://h/a+b?c+d":                                "http://h/a+b?c+d",
		"http://h/a#b?c":                                  "http://h/a",
		"http://h/?a?b":                                   "http://h/?a?b",
		"http://[::1]:80/":                                "http://[::1]:80/",
		"http://u:p@h:1/":                                 "http://h:1/",
		"http://u:p@x@h/":                                 "http://h/",
		"http://h//a/../b":                                "http://h//a/../b",
		"http://h:/":                                      "http://h:/",
		"http://h/\xff?\xff":                              "http://h/%FF?%FF",
		"http://münchen.example/":                         "http://m%C3%BCnchen.example/",
	} {
		got, err := parseURL(raw)
		if err != nil {
			t.Errorf("parseURL(%q): %v", raw, err)
			continue
		}
		if got := got.url.String(); got != want {
			t.Errorf("parseURL(%q) = %s, want %s", raw, got, want)
		}
	}
}

func TestURLErrorsShowNoPassword(t *testing.T) {
	for _, raw := range []string{
		"http://u:secret@", "http://u:secret/x@h/", "http://u:secret@h:x/", "http://u:secret@a b/", "htp://u:secret@h/",
		"u:secret@h/", "http://u:secret@[::1/", "http://u:secret@h%zz/", "http://u:secret?@h/", "http://u:secret\\@h/",
	} {
		_, err := parseURL(raw)
		if codeOf(err) != "http.url" || strings.Contains(err.Error(), "secret") {
			t.Errorf("parseURL(%q) = %s %v", raw, codeOf(err), err)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, seed := range []string{
		"http://h", "https://u:p@h:1/a b?c=d#e", `http://h/?q=x{a="b"}`, "http://[::1%25eth0]:80/%2f", "http://h/%", "//h", "http://h\\@x/", "http://\xff/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := parseURL(raw)
		if err != nil {
			if codeOf(err) != "http.url" {
				t.Fatalf("parseURL(%q): %v has no code", raw, err)
			}
			return
		}
		u := got.url
		if u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.HasPrefix(u.Path, "/") {
			t.Fatalf("parseURL(%q) = %+v", raw, u)
		}
		line := u.RequestURI()
		for _, c := range []byte(line) {
			if c <= ' ' || c >= 0x7f || c == '"' {
				t.Fatalf("parseURL(%q): %q cannot stand in a request", raw, line)
			}
		}
		again, err := parseURL(u.String())
		if err != nil || again.url.RequestURI() != line || again.url.Host != u.Host {
			t.Fatalf("parseURL(%q) = %s, and again %v, %v", raw, u, again.url, err)
		}
		meant, _ := url.PathUnescape(rawPath(raw))
		if meant != "" && u.Path != meant {
			t.Fatalf("parseURL(%q) asks for path %q, want %q", raw, u.Path, meant)
		}
	})
}

// rawPath is the path of a plain URL, or nothing when there is more to it.
func rawPath(raw string) string {
	rest, ok := strings.CutPrefix(raw, "http://h/")
	if !ok || strings.ContainsAny(rest, "?#") || strings.TrimSpace(rest) != rest || strings.Trim(rest, "\v\f") != rest {
		return ""
	}
	return "/" + rest
}
