package core

import (
	"net/netip"
	"strings"
	"testing"
)

func TestSandboxRefusesAddresses(t *testing.T) {
	check := SandboxPolicy(Destinations{}).Address
	for _, test := range []struct{ addr, want string }{
		{"127.0.0.1", "loopback"},
		{"127.255.255.254", "loopback"},
		{"::1", "loopback"},
		{"::ffff:127.0.0.1", "loopback"},
		{"::127.0.0.1", "loopback"},
		{"64:ff9b::7f00:1", "loopback"},
		{"64:ff9b:1::7f00:1", "NAT64"},
		{"2002:7f00:1::1", "loopback"},
		{"169.254.0.1", "link-local"},
		{"169.254.169.254", "metadata"},
		{"::ffff:169.254.169.254", "metadata"},
		{"64:ff9b::169.254.169.254", "metadata"},
		{"fe80::1", "link-local"},
		{"fe80::1%eth0", "link-local"},
		{"febf::1", "link-local"},
		{"fd00:ec2::254", "metadata"},
		{"100.100.100.200", "metadata"},
		{"0.0.0.0", "this host"},
		{"0.1.2.3", "this host"},
		{"::", "this host"},
		{"::ffff:0.0.0.0", "this host"},
		{"224.0.0.1", "multicast"},
		{"239.255.255.255", "multicast"},
		{"ff02::1", "multicast"},
		{"255.255.255.255", "broadcast"},
		{"240.0.0.1", "reserved"},
		{"10.0.0.1", ""},
		{"172.16.0.1", ""},
		{"192.168.1.1", ""},
		{"100.64.0.1", ""},
		{"169.253.255.255", ""},
		{"1.1.1.1", ""},
		{"126.255.255.255", ""},
		{"fd00::1", ""},
		{"2606:4700::1111", ""},
		{"64:ff9b::a00:1", ""},
	} {
		to := netip.AddrPortFrom(netip.MustParseAddr(test.addr), 80)
		err := check(test.addr, to)
		if test.want == "" {
			if err != nil {
				t.Errorf("%s: %v, want it permitted", to, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error = %v, want one that says %q", to, err, test.want)
		}
	}
}

func TestDestinations(t *testing.T) {
	for _, test := range []struct {
		allow, host, to string
		want            bool
	}{
		{"127.0.0.1", "127.0.0.1", "127.0.0.1:80", true},
		{"127.0.0.1", "x", "[::ffff:127.0.0.1]:80", true},
		{"127.0.0.1", "x", "127.0.0.2:80", false},
		{"127.0.0.1:80", "127.0.0.1", "127.0.0.1:80", true},
		{"127.0.0.1:80", "127.0.0.1", "127.0.0.1:81", false},
		{"::1", "::1", "[::1]:80", true},
		{"[::1]:80", "::1", "[::1]:80", true},
		{"[::1]:80", "::1", "[::1]:81", false},
		{"127.0.0.0/8", "x", "127.9.9.9:1", true},
		{"127.0.0.0/8:443", "x", "127.9.9.9:443", true},
		{"127.0.0.0/8:443", "x", "127.9.9.9:80", false},
		{"fe80::/10:80", "x", "[fe80::1%eth0]:80", true},
		{"localhost", "localhost", "127.0.0.1:80", true},
		{"LOCALHOST", "localhost.", "[::1]:80", true},
		{"localhost:80", "localhost", "127.0.0.1:80", true},
		{"localhost:80", "localhost", "127.0.0.1:81", false},
		{"localhost", "127.0.0.1", "127.0.0.1:80", false},
		{"localhost", "evil.example", "127.0.0.1:80", false},
		{"*.example.com", "a.b.example.com", "127.0.0.1:80", true},
		{"*.example.com:80", "a.example.com", "127.0.0.1:81", false},
		{"*.example.com", "example.com", "127.0.0.1:80", false},
		{"*.example.com", "badexample.com", "127.0.0.1:80", false},
	} {
		allowed, err := ParseDestinations(test.allow)
		if err != nil {
			t.Errorf("ParseDestinations(%q): %v", test.allow, err)
			continue
		}
		err = SandboxPolicy(allowed).Address(test.host, netip.MustParseAddrPort(test.to))
		if got := err == nil; got != test.want {
			t.Errorf("with %s, %s at %s: permitted = %v, want %v (%v)", test.allow, test.host, test.to, got, test.want, err)
		}
	}
}

func TestDestinationsThatAreNone(t *testing.T) {
	for _, item := range []string{"", "*", "a*b", "host:", "host:0", "host:65536", "host:http", "http://host", "10.0.0.0/33", "a b", "*."} {
		if _, err := ParseDestinations(item); err == nil {
			t.Errorf("ParseDestinations(%q) is no error", item)
		}
	}
}

func FuzzDestinations(f *testing.F) {
	for _, seed := range []string{"127.0.0.1:80", "[::1]:80", "10.0.0.0/8:443", "*.example.com", "a:b:c", "[", "]:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, item string) {
		allowed, err := ParseDestinations(item)
		if err == nil && len(allowed.hosts)+len(allowed.prefixes) != 1 {
			t.Errorf("ParseDestinations(%q) = %+v, want one", item, allowed)
		}
	})
}
