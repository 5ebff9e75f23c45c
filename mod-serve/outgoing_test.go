package serve

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// What clients do not take of answers and events is the host's, and has so much room together: over it the newcomer
// gets 503, or the end of its stream; the others and the script go on.
func TestWhatClientsDoNotTakeIsBounded(t *testing.T) {
	s := start(t, `
local large = ("x"):rep(20 * 2^20)
http.serve(0, {GET = {
  ["/"] = function() return {body = "hello"} end,
  ["/large"] = function() return {body = large} end,
  ["/events"] = function() return {sse = function(send) while true do send(large) end end} end,
}}, {host = "127.0.0.1", on_listen = listening})`)
	for _, path := range []string{"/large", "/events"} {
		t.Run(path, func(t *testing.T) {
			var held []net.Conn
			for range 6 {
				conn := s.dial()
				t.Cleanup(func() { _ = conn.Close() })
				held = append(held, conn)
				if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
					t.Fatal(err)
				}
			}
			until(t, "there is no room for a newcomer", func() bool {
				got := s.raw("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
				return strings.HasPrefix(got, "HTTP/1.1 503") && strings.Contains(got, "Retry-After: 1\r\n")
			})
			if got := s.ask("GET", "/", "").String(); got != "200 hello" {
				t.Errorf("an honest client got %s, want 200 hello", got)
			}
			for _, conn := range held {
				_ = conn.Close()
			}
			until(t, "the room is given back", func() bool { return s.ask("GET", "/large", "").status == 200 })
		})
	}
	if !strings.Contains(s.log.String(), "clients do not take") {
		t.Errorf("the log has %q, want that clients do not take what they ask for", s.log.String())
	}
}

func TestRoomThatIsHeld(t *testing.T) {
	s := &server{}
	s.out.open(100, &s.reserved)
	for _, tt := range []struct {
		n, free int64
		want    string
	}{
		{10, 10, "true 100"},
		{11, 10, "true 89"},
		{100, 0, "true 0"},
		{101, 0, "false 100"},
	} {
		release, ok := s.out.hold(tt.n, tt.free)
		if got := fmt.Sprint(ok, " ", s.out.left.Load()); got != tt.want {
			t.Errorf("hold(%d, %d) = %s, want %s", tt.n, tt.free, got, tt.want)
		}
		if ok {
			release()
		}
		if got := s.out.left.Load(); got != 100 {
			t.Errorf("hold(%d, %d): %d left after release, want 100", tt.n, tt.free, got)
		}
	}
}
