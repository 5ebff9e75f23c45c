package ws

import (
	"errors"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assay.rs/mod-http"
)

// open makes a session with a path of the server.
func open(t *testing.T, path string, subprotocols ...string) *Session {
	t.Helper()
	url := "http" + strings.TrimPrefix(server(t, httptest.NewServer), "ws") + path
	client := http.NewClient(http.Options{}, http.Environment{})
	t.Cleanup(func() { _ = client.Close() })
	shake, err := NewHandshake(subprotocols)
	if err != nil {
		t.Fatal(err)
	}
	answer, on, err := client.Upgrade(t.Context(), http.Request{URL: url, Options: http.Options{Headers: shake.Header}}, "websocket")
	if err != nil || answer.Status != nethttp.StatusSwitchingProtocols {
		t.Fatalf("%+v, %v", answer, err)
	}
	s, err := shake.Open(answer, on, DefaultMaxMessage)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSessionSendsAndReceives(t *testing.T) {
	s := open(t, "/echo", "chat")
	if s.Subprotocol != "chat" {
		t.Errorf("subprotocol %q, want chat", s.Subprotocol)
	}
	for _, text := range []string{"", "hello", strings.Repeat("ä", 100), strings.Repeat("x", 70_000)} {
		if err := s.Send(text); err != nil {
			t.Fatal(err)
		}
		got, binary, err := s.Next()
		if err != nil || binary || string(got) != text {
			t.Errorf("got %d bytes, binary %v, %v; want %d bytes of text", len(got), binary, err, len(text))
		}
	}
	if err := s.Ping(); err != nil {
		t.Errorf("ping: %v", err)
	}
}

func TestSessionIsToldOfTheEnd(t *testing.T) {
	_, _, err := open(t, "/close").Next()
	closed, ok := errors.AsType[*Closed](err)
	if !ok || closed.Code != 4001 || closed.Reason != "enough" {
		t.Errorf("got %v, want the code 4001 and its reason", err)
	}
	if got, want := err.Error(), "connection closed by the other end: 4001 enough"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUpgradeThatIsRefused(t *testing.T) {
	url := "http" + strings.TrimPrefix(server(t, httptest.NewServer), "ws")
	client := http.NewClient(http.Options{}, http.Environment{})
	t.Cleanup(func() { _ = client.Close() })
	answer, on, err := client.Upgrade(t.Context(), http.Request{URL: url + "/plain"}, "websocket")
	if err != nil || on != nil || answer.Status != nethttp.StatusTeapot {
		t.Errorf("%+v, %v, %v; want status 418 and no connection", answer, on, err)
	}
}
