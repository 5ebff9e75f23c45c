package db

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"

	"assay.rs/core"
)

// wire is the connection of a session to its server. While no statement runs, it can be listened to.
type wire struct {
	net.Conn
	early []byte // what came in while it was listened to
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// wired dials as the policy permits.
func wired(d core.Dialer) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &wire{Conn: conn}, nil
	}
}

// wireOf is the wire under a connection, which TLS may have encrypted.
func wireOf(conn net.Conn) *wire {
	if encrypted, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = encrypted.NetConn()
	}
	w, _ := conn.(*wire)
	return w
}

// Read gives what came in early first.
func (w *wire) Read(p []byte) (int, error) {
	if len(w.early) == 0 {
		return w.Conn.Read(p)
	}
	n := copy(p, w.early)
	w.early = w.early[n:]
	return n, nil
}

// SyscallConn lets the MySQL driver look whether the server has closed the connection.
func (w *wire) SyscallConn() (syscall.RawConn, error) {
	conn, ok := w.Conn.(syscall.Conn)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return conn.SyscallConn()
}

// listen returns when the server has said something or closed the connection, or when ctx ends. Nobody may read
// meanwhile.
func (w *wire) listen(ctx context.Context) {
	if len(w.early) > 0 {
		return
	}
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = w.SetReadDeadline(time.Unix(1, 0)) // a connection that is closed ends the Read as well
	})
	var first [1]byte
	n, _ := w.Conn.Read(first[:]) // who reads next gets the error too
	w.early = append(w.early, first[:n]...)
	if !cancel() {
		<-done
	}
	_ = w.SetReadDeadline(time.Time{}) // as above
}
