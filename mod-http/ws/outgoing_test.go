package ws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A client that takes nothing holds up whoever sends to it for so long, and no longer; where there is no room for what
// is sent, the connection is closed.
func TestClientThatTakesNothing(t *testing.T) {
	sockets := New()
	for name, tt := range map[string]struct {
		o    AcceptOptions
		want string
	}{
		"patience": {AcceptOptions{Patience: 50 * time.Millisecond}, "has taken nothing for 50ms"},
		"room":     {AcceptOptions{Out: func(int64) (func(), bool) { return nil, false }}, "too large together"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := make(chan error, 1)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conn, err := sockets.Accept(w, r, tt.o)
				if err != nil {
					sent <- err
					return
				}
				defer conn.Drop()
				for large := make([]byte, 1<<20); err == nil; {
					err = conn.Send(r.Context(), large, true)
				}
				sent <- err
			}))
			t.Cleanup(s.Close)
			rawClient(t, "ws"+strings.TrimPrefix(s.URL, "http"))
			select {
			case err := <-sent:
				if !strings.Contains(fmt.Sprint(err), tt.want) {
					t.Errorf("Send gave %v, want %q", err, tt.want)
				}
			case <-time.After(patience):
				t.Fatal("Send waits for ever")
			}
		})
	}
}
