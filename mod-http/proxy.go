package http

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// proxies are the proxy variables of an environment, or one proxy for everything.
type proxies struct {
	http, https, no string
	fixed           *url.URL
}

// fixedProxy is the proxy of an option; "" is none.
func fixedProxy(option string) (*proxies, error) {
	if option == "" {
		return nil, nil //nolint:nilnil // none
	}
	fixed, err := parseProxy("proxy", option)
	if err != nil {
		return nil, plain(err)
	}
	return &proxies{fixed: fixed}, nil
}

// readProxies reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY, or the same in lower case. Where a web server
// runs the program as a CGI script, HTTP_PROXY is a header of the client's choosing and is not read.
func readProxies(lookup func(string) (string, bool)) *proxies {
	first := func(names ...string) string {
		for _, name := range names {
			if value, _ := lookup(name); value != "" {
				return value
			}
		}
		return ""
	}
	p := &proxies{https: first("HTTPS_PROXY", "https_proxy"), no: first("NO_PROXY", "no_proxy")}
	if first("REQUEST_METHOD") != "" {
		p.http = first("http_proxy")
	} else {
		p.http = first("HTTP_PROXY", "http_proxy")
	}
	return p
}

// proxyError is a proxy that does not do its work.
type proxyError struct{ error }

func (e proxyError) Unwrap() error { return e.error }

// forURL is the proxy for u, or nil. The error of a proxy that is no URL does not show it.
func (p *proxies) forURL(u *url.URL) (*url.URL, error) {
	if p.fixed != nil {
		return p.fixed, nil
	}
	name, value := "HTTP_PROXY", p.http
	if u.Scheme == "https" {
		name, value = "HTTPS_PROXY", p.https
	}
	if value == "" || !p.covers(u) {
		return nil, nil //nolint:nilnil // none
	}
	return parseProxy(name, value)
}

// parseProxy reads the URL of a proxy; name is the variable or option that it comes from.
func parseProxy(name, value string) (*url.URL, error) {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	proxy, err := url.Parse(value)
	if err != nil || proxy.Host == "" {
		return nil, proxyError{errors.New(name + " is not a URL")}
	}
	switch proxy.Scheme {
	case "http", "https", "socks5", "socks5h":
		return proxy, nil
	}
	return nil, proxyError{errors.New(name + " is of a kind that is not known: use http, https or socks5")}
}

// covers tells whether a request for u goes through a proxy at all: not to this machine, and not where
// NO_PROXY says so.
func (p *proxies) covers(u *url.URL) bool {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	ip, err := netip.ParseAddr(host)
	isIP := err == nil
	ip = ip.Unmap()
	if host == "localhost" || isIP && ip.IsLoopback() {
		return false
	}
	for entry := range strings.SplitSeq(p.no, ",") {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if entry == "*" {
			return false
		}
		if network, err := netip.ParsePrefix(entry); err == nil {
			if isIP && network.Contains(ip) {
				return false
			}
			continue
		}
		if name, only, err := net.SplitHostPort(entry); err == nil {
			if only != port(u) {
				continue
			}
			entry = name
		}
		if entry != "" && matches(strings.Trim(entry, "[]"), host, isIP) {
			return false
		}
	}
	return true
}

// matches tells whether an entry of NO_PROXY means host: "example.com" with all below it,
// ".example.com" and "*.example.com" only what is below.
func matches(entry, host string, isIP bool) bool {
	if isIP {
		return entry == host
	}
	below, only := strings.CutPrefix(strings.TrimPrefix(entry, "*"), ".")
	return strings.HasSuffix(host, "."+below) || !only && host == below
}
