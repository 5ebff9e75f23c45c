package ws

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// head is the header of a frame (RFC 6455, 5.2).
type head struct {
	fin, reserved, masked bool
	op                    byte
	length                int64 // -1 is more than there can be
	key                   [4]byte
}

// scanner finds frames in a stream of bytes.
type scanner struct {
	head head
	raw  [14]byte // what has come of a header
	have int      // bytes of raw
	left int64    // what of the payload is still to come
	at   int      // in the key
	body bool     // the header is whole, and the payload is not
	buf  [512]byte
}

// next reads on: the rest of a header, or a part of a payload, which is unmasked in a copy. It gives how many bytes
// that were, and whether a frame has begun with them.
func (s *scanner) next(b []byte) (n int, begun bool, payload []byte) {
	if s.body {
		n = int(min(s.left, int64(len(b)), int64(len(s.buf))))
		s.left -= int64(n)
		s.body = s.left > 0
		payload = s.buf[:n]
		copy(payload, b)
		if s.head.masked {
			for i := range payload {
				payload[i] ^= s.head.key[(s.at+i)%4]
			}
			s.at = (s.at + n) % 4
		}
		return n, false, payload
	}
	for n < len(b) {
		s.raw[s.have] = b[n]
		s.have++
		n++
		if s.have == s.wants() {
			s.parse()
			return n, true, nil
		}
	}
	return n, false, nil
}

// wants is how long the header is, as far as it can be seen.
func (s *scanner) wants() int {
	if s.have < 2 {
		return 2
	}
	n := 2
	switch s.raw[1] & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if s.raw[1]&0x80 != 0 {
		n += 4
	}
	return n
}

func (s *scanner) parse() {
	h := head{fin: s.raw[0]&0x80 != 0, reserved: s.raw[0]&0x70 != 0, op: s.raw[0] & 0xf, masked: s.raw[1]&0x80 != 0}
	switch n := s.raw[1] & 0x7f; n {
	case 126:
		h.length = int64(binary.BigEndian.Uint16(s.raw[2:]))
	case 127:
		h.length = -1
		if long := binary.BigEndian.Uint64(s.raw[2:]); long <= math.MaxInt64 {
			h.length = int64(long)
		}
	default:
		h.length = int64(n)
	}
	if h.masked {
		copy(h.key[:], s.raw[s.have-4:s.have])
	}
	s.head, s.have, s.left, s.at, s.body = h, 0, h.length, 0, h.length > 0
}

// within tells whether a frame has begun that is not whole.
func (s *scanner) within() bool { return s.have > 0 || s.body }

// ended tells whether the last bytes were the end of a frame.
func (s *scanner) ended() bool { return !s.within() }

// validator checks that text which comes in parts is UTF-8.
type validator struct {
	rest [utf8.UTFMax]byte // the start of a character
	n    int
}

// takes tells whether text can go on with b.
func (v *validator) takes(b []byte) bool {
	for v.n > 0 && len(b) > 0 {
		v.rest[v.n] = b[0]
		v.n++
		b = b[1:]
		part := v.rest[:v.n]
		if !utf8.FullRune(part) {
			continue
		}
		if r, _ := utf8.DecodeRune(part); r == utf8.RuneError && !utf8.Valid(part) {
			return false
		}
		v.n = 0
	}
	start := len(b)
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				start = len(b) - i
			}
			break
		}
	}
	v.n += copy(v.rest[v.n:], b[start:])
	return utf8.Valid(b[:start])
}

// whole tells whether the text ends with a whole character.
func (v *validator) whole() bool { return v.n == 0 }
