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
	hosts          []host // at least one
	database       string
	options        map[string]string
	shown          string // the URL without its password
}

// host is one that a URL names.
type host struct {
	name string // or an address, or the path of a unix socket or its folder
	port string
}

// errURL does not repeat the URL: a password may be in it.
var errURL = core.WithHint(errors.New("the URL cannot be read"),
	"write scheme://user:password@host:port/database?option=value, with special characters percent-encoded: / is %2F, # is %23, % is %25")

// parseAddress reads a URL such as postgres://user:password@host/name?sslmode=require. It may name several hosts, as
// libpq has it: host1:port1,host2:port2.
func parseAddress(text, defaultPort string) (address, error) {
	text, names, ports, err := cutHosts(text)
	if err != nil {
		return address{}, err
	}
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Fragment != "" || strings.HasSuffix(text, "#") {
		return address{}, errURL
	}
	a := address{
		user: u.User.Username(), database: strings.TrimPrefix(u.Path, "/"), options: make(map[string]string),
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
	a.override("dbname", &a.database)
	for _, name := range []string{"host", "socket"} {
		if value, ok := a.options[name]; ok {
			names = strings.Split(a.take(name), ",")
			if value == "" {
				names = []string{""}
			}
		}
	}
	if value, ok := a.options["port"]; ok {
		ports = strings.Split(value, ",")
		delete(a.options, "port")
	}
	if a.hosts, err = pairHosts(names, ports, defaultPort); err != nil {
		return address{}, err
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery = shown.Encode()
	a.shown = u.String()
	if len(a.hosts) > 1 && u.Host == severalHosts {
		a.shown = strings.Replace(a.shown, severalHosts, a.listHosts(), 1)
	}
	return a, nil
}

// severalHosts stands for a list of hosts while the URL is read.
const severalHosts = "several.invalid"

// cutHosts takes the hosts and ports out of a URL. A list of several is replaced, since it is no URL as the standard
// has it.
func cutHosts(text string) (rest string, names, ports []string, err error) {
	scheme, after, found := strings.Cut(text, "://")
	if !found {
		return text, []string{""}, []string{""}, nil
	}
	end := len(after)
	if i := strings.IndexAny(after, "/?#"); i >= 0 {
		end = i
	}
	authority := after[:end]
	at := strings.LastIndexByte(authority, '@') + 1
	for part := range strings.SplitSeq(authority[at:], ",") {
		one, err := url.Parse("x://" + part)
		if err != nil || one.User != nil {
			return "", nil, nil, errURL
		}
		names, ports = append(names, one.Hostname()), append(ports, one.Port())
	}
	if len(names) > 1 {
		text = scheme + "://" + authority[:at] + severalHosts + after[end:]
	}
	return text, names, ports, nil
}

var errPorts = core.WithHint(errors.New("the URL has another number of ports than of hosts"), "give each host a port, or all of them one")

// pairHosts gives each host its port; a single port is that of all.
func pairHosts(names, ports []string, defaultPort string) ([]host, error) {
	if len(ports) != 1 && len(ports) != len(names) {
		return nil, errPorts
	}
	hosts := make([]host, len(names))
	for i, name := range names {
		hosts[i] = host{name, ports[min(i, len(ports)-1)]}
		if name == "" {
			hosts[i].name = "localhost"
		}
		if hosts[i].port == "" {
			hosts[i].port = defaultPort
		}
	}
	return hosts, nil
}

func (a *address) listHosts() string {
	var all []string
	for _, h := range a.hosts {
		all = append(all, h.target())
	}
	return strings.Join(all, ",")
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
func (h host) isSocket() bool { return strings.HasPrefix(h.name, "/") }

// target is the address to dial.
func (h host) target() string { return net.JoinHostPort(h.name, h.port) }

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
