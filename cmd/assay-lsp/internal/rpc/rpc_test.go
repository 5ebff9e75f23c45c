package rpc

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	const request = `{"jsonrpc":"2.0","id":1,"method":"x"}`
	for _, tt := range []struct{ name, stream, want string }{
		{"a message", "Content-Length: 37\r\n\r\n" + request, "x"},
		{"other headers", "Content-Type: a\r\ncontent-length:37\r\n\r\n" + request, "x"},
		{"the end", "", "EOF"},
		{"no length", "A: b\r\n\r\n" + request, "read frame: the header has no Content-Length"},
		{"a length that is no number", "Content-Length: x\r\n\r\n", `read frame: bad Content-Length "x"`},
		{"a negative length", "Content-Length: -1\r\n\r\n", `read frame: bad Content-Length "-1"`},
		{"a length beyond all bounds", "Content-Length: 99999999999\r\n\r\n", `read frame: bad Content-Length "99999999999"`},
		{"no header at all", request, "read frame: a line of the header has no end"},
		{"a header without a colon", "hello\r\n\r\n", "read frame: a line of the header has no colon"},
		{"a header without end", strings.Repeat("A: b\r\n", 50), "read frame: the header is too long"},
		{"a line without end", strings.Repeat("a", 10_000), "read frame: a line of the header has no end"},
		{"a message that is cut", "Content-Length: 50\r\n\r\n" + request, "read frame: the stream ends inside a message"},
		{"no JSON", "Content-Length: 5\r\n\r\n{oops", "a message is no JSON: invalid character 'o' looking for beginning of object key string"},
		{"another version", "Content-Length: 2\r\n\r\n{}", `a message lacks "jsonrpc": "2.0"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := NewConn(strings.NewReader(tt.stream), io.Discard).Read()
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = m.Method
			}
			if got != tt.want {
				t.Errorf("Read = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReadingGoesOnAfterWhatIsNoMessage(t *testing.T) {
	c := NewConn(strings.NewReader("Content-Length: 1\r\n\r\n[Content-Length: 30\r\n\r\n"+`{"jsonrpc":"2.0","method":"y"}`), io.Discard)
	var broken *Error
	if _, err := c.Read(); !errors.As(err, &broken) || broken.Code != ParseError {
		t.Errorf("first Read = %v, want a parse error", err)
	}
	if m, err := c.Read(); err != nil || m.Method != "y" {
		t.Errorf("second Read = %v, %v, want the message y", m, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Content-Length: 2\r\n\r\n{}"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		c := NewConn(bytes.NewReader(stream), io.Discard)
		for range 100 {
			var broken *Error
			if _, err := c.Read(); err != nil && !errors.As(err, &broken) {
				return
			}
		}
	})
}
