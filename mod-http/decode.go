package http

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	nethttp "net/http"
	"strings"
)

// askPacked asks for a compressed answer, unless the request says what it takes or wants a part: h unpacks it then.
func (h *hop) askPacked() {
	if h.method == nethttp.MethodHead || h.header.Get("Accept-Encoding") != "" || h.header.Get("Range") != "" {
		return
	}
	h.header.Set("Accept-Encoding", "gzip")
	h.unpacks = true
}

// unpack makes the body of an answer what was compressed: with gzip, x-gzip (RFC 9110, 8.4.1.3) or deflate, which some
// servers send unasked.
func (h *hop) unpack(answer *nethttp.Response) {
	if !h.unpacks || answer.Body == nil || answer.ContentLength == 0 || h.method == nethttp.MethodHead {
		return
	}
	var open func(*bufio.Reader) (io.Reader, error)
	switch strings.ToLower(strings.TrimSpace(answer.Header.Get("Content-Encoding"))) {
	case "gzip", "x-gzip":
		open = openGzip
	case "deflate":
		open = openDeflate
	default:
		return
	}
	answer.Header.Del("Content-Encoding")
	answer.Header.Del("Content-Length")
	answer.ContentLength, answer.Uncompressed = -1, true
	answer.Body = &unpacked{ReadCloser: answer.Body, packed: bufio.NewReader(answer.Body), open: open}
}

// unpacked is a compressed body. An empty one is empty.
type unpacked struct {
	io.ReadCloser

	packed *bufio.Reader
	open   func(*bufio.Reader) (io.Reader, error)
	from   io.Reader
	err    error
}

func (u *unpacked) Read(p []byte) (n int, err error) {
	if u.err != nil {
		return 0, u.err
	}
	if u.from == nil {
		if u.from, u.err = u.open(u.packed); u.err != nil {
			return 0, u.err
		}
	}
	n, u.err = u.from.Read(p)
	return n, u.err
}

func openGzip(packed *bufio.Reader) (io.Reader, error) {
	z, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &members{z, packed}, nil
}

// members are those of a gzip file, one after the other. Zeros may follow them, as gzip(1) allows.
type members struct {
	*gzip.Reader

	packed *bufio.Reader
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.Reader.Read(p)
		if n > 0 && errors.Is(err, io.EOF) {
			return n, nil
		}
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		for {
			b, err := m.packed.ReadByte()
			if err != nil {
				return 0, err
			}
			if b != 0 {
				break
			}
		}
		_ = m.packed.UnreadByte() // one was read
		if err := m.Reset(m.packed); err != nil {
			return 0, err
		}
		m.Multistream(false)
	}
}

// openDeflate reads what RFC 9110 calls deflate, which is zlib, and what some servers send by that name.
func openDeflate(packed *bufio.Reader) (io.Reader, error) {
	start, err := packed.Peek(2)
	if len(start) == 0 {
		return nil, err
	}
	if len(start) == 2 && start[0]&0xf == 8 && (int(start[0])<<8|int(start[1]))%31 == 0 {
		return zlib.NewReader(packed)
	}
	return flate.NewReader(packed), nil
}
