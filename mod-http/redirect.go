package http

import (
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"
)

func isRedirect(status int) bool {
	switch status {
	case nethttp.StatusMovedPermanently, nethttp.StatusFound, nethttp.StatusSeeOther,
		nethttp.StatusTemporaryRedirect, nethttp.StatusPermanentRedirect:
		return true
	}
	return false
}

func tooManyRedirects(limit int) error {
	return errRedirects.With(fmt.Errorf("more than %d redirects", limit),
		"look at the Location headers with follow_redirects = false, or raise options.max_redirects")
}

// redirect is the hop that an answer leads to. Where the origin changes, credentials stay behind.
func (h *hop) redirect(status int, location string) (*hop, error) {
	to, err := h.url.Parse(escapeReference(strings.Trim(location, " \t\r\n")))
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" || checkHost(to.Host) != nil {
		return nil, errRedirects.With(fmt.Errorf("redirect %d from %s leads to no http or https URL", status, h.url.Host), "")
	}
	to.User, to.Fragment, to.RawFragment = nil, "", ""
	if to.Path == "" {
		to.Path = "/"
	}
	next := &hop{method: h.method, url: to, host: h.host, header: h.header.Clone(), body: h.body, again: h.again, unpacks: h.unpacks, jar: h.jar, route: h.route}
	if becomesGet(status, h.method) && (!h.again || status == nethttp.StatusSeeOther) {
		next.method, next.body = nethttp.MethodGet, payload{}
		for _, name := range []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Content-Length"} {
			next.header.Del(name)
		}
	}
	if to.Host != h.url.Host {
		next.host = ""
	}
	if !trusts(h.url, to) {
		for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Cookie2", "Www-Authenticate"} {
			next.header.Del(name)
		}
		next.route.cert, next.route.key, next.route.serverName = "", "", ""
	}
	return next, nil
}

// becomesGet tells whether the method changes, as browsers do it (Fetch, HTTP-redirect fetch).
func becomesGet(status int, method string) bool {
	switch status {
	case nethttp.StatusSeeOther:
		return method != nethttp.MethodGet && method != nethttp.MethodHead
	case nethttp.StatusMovedPermanently, nethttp.StatusFound:
		return method == nethttp.MethodPost
	}
	return false
}

// trusts tells whether to may see the credentials meant for from: the same host and port, and no less
// protection. The step from http to https on their usual ports is within one host.
func trusts(from, to *url.URL) bool {
	if !strings.EqualFold(from.Hostname(), to.Hostname()) {
		return false
	}
	if from.Scheme == to.Scheme {
		return port(from) == port(to)
	}
	return to.Scheme == "https" && port(from) == "80" && port(to) == "443"
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	default:
		return "80"
	}
}

// discard reads what little is left, so that the connection can be used again.
func discard(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, 4<<10) // the answer is not needed
	_ = body.Close()
}
