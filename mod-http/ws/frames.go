package ws

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
	"unicode/utf8"
)

// frames is the way of a connection's bytes to the library. It checks the frames that come in as RFC 6455 wants them,
// where the library does not: it answers a violation with the one close frame that is due, and nothing follows one.
type frames struct {
	io.ReadWriteCloser

	conn   net.Conn // beneath it
	client bool     // the other end is a server
	limit  int64    // bytes of a message

	in      scanner
	text    validator
	kind    byte  // of the message that has begun, or 0
	size    int64 // of what has come of it
	control []byte
	failed  error

	mu   sync.Mutex // for what is sent
	out  scanner
	shut bool // a close frame was sent
}

// violation is what the other end did wrong, and the code that it is told.
type violation struct {
	code int
	text string
}

func (v *violation) Error() string { return v.text }

// Codes of RFC 6455, 7.4.1.
const (
	protocolError = 1002
	invalidData   = 1007
	tooBig        = 1009
)

// Kinds of frames.
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

const (
	maxControl = 125
	endLimit   = time.Second // for the other end to take a close frame, and to end the connection
)

func newFrames(rwc io.ReadWriteCloser, conn net.Conn, client bool, limit int64) *frames {
	return &frames{ReadWriteCloser: rwc, conn: conn, client: client, limit: limit}
}

// Read gives bytes of frames that are as they should be. The end of the connection within a message is no end.
func (f *frames) Read(p []byte) (int, error) {
	if f.failed != nil {
		return 0, f.failed
	}
	n, err := f.ReadWriteCloser.Read(p)
	good, wrong := f.check(p[:n])
	switch {
	case wrong != nil:
		f.failed = wrong
		f.end(wrong.code)
		if good > 0 {
			return good, nil
		}
		return 0, wrong
	case errors.Is(err, io.EOF) && (f.kind != 0 || f.in.within()):
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// check looks at what came in, and gives how much of it is good.
func (f *frames) check(b []byte) (good int, wrong *violation) {
	for len(b) > good {
		n, begun, payload := f.in.next(b[good:])
		if begun {
			wrong = f.begin(f.in.head)
		}
		if wrong == nil && len(payload) > 0 {
			wrong = f.look(payload)
		}
		if wrong == nil && f.in.ended() {
			wrong = f.finish(f.in.head)
		}
		if wrong != nil {
			return good, wrong
		}
		good += n
	}
	return good, nil
}

// begin checks the header of a frame.
func (f *frames) begin(h head) *violation {
	switch {
	case h.reserved:
		return &violation{protocolError, "a reserved bit is set"}
	case h.op > opBinary && h.op < opClose || h.op > opPong:
		return &violation{protocolError, fmt.Sprintf("a frame of the unknown kind %d", h.op)}
	case h.masked == f.client:
		if f.client {
			return &violation{protocolError, "a server must not mask its frames"}
		}
		return &violation{protocolError, "a client must mask its frames"}
	case h.length < 0:
		return &violation{protocolError, "a length that is none"}
	case h.op >= opClose:
		if !h.fin || h.length > maxControl {
			return &violation{protocolError, "a control frame must be whole and have at most 125 bytes"}
		}
		f.control = f.control[:0]
		return nil
	case h.op == opContinuation && f.kind == 0:
		return &violation{protocolError, "a continuation of no message"}
	case h.op != opContinuation && f.kind != 0:
		return &violation{protocolError, "a message within another one"}
	case h.length > f.limit-f.size:
		return &violation{tooBig, fmt.Sprintf("a message is larger than %d bytes", f.limit)}
	}
	if h.op != opContinuation {
		f.kind, f.text = h.op, validator{}
	}
	f.size += h.length
	return nil
}

// look checks a part of a payload, unmasked.
func (f *frames) look(payload []byte) *violation {
	switch op := f.in.head.op; {
	case op >= opClose:
		f.control = append(f.control, payload...)
	case f.kind == opText && !f.text.takes(payload):
		return errNotText
	}
	return nil
}

var errNotText = &violation{invalidData, "text that is not UTF-8"}

// finish checks a whole frame.
func (f *frames) finish(h head) *violation {
	switch {
	case h.op == opClose:
		return checkClose(f.control)
	case h.op > opClose || !h.fin:
		return nil
	case f.kind == opText && !f.text.whole():
		return errNotText
	}
	f.kind, f.size = 0, 0
	return nil
}

// checkClose checks the payload of a close frame.
func checkClose(payload []byte) *violation {
	if len(payload) == 0 {
		return nil
	}
	if len(payload) == 1 {
		return &violation{protocolError, "a close frame with half a code"}
	}
	if code := int(binary.BigEndian.Uint16(payload)); !mayClose(code) {
		return &violation{protocolError, fmt.Sprintf("a close frame with the code %d", code)}
	}
	if !utf8.Valid(payload[2:]) {
		return &violation{invalidData, "a close frame whose reason is not UTF-8"}
	}
	return nil
}

// mayClose tells whether a code may stand in a close frame.
func mayClose(code int) bool {
	return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
}

// Write sends what the library writes, up to the first close frame.
func (f *frames) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shut {
		return len(p), nil // as if: the connection is about to end
	}
	end := len(p)
	for at := 0; at < len(p); {
		n, _, _ := f.out.next(p[at:])
		at += n
		if f.out.ended() && f.out.head.op == opClose {
			f.shut, end = true, at
			break
		}
	}
	if n, err := f.ReadWriteCloser.Write(p[:end]); err != nil {
		return n, err
	}
	return len(p), nil
}

// end tells the other end why nothing follows, and waits a moment for it to go. Only who reads may call it.
func (f *frames) end(code int) {
	if f.leave(code) {
		_, _ = io.CopyN(io.Discard, f.ReadWriteCloser, 1<<20) // else the frame may be lost with the connection
	}
}

// leave sends a close frame, and no more. half tells that the other end can see that; it has [endLimit] to end the
// connection.
func (f *frames) leave(code int) (half bool) {
	_ = f.conn.SetDeadline(time.Now().Add(endLimit)) // which also ends a write in progress
	f.mu.Lock()
	sent := f.shut || f.out.within()
	f.shut = true
	f.mu.Unlock()
	if sent {
		return false
	}
	if _, err := f.ReadWriteCloser.Write(closeFrame(code, f.client)); err != nil {
		return false
	}
	closer, ok := f.conn.(interface{ CloseWrite() error })
	return ok && closer.CloseWrite() == nil
}

// closeFrame is one without a reason; that of a client is masked, with zeros.
func closeFrame(code int, masked bool) []byte {
	frame := []byte{0x80 | opClose, 2}
	if masked {
		frame[1] |= 0x80
		frame = append(frame, 0, 0, 0, 0)
	}
	return binary.BigEndian.AppendUint16(frame, uint16(code))
}

// drop ends the connection at once.
func (f *frames) drop() { _ = f.conn.Close() } // it may be closed already
