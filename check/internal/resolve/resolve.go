// Package resolve asks name servers for records of any type, and tells what they said apart from what they could not
// say: the resolver of Go's standard library hides times to live and why there is no answer.
//
// [System] are the servers of /etc/resolv.conf with their search domains, [Server] is one. [Servers.Lookup] gives an
// [Answer]; a server that fails (SERVFAIL, REFUSED), is silent, or answers something else is an error. RFC 1034,
// 1035 and 6891.
package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Types lists the types of record that can be asked for.
func Types() []string { return []string{"A", "AAAA", "CNAME", "TXT", "MX", "NS", "SRV", "PTR"} }

// Servers are name servers, and how to ask them.
type Servers struct {
	addresses []string
	search    []string
	dots      int // a name with so many is tried as it is first
	timeout   time.Duration
	attempts  int
}

// Record is one record of an answer.
type Record struct {
	Value string
	TTL   uint32 // seconds
}

// Answer is what a name server knows.
type Answer struct {
	Records []Record
	NoName  bool // no record of any type has the name (NXDOMAIN)
}

// Values are those of the records, in the order of the answer.
func (a Answer) Values() []string {
	values := make([]string, len(a.Records))
	for i, r := range a.Records {
		values[i] = r.Value
	}
	return values
}

// TTL is the least of all records, in seconds.
func (a Answer) TTL() uint32 {
	if len(a.Records) == 0 {
		return 0
	}
	return slices.MinFunc(a.Records, func(a, b Record) int { return cmp.Compare(a.TTL, b.TTL) }).TTL
}

// Join is both answers.
func (a Answer) Join(b Answer) Answer {
	return Answer{append(slices.Clone(a.Records), b.Records...), b.NoName}
}

// Server is one server: an address or a name, with a port or with 53.
func Server(text string) (*Servers, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "53"
		if ip := net.ParseIP(host); ip == nil && strings.ContainsAny(host, ":/ ") {
			return nil, fmt.Errorf("the server %q must be a host or host:port", text)
		}
	}
	if n, err := strconv.Atoi(port); host == "" || err != nil || n < 1 || n > 65535 {
		return nil, fmt.Errorf("the server %q must be a host or host:port", text)
	}
	return &Servers{addresses: []string{net.JoinHostPort(host, port)}, timeout: 5 * time.Second, attempts: 2}, nil
}

const configFile = "/etc/resolv.conf"

// System are the servers of the system.
func System() (*Servers, error) {
	text, err := os.ReadFile(configFile)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return parseConfig(string(text)), nil
}

// parseConfig reads resolv.conf(5).
func parseConfig(text string) *Servers {
	s := &Servers{dots: 1, timeout: 5 * time.Second, attempts: 2}
	for line := range strings.Lines(text) {
		if i := strings.IndexAny(line, "#;"); i >= 0 {
			line = line[:i]
		}
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch words[0] {
		case "nameserver":
			if _, err := netip.ParseAddr(words[1]); err == nil && len(s.addresses) < 3 {
				s.addresses = append(s.addresses, net.JoinHostPort(words[1], "53"))
			}
		case "search":
			s.search = words[1:]
		case "domain":
			s.search = words[1:2]
		case "options":
			s.options(words[1:])
		}
	}
	if len(s.addresses) == 0 {
		s.addresses = []string{"127.0.0.1:53", "[::1]:53"}
	}
	return s
}

func (s *Servers) options(words []string) {
	for _, word := range words {
		name, value, _ := strings.Cut(word, ":")
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			continue
		}
		switch name {
		case "ndots":
			s.dots = min(n, 15)
		case "timeout":
			s.timeout = time.Duration(min(max(n, 1), 30)) * time.Second
		case "attempts":
			s.attempts = min(max(n, 1), 5)
		}
	}
}

// names are those to ask for, in order: as resolv.conf(5) says.
func (s *Servers) names(host string) []string {
	if strings.HasSuffix(host, ".") {
		return []string{host}
	}
	var names []string
	for _, domain := range s.search {
		names = append(names, host+"."+strings.TrimSuffix(domain, ".")+".")
	}
	if strings.Count(host, ".") >= s.dots {
		return append([]string{host + "."}, names...)
	}
	return append(names, host+".")
}

// maxAliases is how many CNAME records lead from one name to the next before it is an error.
const maxAliases = 10

// Lookup asks for the records of a type. A name that does not exist, or has no such record, is an answer without
// records.
func (s *Servers) Lookup(ctx context.Context, host, typ string) (Answer, error) {
	names := s.names(host)
	if typ == "PTR" {
		name, err := reverse(host)
		if err != nil {
			return Answer{}, err
		}
		names = []string{name}
	}
	last := Answer{NoName: true}
	for _, name := range names {
		answer, err := s.follow(ctx, name, typ)
		if err != nil || len(answer.Records) > 0 {
			return answer, err
		}
		if !answer.NoName {
			last.NoName = false
		}
	}
	return last, nil
}

// follow asks for a name and for those that it is an alias of.
func (s *Servers) follow(ctx context.Context, name, typ string) (Answer, error) {
	for range maxAliases {
		reply, err := s.ask(ctx, name, typ)
		if err != nil {
			return Answer{}, err
		}
		answer, alias := reply.records(name, typ)
		if alias == "" || len(answer.Records) > 0 || typ == "CNAME" {
			return answer, nil
		}
		if reply.noName {
			return Answer{NoName: true}, nil // what the alias is for does not exist
		}
		name = alias
	}
	return Answer{}, fmt.Errorf("lookup %s: more than %d aliases", name, maxAliases)
}

// ask asks one server after the other.
func (s *Servers) ask(ctx context.Context, name, typ string) (*reply, error) {
	var last error
	for range s.attempts {
		for _, server := range s.addresses {
			reply, err := s.askOne(ctx, server, name, typ)
			if err == nil {
				return reply, nil
			}
			if ctx.Err() != nil {
				return nil, errors.Join(ctx.Err(), fmt.Errorf("lookup %s %s: %w", name, typ, err))
			}
			last = fmt.Errorf("lookup %s %s at %s: %w", name, typ, server, err)
		}
	}
	return nil, last
}

func (s *Servers) askOne(ctx context.Context, server, name, typ string) (*reply, error) {
	q, err := newQuestion(name, typ)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	r, err := exchange(ctx, "udp", server, q)
	if err == nil && r.cut {
		if r, err = exchange(ctx, "tcp", server, q); err == nil && r.cut {
			err = errors.New("the answer is cut short, by TCP too")
		}
	}
	if err != nil {
		return nil, err
	}
	return r, r.failure()
}

// reverse is the name whose PTR records tell of an address; a name stands for itself.
func reverse(host string) (string, error) {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		if strings.Contains(host, ".arpa") {
			return strings.TrimSuffix(host, ".") + ".", nil
		}
		return "", fmt.Errorf("PTR needs an address, not %q", host)
	}
	var b strings.Builder
	if ip = ip.Unmap(); ip.Is4() {
		four := ip.As4()
		for i := len(four) - 1; i >= 0; i-- {
			fmt.Fprintf(&b, "%d.", four[i])
		}
		return b.String() + "in-addr.arpa.", nil
	}
	sixteen := ip.As16()
	for i := len(sixteen) - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "%x.%x.", sixteen[i]&15, sixteen[i]>>4)
	}
	return b.String() + "ip6.arpa.", nil
}
