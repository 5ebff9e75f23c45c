package http

import (
	"errors"
	"fmt"
	"maps"
	nethttp "net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// Cookies are those that are sent, and those that servers set.
type Cookies struct {
	Jar    nethttp.CookieJar // keeps what servers set, and sends it back; nil keeps nothing
	Values map[string]string // sent to the URL's host
}

func (c Cookies) with(over Cookies) Cookies {
	merged := Cookies{Jar: c.Jar, Values: mergeMap(c.Values, over.Values)}
	if over.Jar != nil {
		merged.Jar = over.Jar
	}
	return merged
}

// add puts the values into a header.
func (c Cookies) add(header nethttp.Header) error {
	if len(c.Values) == 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		if err := checkCookie(name, c.Values[name]); err != nil {
			return plain(err)
		}
		addCookie(header, name+"="+c.Values[name])
	}
	return nil
}

// addCookie puts a cookie behind those that the header has: there is one field of this name (RFC 6265, 5.4).
func addCookie(header nethttp.Header, pair string) {
	if before := header.Get("Cookie"); before != "" {
		pair = before + "; " + pair
	}
	header.Set("Cookie", pair)
}

// checkCookie refuses what would be more than one cookie. The error does not show the value.
func checkCookie(name, value string) error {
	switch {
	case !isToken(name):
		return fmt.Errorf("cookie name %q is not valid", name)
	case !isHeaderValue(value) || strings.ContainsRune(value, ';'):
		return fmt.Errorf("cookie %s: the value has a semicolon or a control character in it", name)
	}
	return nil
}

// setCookies are the cookies that an answer sets, their values byte for byte (RFC 6265, 5.2): quotes, JSON and what is
// not ASCII are theirs to keep.
func setCookies(header nethttp.Header) []*nethttp.Cookie {
	var cookies []*nethttp.Cookie
	for _, line := range header["Set-Cookie"] {
		pair, attributes, _ := strings.Cut(line, ";")
		name, value, ok := strings.Cut(pair, "=")
		if name = strings.Trim(name, " \t"); !ok || !isToken(name) {
			continue
		}
		cookie, err := nethttp.ParseSetCookie(name + "=;" + attributes) // which would not take every value
		if err != nil {
			continue
		}
		cookie.Value = strings.Trim(value, " \t")
		cookies = append(cookies, cookie)
	}
	return cookies
}

// newJar makes an empty jar. It has no list of public suffixes, which would take a tenth of a megabyte: a
// server may set cookies for the domain above it, but for no other host that the jar is used with.
func newJar() nethttp.CookieJar {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return noJar{} // New cannot fail without options
	}
	return jar
}

// noJar keeps nothing: it stands for cookies = false in a request of a client that has a jar.
type noJar struct{}

func (noJar) SetCookies(*url.URL, []*nethttp.Cookie) {}
func (noJar) Cookies(*url.URL) []*nethttp.Cookie     { return nil }

func cookiesType() core.Type[Cookies] {
	text := core.AnyOf("string", "number", "boolean")
	described := spec.Type{Kind: spec.Union, Of: []spec.Type{{Kind: spec.Scalar, Name: "boolean"}, {Kind: spec.Map, Elem: &text}}}
	return core.Custom(described, func(c core.Call, v core.Value) (Cookies, error) {
		if v.Kind() == core.KindBool {
			if v.Bool() {
				return Cookies{Jar: newJar()}, nil
			}
			return Cookies{Jar: noJar{}}, nil
		}
		values := make(map[string]string)
		err := eachText(c, v, func(name string, texts []string) error {
			if len(texts) != 1 {
				return errors.New(name + ": a cookie has one value")
			}
			values[name] = texts[0]
			return checkCookie(name, texts[0])
		})
		return Cookies{Values: values}, err
	}, nil)
}
