package check

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// zone answers questions "NAME TYPE" with lines "TTL TYPE VALUE"; a line may be for another owner, "OWNER TTL TYPE
// VALUE", as those behind an alias are. What is not in it does not exist.
type zone map[string][]string

// nameServer serves a zone over UDP and TCP on one port. Names that begin with "large" do not fit into UDP, "broken" is
// SERVFAIL, and "silent" gets no answer.
func nameServer(t *testing.T, z zone) string {
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
			if answer := z.answer(t, buf[:n], false); answer != nil {
				// A late answer to somebody else comes first.
				stray := append([]byte{answer[0] ^ 1}, answer[1:]...)
				_, _ = udp.WriteTo(stray, from)
				_, _ = udp.WriteTo(answer, from)
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
			size := make([]byte, 2)
			if _, err := io.ReadFull(conn, size); err == nil {
				question := make([]byte, binary.BigEndian.Uint16(size))
				if _, err := io.ReadFull(conn, question); err == nil {
					answer := z.answer(t, question, true)
					_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
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

func (z zone) answer(t *testing.T, text []byte, whole bool) []byte {
	var p dnsmessage.Parser
	h, err := p.Start(text)
	if err != nil {
		return nil
	}
	q, err := p.Question()
	if err != nil {
		return nil
	}
	name := q.Name.String()
	key := strings.TrimSuffix(name, ".") + " " + strings.TrimPrefix(q.Type.String(), "Type")
	lines, exists := z[key]
	reply := dnsmessage.Header{ID: h.ID, Response: true, RecursionAvailable: true}
	switch {
	case strings.HasPrefix(name, "silent"):
		return nil
	case strings.HasPrefix(name, "broken"):
		reply.RCode = dnsmessage.RCodeServerFailure
	case strings.HasPrefix(name, "large") && !whole:
		reply.Truncated = true
	case !exists:
		reply.RCode = dnsmessage.RCodeNameError
	}
	b := dnsmessage.NewBuilder(nil, reply)
	b.EnableCompression()
	if err := b.StartQuestions(); err != nil {
		t.Error(err)
	}
	if err := b.Question(q); err != nil {
		t.Error(err)
	}
	if err := b.StartAnswers(); err != nil {
		t.Error(err)
	}
	if !reply.Truncated && reply.RCode == dnsmessage.RCodeSuccess {
		for _, line := range lines {
			z.record(t, &b, q.Name, line)
		}
	}
	message, err := b.Finish()
	if err != nil {
		t.Error(err)
	}
	return message
}

func (z zone) record(t *testing.T, b *dnsmessage.Builder, owner dnsmessage.Name, line string) {
	words := strings.Fields(line)
	if words[0][0] < '0' || words[0][0] > '9' {
		owner, words = dnsmessage.MustNewName(words[0]+"."), words[1:]
	}
	var ttl uint32
	for _, c := range words[0] {
		ttl = ttl*10 + uint32(c-'0')
	}
	h := dnsmessage.ResourceHeader{Name: owner, Class: dnsmessage.ClassINET, TTL: ttl}
	name := func(s string) dnsmessage.Name { return dnsmessage.MustNewName(s + ".") }
	var err error
	switch value := words[2:]; words[1] {
	case "A":
		err = b.AResource(h, dnsmessage.AResource{A: [4]byte(net.ParseIP(value[0]).To4())})
	case "AAAA":
		err = b.AAAAResource(h, dnsmessage.AAAAResource{AAAA: [16]byte(net.ParseIP(value[0]).To16())})
	case "CNAME":
		err = b.CNAMEResource(h, dnsmessage.CNAMEResource{CNAME: name(value[0])})
	case "TXT":
		err = b.TXTResource(h, dnsmessage.TXTResource{TXT: value})
	case "MX":
		err = b.MXResource(h, dnsmessage.MXResource{Pref: 10, MX: name(value[0])})
	case "SRV":
		err = b.SRVResource(h, dnsmessage.SRVResource{Priority: 1, Weight: 2, Port: 443, Target: name(value[0])})
	case "PTR":
		err = b.PTRResource(h, dnsmessage.PTRResource{PTR: name(value[0])})
	}
	if err != nil {
		t.Error(err)
	}
}

func TestDNS(t *testing.T) {
	server := nameServer(t, zone{
		"api.example A":             {"60 A 10.0.0.1", "300 A 10.0.0.2"},
		"api.example AAAA":          {"60 AAAA 2001:db8::1"},
		"four.example A":            {"60 A 10.0.0.1"},
		"four.example AAAA":         {},
		"www.example A":             {"60 CNAME edge.example", "edge.example 60 CNAME api.example", "api.example 60 A 10.0.0.1"},
		"www.example CNAME":         {"60 CNAME edge.example"},
		"half.example A":            {"60 CNAME api.example"},
		"dangling.example A":        {"60 CNAME gone.example"},
		"dangling.example AAAA":     {"60 CNAME gone.example"},
		"loop.example A":            {"60 CNAME loop2.example"},
		"loop2.example A":           {"60 CNAME loop.example"},
		"stray.example A":           {"other.example 60 A 10.9.9.9"},
		"txt.example TXT":           {"60 TXT v=spf1 -all"},
		"example MX":                {"60 MX mail.example"},
		"_grpc._tcp.example SRV":    {"60 SRV api.example"},
		"1.0.0.10.in-addr.arpa PTR": {"60 PTR api.example"},
		"large.example A":           {"60 A 10.0.0.1"},
	})
	for name, c := range map[string]struct{ check, want string }{
		"both families":                {"host: api.example", "passed: 10.0.0.1, 10.0.0.2, 2001:db8::1"},
		"count":                        {"host: api.example, expect: {addresses: 3}", "passed"},
		"too few":                      {"host: api.example, record: A, expect: {addresses: '>=3'}", "failed assert: addresses >=3 (got 2: 10.0.0.1, 10.0.0.2)"},
		"no address of the family":     {"host: four.example, record: AAAA", "failed assert: four.example has no AAAA record"},
		"values in any order":          {"host: api.example, record: A, expect: {values: [10.0.0.2, 10.0.0.1]}", "passed"},
		"a value is missing":           {"host: api.example, record: A, expect: {values: [10.0.0.2]}", "failed assert: values 10.0.0.2 (got 10.0.0.1, 10.0.0.2)"},
		"contains":                     {"host: api.example, expect: {contains: '2001:0db8:0::1'}", "passed"},
		"contains what is not there":   {"host: api.example, expect: {contains: 10.0.0.9}", "failed assert: contains 10.0.0.9"},
		"alias with its target":        {"host: www.example, record: A", "passed: 10.0.0.1"},
		"alias without its target":     {"host: half.example, record: A, expect: {addresses: 2}", "passed"},
		"alias itself":                 {"host: www.example, record: CNAME, expect: {values: [edge.example.]}", "passed"},
		"alias of nothing":             {"host: dangling.example", "failed assert: dangling.example does not exist"},
		"aliases in a circle":          {"host: loop.example, record: A", "error dns: lookup "},
		"record of another name":       {"host: stray.example, record: A", "failed assert: stray.example has no A record"},
		"no such name":                 {"host: gone.example", "failed assert: gone.example does not exist"},
		"absent":                       {"host: gone.example, expect: {absent: true}", "passed"},
		"absent, of one family":        {"host: four.example, record: AAAA, expect: {absent: true}", "passed"},
		"absent, and there":            {"host: api.example, expect: {absent: true}", "failed assert: api.example has no A or AAAA record (got 10.0.0.1, 10.0.0.2, 2001:db8::1)"},
		"absent, and the server fails": {"host: broken.example, expect: {absent: true}", "error dns: lookup broken.example. A at " + server + ": the server failed (SERVFAIL)"},
		"the server fails":             {"host: broken.example", "error dns: lookup broken.example. A at " + server + ": the server failed (SERVFAIL)"},
		"silence":                      {"host: silent.example, attempt_timeout: 100ms, expect: {absent: true}", "error timeout: attempt_timeout of 100ms reached"},
		"ttl":                          {"host: api.example, record: A, expect: {ttl: '<=60'}", "passed"},
		"ttl too long":                 {"host: api.example, record: A, expect: {ttl: '>60'}", "failed assert: ttl >60 (got 60)"},
		"TXT":                          {"host: txt.example, record: TXT, expect: {contains: 'v=spf1-all'}", "passed"},
		"MX":                           {"host: example, record: MX, expect: {values: ['10 mail.example']}", "passed"},
		"SRV":                          {"host: _grpc._tcp.example, record: SRV", "passed: 1 2 443 api.example"},
		"PTR":                          {"host: 10.0.0.1, record: PTR", "passed: api.example"},
		"PTR of a name":                {"host: api.example, record: PTR", `error dns: PTR needs an address, not "api.example"`},
		"too large for UDP":            {"host: large.example, record: A", "passed: 10.0.0.1"},
		"no name":                      {"host: 'a..b'", `error dns: lookup a..b. A at ` + server + `: "a..b" is no name`},
	} {
		t.Run(name, func(t *testing.T) {
			check := "{name: a, type: dns, server: '" + server + "', " + c.check + "}"
			if got := one(t, check); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s\ngot  %s\nwant %s", c.check, got, c.want)
			}
		})
	}
}
