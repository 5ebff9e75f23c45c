package core

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrDenied is what a script gets that touches what the policy keeps from it.
var ErrDenied = NewCode("policy.denied", "The policy does not permit it.")

// Dialer makes connections that a policy permits.
type Dialer struct {
	policy *Policy
	used   func(Use)
}

// DialContext connects as [net.Dialer.DialContext] does. An address that the policy refuses is an error;
// the policy sees what the name was resolved to, at the moment of connecting. A policy that looks at
// addresses refuses unix sockets, which have none; to another one they are files that must be permitted to
// be changed.
func (d Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{KeepAlive: 30 * time.Second}
	if network == "unix" && d.policy.Address == nil {
		path, err := d.socket(ctx, address)
		if err != nil {
			return nil, err
		}
		return dialer.DialContext(ctx, network, path)
	}
	if d.policy.Address == nil && d.used == nil {
		return dialer.DialContext(ctx, network, address)
	}
	host, portText, err := net.SplitHostPort(address)
	port, badPort := strconv.ParseUint(portText, 10, 16)
	if err != nil || badPort != nil || !strings.HasPrefix(network, "tcp") {
		return nil, ErrDenied.With(fmt.Errorf("connect to %s %s: denied by the policy", network, address), "")
	}
	if look := d.policy.Host; look != nil {
		if err := look(host, uint16(port)); err != nil {
			d.record(host, netip.AddrPortFrom(netip.Addr{}, uint16(port)))
			return nil, err
		}
	}
	dialer.Control = func(network, resolved string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(resolved)
		if err != nil {
			return ErrDenied.With(fmt.Errorf("connect to %s %s: denied by the policy", network, resolved), "")
		}
		d.record(host, to)
		if d.policy.Address == nil {
			return nil
		}
		return d.policy.Address(host, to)
	}
	return dialer.DialContext(ctx, network, address)
}

// socket is the path of a unix socket, as far as the policy permits files to be changed.
func (d Dialer) socket(ctx context.Context, path string) (string, error) {
	root := Root{d.policy, d.used, ctx}
	if !root.Limited() {
		if d.used != nil {
			d.used(Use{Kind: UseFile, Name: path, Write: true})
		}
		return path, nil
	}
	// Linux reads a name that begins so as one that is in no folder.
	if strings.HasPrefix(path, "@") || strings.IndexByte(path, 0) >= 0 {
		return "", d.policy.refuse("connect to", strconv.Quote(path), true)
	}
	return root.Path(path, true)
}

// LookupHost gives the addresses of a name. A policy that limits connections refuses it, since a name that
// is looked up carries data to whoever answers.
func (d Dialer) LookupHost(ctx context.Context, host string) ([]string, error) {
	d.record(host, netip.AddrPort{})
	if d.policy.Needs&Net == 0 || d.policy.Address != nil || d.policy.Host != nil {
		return nil, ErrDenied.With(fmt.Errorf("look up %s: denied by the policy", host), "")
	}
	return net.DefaultResolver.LookupHost(ctx, host)
}

func (d Dialer) record(host string, to netip.AddrPort) {
	if d.used != nil {
		d.used(Use{Kind: UseHost, Name: host, To: to})
	}
}

// Destinations are hosts, addresses and networks that the user of a script names. The zero value has none.
type Destinations struct {
	prefixes []prefixPort
	hosts    []hostPort
}

type prefixPort struct {
	prefix netip.Prefix
	port   uint16 // 0 is any
}

type hostPort struct {
	host string // in lower case; "*.example.com" is every name below example.com
	port uint16
}

// ParseDestinations reads addresses, networks such as 10.0.0.0/8, host names and patterns such as
// *.example.com, each with or without a port: "127.0.0.1:8080", "[::1]:80", "10.0.0.0/8:443".
func ParseDestinations(items ...string) (Destinations, error) {
	var e Destinations
	for _, item := range items {
		if err := e.add(strings.TrimSpace(item)); err != nil {
			return Destinations{}, err
		}
	}
	return e, nil
}

func (e *Destinations) add(item string) error {
	host, port, err := splitPort(item)
	if err != nil {
		return err
	}
	if prefix, err := netip.ParsePrefix(host); err == nil {
		e.prefixes = append(e.prefixes, prefixPort{prefix.Masked(), port})
		return nil
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.WithZone("").Unmap()
		e.prefixes = append(e.prefixes, prefixPort{netip.PrefixFrom(addr, addr.BitLen()), port})
		return nil
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if name := strings.TrimPrefix(host, "*."); name == "" || strings.ContainsAny(name, "*/:[]@ ") {
		return fmt.Errorf("%q is not a host, an address or a network", item)
	}
	e.hosts = append(e.hosts, hostPort{host, port})
	return nil
}

// splitPort takes a port off item, if it has one.
func splitPort(item string) (host string, port uint16, err error) {
	bare := strings.TrimSuffix(strings.TrimPrefix(item, "["), "]")
	if _, err := netip.ParseAddr(bare); err == nil {
		return bare, 0, nil
	}
	if _, err := netip.ParsePrefix(item); err == nil {
		return item, 0, nil
	}
	colon := strings.LastIndexByte(item, ':')
	if colon < 0 {
		return item, 0, nil
	}
	n, err := strconv.ParseUint(item[colon+1:], 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("%q has no valid port", item)
	}
	return strings.TrimSuffix(strings.TrimPrefix(item[:colon], "["), "]"), uint16(n), nil
}

// name tells whether a host is named, by itself or by a pattern.
func (e Destinations) name(host string, port uint16) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, known := range e.hosts {
		suffix, pattern := strings.CutPrefix(known.host, "*")
		if (known.host == host || pattern && strings.HasSuffix(host, suffix)) && (known.port == 0 || known.port == port) {
			return true
		}
	}
	return false
}

func (e Destinations) address(addr netip.Addr, port uint16) bool {
	for _, known := range e.prefixes {
		if known.prefix.Contains(addr) && (known.port == 0 || known.port == port) {
			return true
		}
	}
	return false
}

// only is the address rule of [Policy.ConnectOnly].
func (e Destinations) only(host string, to netip.AddrPort) error {
	if e.leads(host, to) || e.address(to.Addr().WithZone("").Unmap(), to.Port()) {
		return nil
	}
	return e.refused(host, to, "not among the permitted destinations")
}

// leads tells whether a host that is named may lead to an address. Whoever answers for its name chooses that, so it
// leads to no service of credentials unless the name is one of theirs.
func (e Destinations) leads(host string, to netip.AddrPort) bool {
	return e.name(host, to.Port()) && (isMetadataName(host) || !slices.ContainsFunc(meanings(to.Addr()), isMetadata))
}

// refused says why an address is. Where the host is named, it is the address that had to be.
func (e Destinations) refused(host string, to netip.AddrPort, why string) error {
	if e.name(host, to.Port()) {
		host, why = to.Addr().String(), kindMetadata
	}
	return denied(host, to.Port(), why)
}

// lookup keeps names from name servers that cannot lead to a destination, since a name carries data, too.
func (e Destinations) lookup(host string, port uint16) error {
	_, err := netip.ParseAddr(host)
	if err == nil || len(e.prefixes) > 0 || e.name(host, port) {
		return nil
	}
	return denied(host, port, host+" is not among the permitted destinations")
}

func denied(host string, port uint16, why string) error {
	return ErrDenied.With(errors.New("denied by the policy: "+why), "permit it with --allow-net "+net.JoinHostPort(host, strconv.Itoa(int(port))))
}
