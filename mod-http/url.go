package http

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// target is where a request goes, and the credentials that its URL carried.
type target struct {
	url  *url.URL // without credentials and fragment
	auth *Auth    // nil when the URL has none
}

// parseURL reads an absolute URL as a browser does: blanks around it are dropped, and what may not stand
// in a path or a query, such as spaces and quotes, is percent-encoded. What is encoded already stays.
// A percent sign that encodes nothing stands for itself. No error shows credentials.
func parseURL(raw string) (target, error) {
	s := strings.Trim(raw, " \t\r\n\f\v")
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !isScheme(scheme) {
		return target{}, errURL.With(badURL("it has no scheme"), "write it in full: http://host/path")
	}
	scheme = strings.ToLower(scheme)
	if scheme != "http" && scheme != "https" {
		return target{}, errURL.With(badURL("scheme "+strconv.Quote(scheme)+" is not known here"), "use http or https")
	}
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest, `/?`)
	if end < 0 {
		end = len(rest)
	}
	authority, rest := rest[:end], rest[end:]
	user, host := "", authority
	at := strings.LastIndexByte(authority, '@')
	if at >= 0 && !strings.Contains(authority, `\`) { // where a browser reads a slash, and the host ends
		user, host = authority[:at], authority[at+1:]
	}
	if err := checkHost(host); err != nil {
		return target{}, err
	}
	u, err := url.Parse(scheme + "://" + host + escapeReference(rest))
	if err != nil {
		// The parser quotes what it was given, credentials too.
		return target{}, errURL.With(badURL("the host name is not valid"), "")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	t := target{url: u}
	if user != "" {
		name, password, _ := strings.Cut(user, ":")
		t.auth = &Auth{Username: unescape(name), Password: unescape(password)}
	}
	return t, nil
}

type badURL string

func (e badURL) Error() string { return "invalid URL: " + string(e) }

func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return false
		}
	}
	return s != ""
}

// checkHost refuses what url.Parse would quote in its error, which might be part of a password.
func checkHost(host string) error {
	name, port := host, ""
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		name, port = host[:colon], host[colon+1:]
		if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
			return errURL.With(badURL("the port is not a number from 1 to 65535"),
				"a password with / ? or # in it must be percent-encoded")
		}
	}
	switch {
	case name == "":
		return errURL.With(badURL("it has no host"), "write it in full: http://host/path")
	case strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c == 0x7f || c == utf8.RuneError }),
		strings.ContainsAny(name, "\\\"<>^`{|}"),
		strings.Contains(name, ":") != strings.HasPrefix(name, "["):
		return errURL.With(badURL("the host name has a character that is not allowed"), "")
	}
	return nil
}

// unescape decodes percent signs, or leaves s when they encode nothing.
func unescape(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}

// escapeReference percent-encodes in a path with its query what a browser would.
func escapeReference(s string) string {
	path, query, asked := strings.Cut(s, "?")
	if !asked {
		return escape(path, inPath)
	}
	return escape(path, inPath) + "?" + escape(query, inQuery)
}

// Besides blanks, controls and what is not ASCII, these are encoded: in a path what url.URL would not keep as it is, in
// a query what RFC 3986 has no place for, which some servers refuse, and what browsers encode.
const (
	inPath  = "\"<>\\^`{|}"
	inQuery = "\"<>'[]\\^`{|}"
)

func escape(s, special string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		plain := c > ' ' && c < 0x7f && strings.IndexByte(special, c) < 0
		if c == '%' {
			plain = i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])
		}
		switch {
		case plain && b.Len() > 0:
			b.WriteByte(c)
		case !plain:
			if b.Len() == 0 {
				b.Grow(len(s) + 32)
				b.WriteString(s[:i])
			}
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	if b.Len() == 0 {
		return s
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
