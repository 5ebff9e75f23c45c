package e2e

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// What a server says without being asked is on nobody's screen.
func TestStrayAnswerIsNotPrinted(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	serving.Go(func() {
		first, err := listener.Accept()
		if err != nil {
			return
		}
		defer first.Close()
		buffer := make([]byte, 4096)
		_, _ = first.Read(buffer)
		_, _ = io.WriteString(first, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		second, err := listener.Accept() // the script goes on
		if err != nil {
			return
		}
		defer second.Close()
		_, _ = second.Read(buffer)
		_, _ = io.WriteString(first, "STRAY")
		_, _ = io.Copy(io.Discard, first) // until the client has closed the connection for it
		_, _ = io.WriteString(second, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbye")
	})
	script := filepath.Join(t.TempDir(), "stray.lua")
	source := strings.ReplaceAll(`
		print(http.get("URL").body)
		print(http.client():get("URL").body)`, "URL", "http://"+listener.Addr().String())
	if err := os.WriteFile(script, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, filepath.Join(built, "assay"), script)
	if got.code != 0 || got.stdout != "ok\nbye\n" || got.stderr != "" {
		t.Errorf("exit code %d, stdout %q, stderr %q", got.code, got.stdout, got.stderr)
	}
}
