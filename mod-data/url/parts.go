package url

import (
	"errors"
	std "net/url"
	"strconv"
	"strings"

	"assay.rs/core"
)

// What may stand in a path, a query and a fragment beside what is unreserved (RFC 3986, 3.3 to 3.5).
const (
	subDelims    = "!$&'()*+,;="
	pathKept     = subDelims + ":@/%"
	queryKept    = subDelims + ":@/?%"
	fragmentKept = queryKept
)

// parts are those of a URL.
type parts struct {
	scheme, username, password, host, path, fragment *string
	port                                             *int
	query                                            parameters
}

func partsType() core.Type[parts] {
	text := func(name string, at func(*parts) **string, doc string) core.Key[parts] {
		return core.NewKey(name, core.Nullable(core.String()), at, doc)
	}
	return core.Record("url.Parts", "The parts of a URL.",
		text("scheme", func(p *parts) **string { return &p.scheme }, "Such as `https`, in lower case."),
		text("username", func(p *parts) **string { return &p.username }, "The name before the host, decoded."),
		text("password", func(p *parts) **string { return &p.password }, "The password before the host, decoded."),
		text("host", func(p *parts) **string { return &p.host }, "The host, without brackets around an IPv6 address."),
		core.NewKey("port", core.Nullable(core.Int()), func(p *parts) **int { return &p.port }, "The port, if the URL names one."),
		text("path", func(p *parts) **string { return &p.path }, "The path, percent-encoded as in the URL: a `/` within a segment is `%2F`."),
		core.NewKey("query", queryType(), func(p *parts) *parameters { return &p.query }, "The parameters by name, decoded, as `url.parse_query` gives them. To build with, also the text of a query."),
		text("fragment", func(p *parts) **string { return &p.fragment }, "What stands behind `#`, decoded."))
}

const encodeHint = "in a name or a password, url.encode what is not a letter or a digit"

func parse(_ core.Call, text string) (parts, error) {
	if len(text) > maxURL {
		return parts{}, errLimit.Errorf("%d bytes: a URL has %d at most", len(text), maxURL)
	}
	u, err := std.Parse(text)
	if err != nil { // its text quotes the URL
		return parts{}, errSyntax.With(errors.New("the text is not a URL"), encodeHint)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if u.Port() != "" && err != nil {
		return parts{}, errSyntax.With(errors.New("the port is not a number to 65535"), encodeHint)
	}
	path := u.EscapedPath()
	if u.Opaque != "" {
		path = u.Opaque
	}
	p := parts{
		scheme: present(u.Scheme), host: present(u.Hostname()), path: &path, fragment: present(u.Fragment),
		query: parameters{text: u.RawQuery},
	}
	if u.User != nil {
		p.username = new(u.User.Username())
		if password, set := u.User.Password(); set {
			p.password = &password
		}
	}
	if u.Port() != "" {
		p.port = new(int(port))
	}
	return p, nil
}

// present is s, or nil when it is empty.
func present(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func build(c core.Call, p parts) (string, error) {
	size := len(text(p.path)) + len(text(p.fragment)) + len(text(p.host)) + len(text(p.username)) + len(text(p.password)) + len(p.query.text)
	if size > maxBytes {
		return "", errLimit.Errorf("%d bytes: at most %d are put together", size, maxBytes)
	}
	if err := c.Charge(6 * size); err != nil {
		return "", err
	}
	var b strings.Builder
	if scheme := text(p.scheme); scheme != "" {
		if !isScheme(scheme) {
			return "", errParts.Errorf("the scheme must be a letter with letters, digits, + - . behind it")
		}
		b.WriteString(strings.ToLower(scheme) + ":")
	}
	path := escape(text(p.path), pathKept)
	if err := p.authority(&b); err != nil {
		return "", err
	}
	switch hosted := text(p.host) != ""; {
	case hosted && path != "" && path[0] != '/':
		b.WriteByte('/')
	case !hosted && strings.HasPrefix(path, "//"):
		return "", errParts.Errorf("without a host, a path cannot begin with //")
	case !hosted && text(p.scheme) == "" && strings.Contains(strings.SplitN(path, "/", 2)[0], ":"):
		path = "./" + path // its colon would end a scheme
	}
	b.WriteString(path)
	if p.query.text != "" {
		b.WriteString("?" + p.query.text)
	}
	if fragment := text(p.fragment); fragment != "" {
		b.WriteString("#" + escape(fragment, strings.Trim(fragmentKept, "%")))
	}
	return b.String(), nil
}

// authority writes who, host and port.
func (p parts) authority(b *strings.Builder) error {
	host := text(p.host)
	switch {
	case host == "" && (p.port != nil || p.username != nil || p.password != nil):
		return errParts.Errorf("a port, a username or a password needs a host")
	case host == "":
		return nil
	case strings.ContainsAny(host, "/?#@[]\\ \"<>^`{|}") || strings.ContainsFunc(host, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errParts.With(errors.New("the host has a character that may not stand in one"), "a port is a part of its own")
	case p.port != nil && (*p.port < 0 || *p.port > 65535):
		return errParts.Errorf("the port %d is not one of 0 to 65535", *p.port)
	}
	b.WriteString("//")
	if p.username != nil || p.password != nil {
		b.WriteString(escape(text(p.username), ""))
		if p.password != nil {
			b.WriteString(":" + escape(*p.password, ""))
		}
		b.WriteByte('@')
	}
	if colon := strings.IndexByte(host, ':'); colon >= 0 {
		if strings.IndexByte(host[colon+1:], ':') < 0 {
			return errParts.With(errors.New("the host has a colon, but is no IPv6 address"), "a port is a part of its own")
		}
		host = "[" + host + "]"
	}
	b.WriteString(host)
	if p.port != nil {
		b.WriteString(":" + strconv.Itoa(*p.port))
	}
	return nil
}

func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || strings.IndexByte("0123456789+-.", c) < 0) {
			return false
		}
	}
	return s != ""
}
