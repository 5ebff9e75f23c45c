package http

import (
	"errors"
	"io"
	"os"
	"sync"
)

// Stream is a body that is sent without being held in memory.
type Stream struct {
	Size int64 // in bytes, more than 0

	// Open gives the body from its start. It is called each time that the body is sent.
	Open func() (io.ReadCloser, error)
}

// piece is a stretch of a body: text, or the first size bytes of a file.
type piece struct {
	text []byte
	path string
	size int64
}

// pieceReader reads pieces one after the other; one file at most is open.
type pieceReader struct {
	open func(path string) (io.ReadCloser, error)

	mu     sync.Mutex // a transport closes a body while it reads it
	rest   []piece
	file   io.ReadCloser // that of rest[0], when it is open
	done   int64         // what of rest[0] was read
	closed bool
}

func (r *pieceReader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, os.ErrClosed
	}
	for len(r.rest) > 0 {
		n, err := r.readPiece(&r.rest[0], b)
		r.done += int64(n)
		if err != nil && !errors.Is(err, io.EOF) {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
		if err != nil {
			_ = r.closeFile() // it was only read
			r.rest, r.done = r.rest[1:], 0
		}
		if len(b) == 0 {
			return 0, nil
		}
	}
	return 0, io.EOF
}

// readPiece reads on in a piece. Its end is io.EOF.
func (r *pieceReader) readPiece(p *piece, b []byte) (int, error) {
	if p.path == "" {
		if r.done == int64(len(p.text)) {
			return 0, io.EOF
		}
		return copy(b, p.text[r.done:]), nil
	}
	if r.file == nil {
		f, err := r.open(p.path)
		if err != nil {
			return 0, sendError{err}
		}
		r.file = f
	}
	if r.done == p.size {
		return 0, io.EOF
	}
	n, err := r.file.Read(b[:min(int64(len(b)), p.size-r.done)])
	switch {
	case errors.Is(err, io.EOF):
		return n, sendError{errSend.Errorf("read %s: it became shorter while it was sent", p.path)}
	case err != nil:
		return n, sendError{err}
	}
	return n, nil
}

func (r *pieceReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.closeFile()
}

func (r *pieceReader) closeFile() error {
	if r.file == nil {
		return nil
	}
	file := r.file
	r.file = nil
	return file.Close()
}

// sendError is a body that could not be read to be sent.
type sendError struct{ error }

func (e sendError) Unwrap() error { return e.error }
