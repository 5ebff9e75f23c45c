package http

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay.rs/core/retry"
)

// blackHole is the URL of an address whose kernel drops every attempt to connect: a listener with a full queue.
func blackHole(t *testing.T) (url string) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for range 16 {
		conn, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err != nil {
			return "http://" + address
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Fatal("a listener without a queue takes 16 connections")
	return ""
}

func TestHostThatDropsConnections(t *testing.T) {
	url := blackHole(t)
	host := strings.TrimPrefix(url, "http://")
	for _, test := range []struct {
		name    string
		o       Options
		message string
	}{
		{"timeout", Options{Timeout: 300 * time.Millisecond}, "no complete answer from " + host + " within 300ms, still connecting"},
		{"connect_timeout", Options{ConnectTimeout: 300 * time.Millisecond}, "dial tcp " + host + ": i/o timeout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			began := time.Now()
			_, err := newTestClient(t, test.o).Do(t.Context(), Request{URL: url})
			if codeOf(err) != "http.timeout" || err.Error() != test.message || !unsent(err) || retry.ClassesOf(err)[0] != retry.Timeout {
				t.Errorf("error = %s %v, class %v, want http.timeout %s", codeOf(err), err, retry.ClassesOf(err), test.message)
			}
			if took := time.Since(began); took > 5*time.Second { // the kernel alone would try for two minutes
				t.Errorf("it took %v", took)
			}
		})
	}
}
