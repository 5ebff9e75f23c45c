// Package rpc is JSON-RPC 2.0 in the frames of the Language Server Protocol 3.18: a header with Content-Length, an
// empty line, and that many bytes of JSON.
package rpc

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// Codes of errors (JSON-RPC 2.0, LSP 3.18).
const (
	ParseError       = -32700
	InvalidRequest   = -32600
	MethodNotFound   = -32601
	InvalidParams    = -32602
	InternalError    = -32603
	NotInitialized   = -32002
	RequestCancelled = -32800
	ContentModified  = -32801
)

// MaxFrame is how many bytes a message may have.
const MaxFrame = 64 << 20

// Message is a request, a notification or an answer.
type Message struct {
	Version string           `json:"jsonrpc"`
	ID      *json.RawMessage `json:"id,omitempty"`
	Method  string           `json:"method,omitempty"`
	Params  json.RawMessage  `json:"params,omitempty"`
	Result  json.RawMessage  `json:"result,omitempty"`
	Error   *Error           `json:"error,omitempty"`
}

// Error is the answer to a request that failed.
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Message }

// FrameError is a frame that cannot be read; nothing behind it can be either.
type FrameError struct{ Reason string }

func (e *FrameError) Error() string { return "read frame: " + e.Reason }

// Conn reads and writes messages. Write may be called from several goroutines.
type Conn struct {
	r  *bufio.Reader
	mu sync.Mutex
	w  io.Writer
}

// NewConn is a connection over a pair of streams.
func NewConn(r io.Reader, w io.Writer) *Conn { return &Conn{r: bufio.NewReader(r), w: w} }

// Read reads a message. At the end of the stream it is io.EOF, for what is no frame a *[FrameError], and for a
// frame that holds no message an *[Error], after which reading can go on.
func (c *Conn) Read() (*Message, error) {
	length, err := c.header()
	if err != nil {
		return nil, err
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.r, body); err != nil {
		return nil, &FrameError{"the stream ends inside a message"}
	}
	var m Message
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, &Error{ParseError, "a message is no JSON: " + err.Error()}
	}
	if m.Version != "2.0" {
		return nil, &Error{InvalidRequest, `a message lacks "jsonrpc": "2.0"`}
	}
	return &m, nil
}

// header reads up to the empty line and gives the length of what follows.
func (c *Conn) header() (int, error) {
	length, lines := -1, 0
	for {
		line, err := c.r.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0 && lines == 0:
			return 0, io.EOF
		case err != nil:
			return 0, &FrameError{"a line of the header has no end"}
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		if lines++; lines > 20 {
			return 0, &FrameError{"the header is too long"}
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return 0, &FrameError{"a line of the header has no colon"}
		}
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			length, err = strconv.Atoi(strings.TrimSpace(value))
			if err != nil || length < 0 || length > MaxFrame {
				return 0, &FrameError{"bad Content-Length " + strconv.Quote(strings.TrimSpace(value))}
			}
		}
	}
	if length < 0 {
		return 0, &FrameError{"the header has no Content-Length"}
	}
	return length, nil
}

// Write writes a message.
func (c *Conn) Write(m *Message) error {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := fmt.Fprintf(c.w, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return nil
}
