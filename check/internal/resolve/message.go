package resolve

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// maxUDP is how large an answer by UDP may be: what passes without fragments (RFC 9715).
const maxUDP = 1232

// question is a message to a server.
type question struct {
	id   uint16
	is   dnsmessage.Question
	text []byte
}

func typeOf(name string) dnsmessage.Type {
	switch name {
	case "AAAA":
		return dnsmessage.TypeAAAA
	case "CNAME":
		return dnsmessage.TypeCNAME
	case "TXT":
		return dnsmessage.TypeTXT
	case "MX":
		return dnsmessage.TypeMX
	case "NS":
		return dnsmessage.TypeNS
	case "SRV":
		return dnsmessage.TypeSRV
	case "PTR":
		return dnsmessage.TypePTR
	}
	return dnsmessage.TypeA
}

func newQuestion(name, typ string) (*question, error) {
	full, err := dnsmessage.NewName(name)
	if err != nil || strings.Contains(name, "..") {
		return nil, fmt.Errorf("%q is no name", strings.TrimSuffix(name, "."))
	}
	q := &question{id: uint16(rand.Uint32()), is: dnsmessage.Question{Name: full, Type: typeOf(typ), Class: dnsmessage.ClassINET}} //nolint:gosec // the source port is what is hard to guess
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: q.id, RecursionDesired: true})
	var header dnsmessage.ResourceHeader
	for _, step := range []func() error{
		b.StartQuestions,
		func() error { return b.Question(q.is) },
		b.StartAdditionals,
		func() error { return header.SetEDNS0(maxUDP, dnsmessage.RCodeSuccess, false) },
		func() error { return b.OPTResource(header, dnsmessage.OPTResource{}) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("%q is no name: %w", name, err)
		}
	}
	q.text, err = b.Finish()
	return q, err
}

// exchange sends a question and waits for the answer to it.
func exchange(ctx context.Context, network, server string, q *question) (*reply, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, server)
	if err != nil {
		return nil, short(err)
	}
	defer func() { _ = conn.Close() }() // the answer is there
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	text := q.text
	if network == "tcp" {
		text = append(binary.BigEndian.AppendUint16(nil, uint16(len(text))), text...)
	}
	if _, err := conn.Write(text); err != nil {
		return nil, short(err)
	}
	for {
		got, err := read(conn, network)
		if err != nil {
			if ctx.Err() != nil {
				return nil, errors.New("no answer in time")
			}
			return nil, short(err)
		}
		r, err := parseReply(got, q)
		if err == nil || network == "tcp" {
			return r, err
		}
		// Somebody else's answer, or a late one: wait for ours.
	}
}

// short is a network error without the addresses that the caller says.
func short(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}

func read(conn net.Conn, network string) ([]byte, error) {
	if network == "udp" {
		buf := make([]byte, 64<<10)
		n, err := conn.Read(buf)
		return buf[:n], err
	}
	size := make([]byte, 2)
	if _, err := io.ReadFull(conn, size); err != nil {
		return nil, err
	}
	buf := make([]byte, binary.BigEndian.Uint16(size))
	_, err := io.ReadFull(conn, buf)
	return buf, err
}

// reply is the answer of a server.
type reply struct {
	code    dnsmessage.RCode
	noName  bool
	cut     bool // it did not fit: ask again by TCP
	answers []dnsmessage.Resource
}

func parseReply(text []byte, q *question) (*reply, error) {
	var p dnsmessage.Parser
	h, err := p.Start(text)
	if err != nil || h.ID != q.id || !h.Response {
		return nil, errors.New("the answer is not to our question")
	}
	r := &reply{code: h.RCode, noName: h.RCode == dnsmessage.RCodeNameError, cut: h.Truncated}
	asked, err := p.AllQuestions()
	if err != nil || len(asked) > 1 || len(asked) == 1 && !sameQuestion(asked[0], q.is) {
		return nil, errors.New("the answer is not to our question")
	}
	if r.cut {
		return r, nil
	}
	r.answers, err = p.AllAnswers()
	if err != nil {
		return nil, fmt.Errorf("the answer is malformed: %w", err)
	}
	return r, nil
}

func sameQuestion(a, b dnsmessage.Question) bool {
	return strings.EqualFold(a.Name.String(), b.Name.String()) && a.Type == b.Type && a.Class == b.Class
}

// failure is why a reply says nothing about the name.
func (r *reply) failure() error {
	switch r.code {
	case dnsmessage.RCodeSuccess, dnsmessage.RCodeNameError:
		return nil
	case dnsmessage.RCodeServerFailure:
		return errors.New("the server failed (SERVFAIL)")
	case dnsmessage.RCodeRefused:
		return errors.New("the server refused (REFUSED)")
	case dnsmessage.RCodeFormatError:
		return errors.New("the server did not understand (FORMERR)")
	case dnsmessage.RCodeNotImplemented:
		return errors.New("the server does not know such questions (NOTIMP)")
	}
	return fmt.Errorf("the server answered with code %d", r.code)
}

// records are those of the type, for the name or for what it is an alias of. alias is where its aliases lead.
func (r *reply) records(name, typ string) (answer Answer, alias string) {
	answer.NoName = r.noName
	for range maxAliases {
		next := ""
		for _, resource := range r.answers {
			if !strings.EqualFold(resource.Header.Name.String(), name) {
				continue
			}
			if value, ok := valueOf(resource.Body, typ); ok {
				answer.Records = append(answer.Records, Record{value, resource.Header.TTL})
			}
			if c, ok := resource.Body.(*dnsmessage.CNAMEResource); ok && typ != "CNAME" {
				next = c.CNAME.String()
			}
		}
		if next == "" || len(answer.Records) > 0 {
			return answer, alias
		}
		alias, name = next, next
	}
	return answer, alias
}

// valueOf writes a record of the wanted type as text.
func valueOf(body dnsmessage.ResourceBody, typ string) (string, bool) {
	host := func(n dnsmessage.Name) string { return strings.TrimSuffix(n.String(), ".") }
	switch b := body.(type) {
	case *dnsmessage.AResource:
		return net.IP(b.A[:]).String(), typ == "A"
	case *dnsmessage.AAAAResource:
		return net.IP(b.AAAA[:]).String(), typ == "AAAA"
	case *dnsmessage.CNAMEResource:
		return host(b.CNAME), typ == "CNAME"
	case *dnsmessage.TXTResource:
		return strings.Join(b.TXT, ""), typ == "TXT"
	case *dnsmessage.MXResource:
		return fmt.Sprintf("%d %s", b.Pref, host(b.MX)), typ == "MX"
	case *dnsmessage.NSResource:
		return host(b.NS), typ == "NS"
	case *dnsmessage.SRVResource:
		return fmt.Sprintf("%d %d %d %s", b.Priority, b.Weight, b.Port, host(b.Target)), typ == "SRV"
	case *dnsmessage.PTRResource:
		return host(b.PTR), typ == "PTR"
	}
	return "", false
}
