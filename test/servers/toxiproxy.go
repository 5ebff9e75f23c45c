package servers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"testing"
)

// Toxiproxy stands before a server on loopback, and spoils what passes when it is told to.
type Toxiproxy struct {
	Port int // that clients connect to
	api  string
}

// Before runs a Toxiproxy before the server on a port.
func Before(t testing.TB, port int) *Toxiproxy {
	t.Helper()
	name := program(t, "toxiproxy", "the Go module github.com/Shopify/toxiproxy")
	api := freePort(t)
	p := &Toxiproxy{api: "http://" + loopback(api)}
	running := start(t, name, "-host", "127.0.0.1", "-port", strconv.Itoa(api))
	running.waitUntil(t, func(ctx context.Context) error { return p.ask(ctx, http.MethodGet, "/version", nil, nil) })
	var made struct{ Listen string }
	p.tell(t, "/proxies", map[string]any{"name": "server", "listen": loopback(0), "upstream": loopback(port), "enabled": true}, &made)
	_, text, err := net.SplitHostPort(made.Listen)
	if err == nil {
		p.Port, err = strconv.Atoi(text)
	}
	if err != nil {
		t.Fatalf("toxiproxy listens on %q: %v", made.Listen, err)
	}
	return p
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Add spoils what passes through all connections, new ones too, in one direction: "upstream" or "downstream".
// The toxics and their attributes are those of https://github.com/Shopify/toxiproxy.
func (p *Toxiproxy) Add(t testing.TB, toxic, stream string, attributes map[string]int) {
	t.Helper()
	p.tell(t, "/proxies/server/toxics", map[string]any{"type": toxic, "stream": stream, "attributes": attributes}, nil)
}

// Silence lets nothing pass, in either direction and through new connections too, and tells nobody.
func (p *Toxiproxy) Silence(t testing.TB) {
	t.Helper()
	for _, stream := range []string{"upstream", "downstream"} {
		p.Add(t, "timeout", stream, map[string]int{"timeout": 0})
	}
}

// Cut ends all connections, and lets new ones pass.
func (p *Toxiproxy) Cut(t testing.TB) {
	t.Helper()
	for _, enabled := range []bool{false, true} {
		p.tell(t, "/proxies/server", map[string]any{"enabled": enabled}, nil)
	}
}

// Heal lets everything pass again. A connection whose bytes were dropped is closed.
func (p *Toxiproxy) Heal(t testing.TB) {
	t.Helper()
	p.tell(t, "/reset", nil, nil)
}

func (p *Toxiproxy) tell(t testing.TB, path string, body, answer any) {
	t.Helper()
	if err := p.ask(t.Context(), http.MethodPost, path, body, answer); err != nil {
		t.Fatal(err)
	}
}

func (p *Toxiproxy) ask(ctx context.Context, method, path string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, p.api+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: status %d, %w: %s", method, path, resp.StatusCode, err, said)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(said, answer)
}
