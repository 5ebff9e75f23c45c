package ws

import (
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the handshake's own (RFC 6455, 4.2.2), which proves no identity
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"slices"
	"strings"

	"assay.rs/mod-http"
)

// Session is a connection for Go programs that use it from one goroutine: it reads when it is asked to, and answers
// pings meanwhile. Deadlines of Conn bound it.
type Session struct {
	Conn        net.Conn
	Subprotocol string // what the server has chosen; empty if nothing

	frames  *frames
	in      scanner
	pending []byte // read, and not looked at yet
	buf     [4096]byte
	message []byte
	binary  bool
	control []byte
}

// Closed is how the other end has closed a connection in good order: its code, or 0, and its reason.
type Closed struct {
	Code   int
	Reason string
}

func (c *Closed) Error() string {
	return "connection closed" + closed{c.Code, c.Reason}.String()
}

// Violates tells whether err says that the other end broke the protocol, which it has been told.
func Violates(err error) bool {
	_, ok := errors.AsType[*violation](err)
	return ok
}

// Handshake is the client's part of one: the fields that it sends, and its key.
type Handshake struct {
	Header nethttp.Header
	key    string
}

// NewHandshake offers the subprotocols, the preferred one first.
func NewHandshake(subprotocols []string) (Handshake, error) {
	var raw [16]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return Handshake{}, err
	}
	h := Handshake{Header: nethttp.Header{}, key: base64.StdEncoding.EncodeToString(raw[:])}
	h.Header.Set("Sec-WebSocket-Version", "13")
	h.Header.Set("Sec-WebSocket-Key", h.key)
	if len(subprotocols) > 0 {
		h.Header.Set("Sec-WebSocket-Protocol", strings.Join(subprotocols, ", "))
	}
	return h, nil
}

// Open makes a session of a connection that a server has changed to WebSocket with the answer. maxMessage bounds a
// message, in bytes. An answer that is no handshake is an error; the connection is closed then.
func (h Handshake) Open(answer *http.Response, on *http.Upgraded, maxMessage int64) (*Session, error) {
	if err := h.verify(answer.Header); err != nil {
		_ = on.Close()
		return nil, errHandshake.With(fmt.Errorf("the server's handshake is not valid: %w", err), "")
	}
	return &Session{
		Conn: on.Conn, Subprotocol: answer.Header.Get("Sec-WebSocket-Protocol"),
		frames: newFrames(on, on.Conn, true, maxMessage),
	}, nil
}

func (h Handshake) verify(header nethttp.Header) error {
	//nolint:gosec // as above
	sum := sha1.Sum([]byte(h.key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	offered := strings.Split(h.Header.Get("Sec-WebSocket-Protocol"), ", ")
	chosen := header.Get("Sec-WebSocket-Protocol")
	switch {
	case header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]):
		return errors.New("Sec-WebSocket-Accept is not the answer to the key")
	case header.Get("Sec-WebSocket-Extensions") != "":
		return errors.New("it chose an extension, and none was offered")
	case chosen != "" && !slices.Contains(offered, chosen):
		return fmt.Errorf("it chose the subprotocol %q, which was not offered", chosen)
	}
	return nil
}

// Send sends a text message.
func (s *Session) Send(text string) error { return s.write(opText, []byte(text)) }

// write sends one frame, masked as those of clients are.
func (s *Session) write(op byte, payload []byte) error {
	frame := []byte{0x80 | op, 0x80}
	switch n := len(payload); {
	case n <= maxControl:
		frame[1] |= byte(n)
	case n <= 0xffff:
		frame[1] |= 126
		frame = binary.BigEndian.AppendUint16(frame, uint16(n))
	default:
		frame[1] |= 127
		frame = binary.BigEndian.AppendUint64(frame, uint64(n))
	}
	var key [4]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	frame = append(frame, key[:]...)
	for i, b := range payload {
		frame = append(frame, b^key[i%4])
	}
	_, err := s.frames.Write(frame)
	return err
}

// Next waits for a message. The end of the connection is a *Closed, or io.ErrUnexpectedEOF when nobody has said that it
// ends; what breaks the protocol is an error that says how.
func (s *Session) Next() (message []byte, isBinary bool, err error) {
	for {
		op, err := s.frame()
		if err != nil {
			return nil, false, err
		}
		if op < opClose && s.in.head.fin {
			message, s.message = s.message, nil
			return message, s.binary, nil
		}
	}
}

// Ping waits for the answer to a ping. Messages that come before it are lost.
func (s *Session) Ping() error {
	if err := s.write(opPing, []byte("assay")); err != nil {
		return err
	}
	for {
		op, err := s.frame()
		if err != nil || op == opPong {
			return err
		}
		if op < opClose && s.in.head.fin {
			s.message = nil
		}
	}
}

// frame reads to the end of the next frame, answers it if it is of the protocol, and gives its kind.
func (s *Session) frame() (byte, error) {
	s.control = s.control[:0]
	for {
		for len(s.pending) > 0 {
			n, begun, payload := s.in.next(s.pending)
			s.pending = s.pending[n:]
			op := s.in.head.op
			if begun && (op == opText || op == opBinary) {
				s.binary = op == opBinary
			}
			if op >= opClose {
				s.control = append(s.control, payload...)
			} else {
				s.message = append(s.message, payload...)
			}
			if (begun || len(payload) > 0) && s.in.ended() {
				return op, s.answer(op)
			}
		}
		n, err := s.frames.Read(s.buf[:])
		s.pending = s.buf[:n]
		if n == 0 && errors.Is(err, io.EOF) {
			return 0, io.ErrUnexpectedEOF
		}
		if n == 0 && err != nil {
			return 0, err
		}
	}
}

func (s *Session) answer(op byte) error {
	switch op {
	case opPing:
		return s.write(opPong, s.control)
	case opClose:
		_ = s.write(opClose, s.control) // it is over, whether that arrives or not
		c := &Closed{}
		if len(s.control) >= 2 {
			c.Code, c.Reason = int(binary.BigEndian.Uint16(s.control)), string(s.control[2:])
		}
		return c
	}
	return nil
}

// Close says goodbye, does not wait for an answer, and ends the connection.
func (s *Session) Close() error {
	_ = s.write(opClose, binary.BigEndian.AppendUint16(nil, normal)) // the connection ends in any case
	return s.frames.Close()
}
