package core

import (
	"context"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
)

func TestSandboxRefusesTheAddressesOfThisHost(t *testing.T) {
	own, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	check := SandboxPolicy(Destinations{}).Address
	tried := 0
	for _, a := range own {
		ip, ok := netip.AddrFromSlice(a.(*net.IPNet).IP)
		if !ok {
			continue
		}
		ip = ip.Unmap()
		forms := []netip.Addr{ip}
		if ip.Is4() {
			b := ip.As4()
			forms = append(forms, netip.AddrFrom16(ip.As16()),
				netip.AddrFrom16([16]byte{0, 0x64, 0xff, 0x9b, 12: b[0], b[1], b[2], b[3]}),
				netip.AddrFrom16([16]byte{0x20, 0x02, b[0], b[1], b[2], b[3], 15: 1}))
		}
		for _, form := range forms {
			tried++
			if err := check("x", netip.AddrPortFrom(form, 80)); !isDenied(err) {
				t.Errorf("%s: error = %v, want the code %s", form, err, ErrDenied.Name())
			}
		}
		allowed, err := ParseDestinations(ip.String())
		if err != nil {
			t.Fatal(err)
		}
		if err := SandboxPolicy(allowed).Address("x", netip.AddrPortFrom(ip, 80)); err != nil {
			t.Errorf("%s, which is named: %v, want it permitted", ip, err)
		}
	}
	if tried == 0 {
		t.Fatalf("no interface of %v was tried", own)
	}
}

func TestSandboxRefusesCredentialServices(t *testing.T) {
	policy := SandboxPolicy(Destinations{})
	for _, addr := range []string{
		"169.254.170.2", "169.254.170.23", "fd00:ec2::23", "fd00:ec2:ffff::1", "168.63.129.16", "100.100.100.200", "192.0.0.192",
		"fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", // services of single clouds
		"::ffff:0:169.254.169.254", "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::1", "2001:0:1:1::5601:5601", "2001:db8::5efe:a9fe:a9fe",
		"2001:db8::200:5efe:169.254.169.254", "64:ff9b::168.63.129.16",
	} {
		if err := policy.Address("x", netip.AddrPortFrom(netip.MustParseAddr(addr), 80)); !isDenied(err) {
			t.Errorf("%s: error = %v, want the code %s", addr, err, ErrDenied.Name())
		}
	}
	for _, name := range []string{"metadata.google.internal", "Metadata.Google.Internal.", "metadata.goog", "instance-data.ec2.internal"} {
		if err := policy.Host(name, 80); !isDenied(err) {
			t.Errorf("%s: error = %v, want the code %s", name, err, ErrDenied.Name())
		}
	}
	for _, name := range []string{"example.com", "metadata.example.com", "localhost"} {
		if err := policy.Host(name, 80); err != nil {
			t.Errorf("%s: %v, want it looked up", name, err)
		}
	}
}

// listenUnix is a unix socket that accepts, below dir.
func listenUnix(t *testing.T, path string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return path
}

func TestUnixSocketsAreFilesThatThePolicyJudges(t *testing.T) {
	_, top := rootIn(t)
	inside, outside := filepath.Join(top, "inside"), filepath.Join(top, "outside")
	in, out := listenUnix(t, filepath.Join(inside, "s")), listenUnix(t, filepath.Join(outside, "s"))
	abstract := listenUnix(t, "@assay-"+strings.ReplaceAll(top, "/", "-"))

	only := FullPolicy()
	only.Files, only.Changes, only.Roots, only.ChangeRoots = false, false, []string{inside}, []string{inside}
	readOnly := FullPolicy()
	readOnly.Needs &^= Write
	readOnly.Changes = false
	read := FullPolicy()
	read.Files, read.Changes, read.Roots = false, false, []string{inside}
	for _, tt := range []struct {
		name, path string
		policy     Policy
		permitted  bool
	}{
		{"no limits", out, FullPolicy(), true},
		{"no limits, abstract", abstract, FullPolicy(), true},
		{"in the folder", in, only, true},
		{"outside of the folder", out, only, false},
		{"by a link that leads out", filepath.Join(inside, "out", "s"), only, false},
		{"by the parent of the folder", filepath.Join(inside, "..", "outside", "s"), only, false},
		{"abstract", abstract, only, false},
		{"abstract, as Linux spells it", "\x00" + abstract[1:], only, false},
		{"in a folder to read", in, read, false},
		{"--readonly", in, readOnly, false},
		{"a check", in, CheckPolicy(inside), false},
		{"a sandbox", in, SandboxPolicy(Destinations{}), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := tt.policy.Dialer().DialContext(context.Background(), "unix", tt.path)
			if err == nil {
				_ = conn.Close()
			}
			if tt.permitted && err != nil {
				t.Errorf("error = %v, want a connection", err)
			}
			if !tt.permitted && !isDenied(err) {
				t.Errorf("error = %v, want the code %s", err, ErrDenied.Name())
			}
		})
	}
}

// Whoever answers for a permitted name must not choose a service of credentials.
func TestNamesLeadToNoCredentialService(t *testing.T) {
	for _, tt := range []struct {
		allow, host, to string
		want            bool
	}{
		{"*.example.com", "a.example.com", "192.0.2.1:80", true},
		{"*.example.com", "a.example.com", "169.254.169.254:80", false},
		{"a.example.com:80", "a.example.com", "[::ffff:169.254.169.254]:80", false},
		{"a.example.com", "A.example.com.", "169.254.170.2:80", false},
		{"a.example.com", "a.example.com", "[fd00:ec2::254]:80", false},
		{"a.example.com", "a.example.com", "[64:ff9b::a9fe:a9fe]:80", false},
		{"169.254.169.254", "a.example.com", "169.254.169.254:80", true},
		{"169.254.169.254", "169.254.169.254", "169.254.169.254:80", true},
		{"metadata.google.internal", "metadata.google.internal", "169.254.169.254:80", true},
	} {
		allowed, err := ParseDestinations(tt.allow)
		if err != nil {
			t.Fatal(err)
		}
		for name, policy := range map[string]Policy{"a sandbox": SandboxPolicy(allowed), "--allow-net": FullPolicy().ConnectOnly(allowed)} {
			err := policy.Address(tt.host, netip.MustParseAddrPort(tt.to))
			if got := err == nil; got != tt.want || err != nil && !isDenied(err) {
				t.Errorf("%s, with %s, %s at %s: error = %v, want it permitted: %v", name, tt.allow, tt.host, tt.to, err, tt.want)
			}
		}
	}
}
