package http

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"
)

// hop is one request on the wire: the first, or one that a redirect leads to.
type hop struct {
	method  string
	url     *url.URL
	host    string // the Host header, when it is not the URL's
	header  nethttp.Header
	body    payload
	again   bool              // a redirect does not change the method
	unpacks bool              // the answer may be compressed, and whoever asked does not know
	jar     nethttp.CookieJar // may be nil
	route   route
}

// payload is what a hop sends: text, a stream, or nothing.
type payload struct {
	text   []byte
	stream *Stream
}

// newHop makes the first hop of a request, or says what is wrong with the request.
func newHop(r Request, o Options) (*hop, error) {
	to, err := parseURL(r.URL)
	if err != nil {
		return nil, err
	}
	h := &hop{
		method: strings.ToUpper(cmp.Or(r.Method, nethttp.MethodGet)), url: to.url, header: o.Headers,
		body: payload{r.Body, r.Stream}, again: r.Harmless, jar: o.Cookies.Jar, route: routeTo(o),
	}
	if !isToken(h.method) {
		return nil, plain(fmt.Errorf("method %q is not valid", r.Method))
	}
	if err := checkHeader(h.header); err != nil {
		return nil, err
	}
	if len(o.Query) > 0 {
		if h.url.RawQuery != "" {
			h.url.RawQuery += "&"
		}
		h.url.RawQuery += o.Query.Encode()
	}
	h.host = h.header.Get("Host")
	h.header.Del("Host")
	if _, given := h.header["User-Agent"]; !given {
		h.header.Set("User-Agent", DefaultUserAgent)
	}
	// The type of a stream holds the mark between its parts.
	if _, given := h.header["Content-Type"]; r.ContentType != "" && (!given || r.Stream != nil) {
		h.header.Set("Content-Type", r.ContentType)
	}
	if err := o.Cookies.add(h.header); err != nil {
		return nil, err
	}
	h.askPacked()
	return h, h.authorize(cmp.Or(o.Auth, to.auth))
}

// authorize adds who the request comes from, unless a header says so.
func (h *hop) authorize(auth *Auth) error {
	if auth == nil || h.header.Get("Authorization") != "" {
		return nil
	}
	basic := auth.Username != "" || auth.Password != ""
	bearer, err := auth.bearer()
	switch {
	case err != nil:
		return plain(fmt.Errorf("auth: %w", err))
	case basic && bearer != "":
		return plain(errors.New("auth: give username and password, or bearer, not both"))
	case strings.Contains(auth.Username, ":"):
		return plain(errors.New("auth: a username with a colon cannot be sent"))
	case bearer != "":
		token := strings.TrimSpace(bearer) // files of tokens end with a newline
		if !isHeaderValue(token) {
			return plain(errors.New("auth: the bearer token has a control character in it"))
		}
		h.header.Set("Authorization", "Bearer "+token)
	case basic:
		pair := base64.StdEncoding.EncodeToString([]byte(auth.Username + ":" + auth.Password))
		h.header.Set("Authorization", "Basic "+pair)
	}
	return nil
}

// bearer is the token, or empty.
func (a *Auth) bearer() (string, error) {
	if a.BearerFrom == nil {
		return a.Bearer, nil
	}
	if a.Bearer != "" {
		return "", errors.New("bearer is given twice")
	}
	token, err := a.BearerFrom()
	if err == nil && strings.TrimSpace(token) == "" {
		err = errors.New("the bearer token is empty")
	}
	return token, err
}

// request is the hop as net/http takes it.
func (h *hop) request(ctx context.Context) (*nethttp.Request, error) {
	var text io.Reader
	if h.body.text != nil {
		text = bytes.NewReader(h.body.text)
	}
	request, err := nethttp.NewRequestWithContext(ctx, h.method, "http://host/", text)
	if err != nil {
		return nil, err
	}
	if stream := h.body.stream; stream != nil {
		if request.Body, err = stream.Open(); err != nil {
			return nil, plain(err)
		}
		request.ContentLength, request.GetBody = stream.Size, stream.Open
	}
	request.URL, request.Host, request.Header = h.url, cmp.Or(h.host, h.url.Host), h.header
	if h.jar != nil {
		// What the jar has for this hop is not for the next one.
		request.Header = h.header.Clone()
		for _, cookie := range h.jar.Cookies(h.url) {
			addCookie(request.Header, cookie.Name+"="+cookie.Value)
		}
	}
	return request, nil
}

// checkHeader refuses names and values that would end the header or start another.
func checkHeader(header nethttp.Header) error {
	for name, values := range header {
		if !isToken(name) {
			return plain(fmt.Errorf("header name %q is not valid", name))
		}
		for _, value := range values {
			if !isHeaderValue(value) {
				return plain(fmt.Errorf("header %s: the value has a line break or a control character in it", name))
			}
		}
	}
	return nil
}

// isToken tells whether s is a token of RFC 9110, 5.6.2.
func isToken(s string) bool {
	for _, c := range []byte(s) {
		alnum := '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !alnum && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

func isHeaderValue(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}
