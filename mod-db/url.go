package db

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"

	"assay.rs/core"
)

// address is what the URL of a server says.
type address struct {
	user, password string
	host           string // a name, an address, or the path of a unix socket or its folder
	port           string
	database       string
	options        map[string]string
	shown          string // the URL without its password
}

// errURL does not repeat the URL: a password may be in it.
var errURL = core.WithHint(errors.New("the URL cannot be read"),
	"write scheme://user:password@host:port/database?option=value, with special characters percent-encoded: / is %2F, # is %23, % is %25")

// parseAddress reads a URL such as postgres://user:password@host/name?sslmode=require.
func parseAddress(text, defaultPort string) (address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Fragment != "" || strings.HasSuffix(text, "#") {
		return address{}, errURL
	}
	a := address{
		user: u.User.Username(), host: u.Hostname(), port: u.Port(),
		database: strings.TrimPrefix(u.Path, "/"), options: make(map[string]string),
	}
	a.password, _ = u.User.Password()
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return address{}, errURL
	}
	shown := make(url.Values)
	for key, list := range values {
		a.options[key] = list[len(list)-1]
		if key != "password" && key != "sslpassword" {
			shown.Set(key, a.options[key])
		}
	}
	a.override("user", &a.user)
	a.override("password", &a.password)
	a.override("host", &a.host)
	a.override("socket", &a.host)
	a.override("port", &a.port)
	a.override("dbname", &a.database)
	if a.host == "" {
		a.host = "localhost"
	}
	if a.port == "" {
		a.port = defaultPort
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery = shown.Encode()
	a.shown = u.String()
	return a, nil
}

// override takes an option that says what another part of the URL says as well.
func (a *address) override(name string, to *string) {
	if value, ok := a.options[name]; ok {
		*to = value
		delete(a.options, name)
	}
}

// take removes an option and gives its value.
func (a *address) take(name string) string {
	value := a.options[name]
	delete(a.options, name)
	return value
}

// isSocket tells whether the server is reached by a unix socket.
func (a *address) isSocket() bool { return strings.HasPrefix(a.host, "/") }

// target is the address to dial.
func (a *address) target() string { return net.JoinHostPort(a.host, a.port) }

// unknown is the error of the first option that is left, if any is.
func (a *address) unknown(known ...string) error {
	var left []string
	for key := range a.options {
		left = append(left, key)
	}
	if len(left) == 0 {
		return nil
	}
	slices.Sort(left)
	return unknownOption(left[0], known...)
}
