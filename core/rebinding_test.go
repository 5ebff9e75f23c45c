package core

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

// rebindingServer answers for every name: first with the one address, then with 127.0.0.1 for ever. It counts questions for
// addresses of IPv4.
func rebindingServer(t *testing.T, first netip.Addr) (address string, asked *atomic.Int32) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	asked = new(atomic.Int32)
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			end := 12
			for buf[end] != 0 {
				end += int(buf[end]) + 1
			}
			text := append([]byte{}, buf[:min(end+5, n)]...)
			binary.BigEndian.PutUint16(text[2:], 0x8580) // an answer, with authority
			clear(text[6:12])
			if binary.BigEndian.Uint16(text[end+1:]) == 1 { // A
				to := first
				if asked.Add(1) > 1 {
					to = netip.AddrFrom4([4]byte{127, 0, 0, 1})
				}
				binary.BigEndian.PutUint16(text[6:], 1)
				text = append(text, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4) // the name of the question, no time to live
				text = append(text, to.AsSlice()...)
			}
			_, _ = conn.WriteTo(text, from)
		}
	}()
	return conn.LocalAddr().String(), asked
}

// The address that is judged is the one that is dialled: a name that leads elsewhere the next time opens nothing.
func TestNamesThatAreBoundAnewAreJudgedAtEachDial(t *testing.T) {
	service, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	var reached atomic.Int32
	go func() {
		for {
			conn, err := service.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			_ = conn.Close()
		}
	}()
	_, port, err := net.SplitHostPort(service.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	names, asked := rebindingServer(t, netip.MustParseAddr("127.0.0.2"))
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", names)
	}}
	var judged []string
	policy := FullPolicy()
	policy.Address = func(host string, to netip.AddrPort) error {
		judged = append(judged, to.Addr().String())
		if to.Addr() == netip.MustParseAddr("127.0.0.1") {
			return ErrDenied.With(errors.New("refused"), "")
		}
		return nil
	}
	dialer := Dialer{policy: &policy}
	for round := range 3 {
		conn, err := dialer.DialContext(t.Context(), "tcp", net.JoinHostPort("rebind.example.com", port))
		if err == nil {
			_ = conn.Close()
		}
		if round > 0 && !isDenied(err) {
			t.Errorf("round %d: error = %v, want the code %s", round, err, ErrDenied.Name())
		}
	}
	if want := "127.0.0.2 127.0.0.1 127.0.0.1"; strings.Join(judged, " ") != want {
		t.Errorf("judged %s, want %s", judged, want)
	}
	if asked.Load() < 3 {
		t.Errorf("the name was looked up %d times, want once for each dial", asked.Load())
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("the service was reached %d times, want 0", n)
	}
}
