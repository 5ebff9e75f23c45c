package url

import (
	std "net/url"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/mod-data/internal/kit"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

func TestURL(t *testing.T) {
	for source, want := range map[string]string{
		`out(url.encode("A-z_0.9~"), url.encode("\0/?&=+% "), url.encode("é"))`:        "A-z_0.9~ %00%2F%3F%26%3D%2B%25%20 %C3%A9",
		`out(url.decode("%00" ) == "\0", url.decode("a+b%2B"))`:                        "true a+b+",
		`out(pcall(url.decode, "50%"))`:                                                `false url.decode: invalid URL escape "%"`,
		`out(url.query{}, url.query{b = 1, a = true, c = {}, ["x y"] = {1, "z"}})`:     " a=true&b=1&x+y=1&x+y=z",
		`out(pcall(url.query, {a = {b = 1}}))`:                                         `false url.query: argument 1 'values': key "a": string or array of strings expected, got table`,
		`out(pcall(url.query, {1}))`:                                                   `false url.query: argument 1 'values': the names must be strings`,
		`local q = url.parse_query("a=1&b=%zz&a=2&a=3&c") out(#q.a, q.a[3], q.b, q.c)`: "3 3 %zz ",
		`local u = url.parse("HTTPS://me:p%40ss@[fe80::1]:8443/a%2Fb/c?x=1&x=2&y#f%20g")
		 out(u.scheme, u.username, u.password, u.host, u.port, u.path, u.query.x[2], u.query.y, u.fragment) out(url.build(u))`: "https me p@ss fe80::1 8443 /a%2Fb/c 2  f g\n" +
			"https://me:p%40ss@[fe80::1]:8443/a%2Fb/c?x=1&x=2&y=#f%20g",
		`local u = url.parse("/only/path") out(u.scheme, u.host, u.port, u.path, next(u.query), url.build(u))`: "nil nil nil /only/path nil /only/path",
		`local u = url.parse("http://h") out(u.path == "", url.build(u))`:                                      "true http://h",
		`out(url.build(url.parse("mailto:a@b.example")))`:                                                      "mailto:a@b.example",
		`out(pcall(url.parse, "http://u:se/cret@h/"))`:                                                         "false url.parse: the text is not a URL",
		`out(pcall(url.parse, "http://h:99999/"))`:                                                             "false url.parse: the port is not a number to 65535",
		`out(url.build{host = "h", path = "a?b#c%20%zz ü"})`:                                                   "//h/a%3Fb%23c%20%25zz%20%C3%BC",
		`out(url.build{scheme = "http", host = "h", query = "a=b c#d&e"})`:                                     "http://h?a=b%20c%23d&e",
		`out(url.build{path = "a:b/c"}, url.build{})`:                                                          "./a:b/c ",
		`out(pcall(url.build, {host = "h/evil"}))`:                                                             "false url.build: the host has a character that may not stand in one",
		`out(pcall(url.build, {host = "h:80"}))`:                                                               "false url.build: the host has a colon, but is no IPv6 address",
		`out(pcall(url.build, {host = "u@h"}))`:                                                                "false url.build: the host has a character that may not stand in one",
		`out(pcall(url.build, {port = 80}))`:                                                                   "false url.build: a port, a username or a password needs a host",
		`out(pcall(url.build, {host = "h", port = 65536}))`:                                                    "false url.build: the port 65536 is not one of 0 to 65535",
		`out(pcall(url.build, {path = "//h"}))`:                                                                "false url.build: without a host, a path cannot begin with //",
		`out(pcall(url.build, {scheme = "a b", host = "h"}))`:                                                  "false url.build: the scheme must be a letter with letters, digits, + - . behind it",
		`out(pcall(url.build, {hots = "h"}))`:                                                                  "false url.build: unknown option 'hots': did you mean 'host'?",
	} {
		if got, err := kit.Eval(t, New(), time.Minute, source); got != want || err != nil {
			t.Errorf("%s:\n%q (%v)\nwant %q", source, got, err, want)
		}
	}
}

func TestLimits(t *testing.T) {
	long := strings.Repeat("0", maxBytes+1)
	for name, f := range map[string]func(core.Call, string) (string, error){"encode": encode, "decode": decode} {
		if _, err := f(core.Call{}, long); err == nil {
			t.Errorf("%s of more than 16 MB gave no error", name)
		}
	}
	if _, err := parse(core.Call{}, "http://h/"+long[:maxURL]); err == nil {
		t.Error("parse of more than 64 KB gave no error")
	}
	if _, err := build(core.Call{}, parts{path: &long}); err == nil {
		t.Error("build of more than 16 MB gave no error")
	}
}

// What build makes of parts leads to the host that they name.
func FuzzBuild(f *testing.F) {
	f.Add("https", "u", "p", "h.example", "/a?b", "x=1#", "f")
	f.Add("", "", "@", "[::1]", "//evil/", "", "")
	f.Fuzz(func(t *testing.T, scheme, username, password, host, path, query, fragment string) {
		p := parts{scheme: &scheme, username: &username, password: &password, host: &host, path: &path, query: parameters{escape(query, queryKept), true}, fragment: &fragment}
		built, err := build(core.Call{}, p)
		if err != nil {
			return
		}
		u, err := std.Parse(built)
		if err != nil {
			t.Skip("a host that is none, such as one with %")
		}
		if !strings.EqualFold(u.Hostname(), host) && !strings.Contains(host, "%") || u.User.Username() != username {
			t.Errorf("%+v became %q, which leads to %q as %q", p, built, u.Hostname(), u.User.Username())
		}
	})
}

func FuzzEncode(f *testing.F) {
	f.Add("a b%\x00é")
	f.Fuzz(func(t *testing.T, s string) {
		encoded, err := encode(core.Call{}, s)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decode(core.Call{}, encoded); err != nil || got != s || strings.ContainsAny(encoded, " /?#&=+") {
			t.Errorf("%q became %q, and %q again (%v)", s, encoded, got, err)
		}
	})
}
