package http

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// parseResolve reads what is to be connected to instead of a host: to an address, at the same port unless
// it names one.
func parseResolve(entries map[string]string) (map[string]string, error) {
	parsed := make(map[string]string, len(entries))
	for from, to := range entries {
		host, port, err := net.SplitHostPort(from)
		if err != nil || host == "" || port == "" {
			return nil, fmt.Errorf("%q is not host:port", from)
		}
		if ip, err := netip.ParseAddr(strings.Trim(to, "[]")); err == nil {
			to = net.JoinHostPort(ip.String(), port)
		}
		if _, err := netip.ParseAddrPort(to); err != nil {
			return nil, fmt.Errorf("%s: %q is not ip:port", from, to)
		}
		parsed[strings.ToLower(net.JoinHostPort(host, port))] = to
	}
	return parsed, nil
}

// joinResolve is the entries as one text, so that routes can be compared.
func joinResolve(entries map[string]string) string {
	if len(entries) == 0 {
		return ""
	}
	var b strings.Builder
	for _, from := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintf(&b, "%s %s\n", from, entries[from])
	}
	return b.String()
}

func splitResolve(joined string) map[string]string {
	if joined == "" {
		return nil
	}
	entries := make(map[string]string)
	for line := range strings.Lines(joined) {
		if from, to, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			entries[from] = to
		}
	}
	return entries
}
