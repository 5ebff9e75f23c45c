package check

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// hostileNameServer answers each question by UDP and TCP with what answer makes of it; nothing is no answer. By TCP the
// length that comes first is that of the answer, unless it is said to be another.
func hostileNameServer(t *testing.T, answer func(question []byte, network string) (text []byte, length int)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	udp, err := net.ListenPacket("udp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{}, 2)
	go func() {
		defer func() { done <- struct{}{} }()
		buf := make([]byte, 4096)
		for {
			n, from, err := udp.ReadFrom(buf)
			if err != nil {
				return
			}
			if text, _ := answer(buf[:n], "udp"); text != nil {
				_, _ = udp.WriteTo(text, from)
			}
		}
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			size := make([]byte, 2)
			if _, err := io.ReadFull(conn, size); err == nil {
				question := make([]byte, binary.BigEndian.Uint16(size))
				if _, err := io.ReadFull(conn, question); err == nil {
					text, length := answer(question, "tcp")
					_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(length)), text...))
				}
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_, _ = l.Close(), udp.Close()
		<-done
		<-done
	})
	return l.Addr().String()
}

// dnsReply is the header of an answer to a question, without the additional records that the question had, and the question.
func dnsReply(question []byte, flags uint16, answers int) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	text := append([]byte{}, question[:end+5]...)
	binary.BigEndian.PutUint16(text[2:], 0x8000|flags)
	binary.BigEndian.PutUint16(text[6:], uint16(answers))
	binary.BigEndian.PutUint16(text[8:], 0)
	binary.BigEndian.PutUint16(text[10:], 0)
	return text
}

// dnsAddress is a record A of the name that is asked for.
func dnsAddress(last byte) []byte {
	return []byte{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, last}
}

// A name server that lies, or sends what no program should read, makes no check green, and none takes longer than its
// time.
func TestHostileNameServers(t *testing.T) {
	const cut = 0x0200
	for name, c := range map[string]struct {
		answer func(question []byte, network string) ([]byte, int)
		want   string
	}{
		"another id": {func(q []byte, _ string) ([]byte, int) {
			text := append(dnsReply(q, 0, 1), dnsAddress(1)...)
			text[0] ^= 0xff
			return text, len(text)
		}, "error timeout: "},
		"another question": {func(q []byte, _ string) ([]byte, int) {
			text := append(dnsReply(q, 0, 1), dnsAddress(1)...)
			text[13] ^= 1
			return text, len(text)
		}, "error timeout: "},
		"a question sent back": {func(q []byte, _ string) ([]byte, int) { return q, len(q) }, "error timeout: "},
		"a pointer to itself": {func(q []byte, _ string) ([]byte, int) {
			text := dnsReply(q, 0, 1)
			at := len(text)
			return append(text, 0xc0, byte(at), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1), at + 16
		}, "error "},
		"more records than are there": {func(q []byte, _ string) ([]byte, int) {
			text := append(dnsReply(q, 0, 65535), dnsAddress(1)...)
			return text, len(text)
		}, "error "},
		"a record that is cut": {func(q []byte, _ string) ([]byte, int) {
			text := append(dnsReply(q, 0, 1), dnsAddress(1)[:14]...)
			return text, len(text)
		}, "error "},
		"a header alone":   {func(q []byte, _ string) ([]byte, int) { return dnsReply(q, 0, 0)[:12], 12 }, "error "},
		"cut, also by TCP": {func(q []byte, _ string) ([]byte, int) { text := dnsReply(q, cut, 0); return text, len(text) }, "error dns: "},
		"cut, and TCP closes": {func(q []byte, network string) ([]byte, int) {
			if network == "tcp" {
				return nil, 100
			}
			text := dnsReply(q, cut, 0)
			return text, len(text)
		}, "error dns: "},
		"cut, and TCP says 64 KB and sends little": {func(q []byte, network string) ([]byte, int) {
			text := dnsReply(q, cut, 0)
			return text, map[string]int{"tcp": 65535, "udp": len(text)}[network]
		}, "error dns: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := hostileNameServer(t, c.answer)
			for _, expect := range []string{"", ", expect: {absent: true}"} {
				began := time.Now()
				check := "{name: a, type: dns, host: api.example, record: A, attempt_timeout: 300ms, server: '" + server + "'" + expect + "}"
				if got := one(t, check); !strings.HasPrefix(got, c.want) {
					t.Errorf("%s\ngot  %s\nwant %s", check, got, c.want)
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("%s took %s", check, took)
				}
			}
		})
	}
	t.Run("4,000 addresses by TCP", func(t *testing.T) {
		server := hostileNameServer(t, func(q []byte, network string) ([]byte, int) {
			if network == "udp" {
				text := dnsReply(q, cut, 0)
				return text, len(text)
			}
			text := dnsReply(q, 0, 4000)
			for i := range 4000 {
				text = append(text, dnsAddress(byte(i))...)
			}
			return text, len(text)
		})
		got := one(t, "{name: a, type: dns, host: api.example, record: A, server: '"+server+"', expect: {addresses: '>5000'}}")
		if !strings.HasPrefix(got, "failed assert: addresses >5000 (got 4000: ") || len(got) > 5000 {
			t.Errorf("got %d bytes: %.300s", len(got), got)
		}
	})
}
