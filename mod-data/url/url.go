// Package url offers url.encode, decode, query, parse_query, parse and build to scripts (RFC 3986).
package url

import (
	std "net/url"

	"assay.rs/core"
)

const (
	maxBytes = 16 << 20 // bytes that are encoded or decoded at once
	maxURL   = 64 << 10 // bytes of a URL
)

var (
	errSyntax = core.NewCode("url.syntax", "The text is not a URL, or not percent-encoded.")
	errLimit  = core.NewCode("url.limit", "The text is larger than 16 MB, or the URL than 64 KB.")
	errParts  = core.NewCode("url.parts", "The parts do not make a URL.")
)

// New makes the module.
func New() core.Module {
	return core.Module{
		Name: "url", Doc: "Takes URLs apart and puts them together (RFC 3986).",
		Funcs: []core.Func{
			core.Fn1(doc("encode", "Percent-encodes a part of a URL, such as a segment of a path: all bytes but letters, digits and `-._~`.",
				errLimit, `assert.eq(url.encode("a b/ü"), "a%20b%2F%C3%BC")`),
				core.Arg("s", core.String(), "Any bytes."), core.Returns(core.String(), "The text to put into a URL."), encode),
			core.Fn1(doc("decode", "Decodes what is percent-encoded. A `+` stays: `url.parse_query` reads queries, where it is a space.",
				errSyntax, `assert.eq(url.decode("a%20b%2f"), "a b/")`),
				core.Arg("s", core.String(), "Percent-encoded text."), core.Returns(core.String(), "The bytes."), decode),
			core.Fn1(doc("query", "Writes a table as a query, or as the body of a form: names sorted, an array once for each item.",
				errLimit, `assert.eq(url.query{q = "a b", tag = {"x", "y"}}, "q=a+b&tag=x&tag=y")`),
				core.Arg("values", valuesType(), "Strings, numbers, booleans, or arrays of them, by name."),
				core.Returns(core.String(), "The query, without `?`."),
				func(_ core.Call, q parameters) (string, error) { return q.text, nil }),
			core.Fn1(doc("parse_query", "Reads a query, or the body of a form, as browsers do. A name that is there several times has an array of its values.",
				errLimit, `local q = url.parse_query("q=a+b&tag=x&tag=y")  assert.eq(q.q, "a b")  assert.eq(q.tag[2], "y")`),
				core.Arg("text", core.String(), "The query, without `?`, such as `req.query`."),
				core.Returns(core.Any(), "The values by name."), parseQuery),
			core.Fn1(doc("parse", "Takes a URL apart. What it does not have is nil; `url.build` puts it together again. The error does not show the URL, which may hold a password.",
				errSyntax, `local u = url.parse("https://api.example:8443/v1/a%20b?page=2#top")
assert.eq(u.host, "api.example")  assert.eq(u.port, 8443)  assert.eq(u.path, "/v1/a%20b")
u.query.page = 3
assert.eq(url.build(u), "https://api.example:8443/v1/a%20b?page=3#top")`),
				core.Arg("text", core.String(), "A URL, or one without scheme and host."), core.Returns(partsType(), "Its parts."), parse),
			core.Fn1(doc("build", "Puts a URL together. What may not stand in a part is percent-encoded; what is encoded already stays.",
				errParts, `assert.eq(url.build{scheme = "http", host = "::1", port = 80, path = "/a b", query = {q = "x&y"}}, "http://[::1]:80/a%20b?q=x%26y")`),
				core.Arg("parts", partsType(), "Its parts."), core.Returns(core.String(), "The URL."), build),
		},
	}
}

func doc(name, text string, raises *core.Code, example string) core.Doc {
	codes := []*core.Code{raises}
	if raises != errLimit {
		codes = append(codes, errLimit)
	}
	return core.Doc{Name: name, Text: text, Needs: core.Pure, Level: core.Check, Raises: codes, Examples: []string{example}}
}

func encode(c core.Call, s string) (string, error) {
	if len(s) > maxBytes {
		return "", errLimit.Errorf("%d bytes: at most %d are encoded", len(s), maxBytes)
	}
	if err := c.Charge(4 * len(s)); err != nil {
		return "", err
	}
	return escape(s, ""), nil
}

func decode(c core.Call, s string) (string, error) {
	if len(s) > maxBytes {
		return "", errLimit.Errorf("%d bytes: at most %d are decoded", len(s), maxBytes)
	}
	if err := c.Charge(len(s)); err != nil {
		return "", err
	}
	decoded, err := std.PathUnescape(s)
	if err != nil {
		return "", errSyntax.With(err, "a percent sign by itself is written %25")
	}
	return decoded, nil
}
