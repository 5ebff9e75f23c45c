package core

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// sandboxed is the address rule of [SandboxPolicy].
func (e Destinations) sandboxed(host string, to netip.AddrPort) error {
	if e.leads(host, to) || e.address(to.Addr().WithZone("").Unmap(), to.Port()) {
		return nil
	}
	for _, addr := range meanings(to.Addr()) {
		if e.address(addr, to.Port()) {
			continue
		}
		kind := refusedKind(addr)
		if kind == "" && isOwn(addr) {
			kind = "an address of this host"
		}
		if kind != "" {
			return e.refused(host, to, kind)
		}
	}
	return nil
}

// sandboxedName is the rule of [SandboxPolicy] for names, before they are looked up.
func (e Destinations) sandboxedName(host string, port uint16) error {
	if isMetadataName(host) && !e.name(host, port) {
		return denied(host, port, kindMetadata)
	}
	return nil
}

const kindMetadata = "a metadata service"

func isMetadata(addr netip.Addr) bool { return refusedKind(addr) == kindMetadata }

func isMetadataName(host string) bool {
	return slices.Contains(metadataNames(), strings.ToLower(strings.TrimRight(host, ".")))
}

// metadataNames are what clouds call the service that hands out a machine's credentials.
func metadataNames() []string {
	return []string{
		"metadata.google.internal", "metadata.goog", // Google
		"instance-data", "instance-data.ec2.internal", // AWS
		"metadata.azure.com", "metadata.azure.internal", // Azure
		"metadata.tencentyun.com", "metadata.platformequinix.com", "metadata.packet.net",
	}
}

// isOwn tells whether an interface of this machine has the address. When the machine does not say which
// addresses it has, each may be its own.
func isOwn(addr netip.Addr) bool {
	own, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	return slices.ContainsFunc(own, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		if !ok {
			return false
		}
		ip, ok := netip.AddrFromSlice(network.IP)
		return ok && ip.Unmap() == addr
	})
}

// meanings are the address itself and the IPv4 addresses that it may be carried to.
func meanings(addr netip.Addr) []netip.Addr {
	addr = addr.WithZone("").Unmap()
	all := []netip.Addr{addr}
	if addr.Is4() {
		return all
	}
	b := addr.As16()
	v4 := func(at int, invert byte) {
		all = append(all, netip.AddrFrom4([4]byte{b[at] ^ invert, b[at+1] ^ invert, b[at+2] ^ invert, b[at+3] ^ invert}))
	}
	within := func(prefix string) bool { return netip.MustParsePrefix(prefix).Contains(addr) }
	switch {
	case within("64:ff9b::/96"), // NAT64, RFC 6052
		within("::ffff:0:0:0/96"), // IPv4-translated, RFC 2765
		within("::/96") && addr != netip.IPv6Loopback() && !addr.IsUnspecified(): // IPv4-compatible, RFC 4291
		v4(12, 0)
	case within("2002::/16"): // 6to4, RFC 3056
		v4(2, 0)
	case within("2001::/32"): // Teredo, RFC 4380: the server, and the client with its bits inverted
		v4(4, 0)
		v4(12, 0xff)
	}
	if b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe { // ISATAP, RFC 5214
		v4(12, 0)
	}
	return all
}

// refusedKind names the kind of an address that a sandboxed script may not connect to, or is empty.
func refusedKind(addr netip.Addr) string {
	for _, known := range refusedNetworks() {
		if known.network.Contains(addr) {
			return known.kind
		}
	}
	return ""
}

type refusedNetwork struct {
	network netip.Prefix
	kind    string
}

func refusedNetworks() []refusedNetwork {
	var all []refusedNetwork
	add := func(kind string, networks ...string) {
		for _, network := range networks {
			all = append(all, refusedNetwork{netip.MustParsePrefix(network), kind})
		}
	}
	add(kindMetadata,
		"169.254.169.254/32",     // AWS, Azure, Google and most others
		"169.254.170.2/32",       // AWS, for tasks of ECS
		"169.254.170.23/32",      // AWS, for pods of EKS
		"100.100.100.200/32",     // Alibaba
		"168.63.129.16/32",       // Azure
		"192.0.0.192/32",         // Oracle
		"fd00:ec2::/32",          // AWS: metadata, Pod Identity, DNS, time
		"fd20:ce::254/128",       // Google
		"fd00:c1::a9fe:a9fe/128", // Oracle
		"fd00:42::42/128")        // Scaleway
	add("a loopback address", "127.0.0.0/8", "::1/128")
	add("a link-local address", "169.254.0.0/16", "fe80::/10")
	add("a multicast address", "224.0.0.0/4", "ff00::/8")
	add("an address of this host", "0.0.0.0/8", "::/128")
	add("an address of a local NAT64", "64:ff9b:1::/48") // RFC 8215; which IPv4 address is meant cannot be seen
	add("a broadcast or reserved address", "240.0.0.0/4")
	return all
}
