package serve

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Handlers that wait overlap: each of these needs all the others to have begun.
func TestWaitingOverlaps(t *testing.T) {
	s := start(t, `local here = 0
		http.serve(0, {GET = {["/"] = function()
			here = here + 1
			while here < 50 do sleep(0.002) end
			return {body = "met"}
		end}}, {host = "127.0.0.1", on_listen = listening})`)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got := s.ask("GET", "/", "").String(); got != "200 met" {
				t.Errorf("got %s, want 200 met", got)
			}
		})
	}
	all.Wait()
}

// A handler in an endless loop is ended, and others are answered meanwhile.
func TestEndlessLoop(t *testing.T) {
	s := start(t, `local looping = false
		http.serve(0, {GET = {
			["/loop"] = function() looping = true while true do end end,
			["/pcall"] = function() while true do pcall(function() while true do end end) end end,
			["/looping"] = function() return {body = tostring(looping)} end,
		}}, {host = "127.0.0.1", on_listen = listening, handler_timeout = 1})`)
	began := time.Now()
	loop := make(chan reply, 2)
	go func() { loop <- s.ask("GET", "/loop", "") }()
	until(t, "others are answered", func() bool { return s.ask("GET", "/looping", "").body == "true" })
	go func() { loop <- s.ask("GET", "/pcall", "") }()
	for range 2 {
		if got := (<-loop).String(); got != "503 timed out" {
			t.Errorf("an endless loop = %s, want 503 timed out", got)
		}
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the loops were ended after %s, want about handler_timeout", took)
	}
}

// Requests of all kinds at once, some of which fail, lose nothing of each other.
func TestServerHammer(t *testing.T) {
	s := start(t, `
		local total = 0
		http.serve(0, {
			GET = {
				["/add/{n}"] = function(req) total = total + tonumber(req.params.n) if tonumber(req.params.n) % 3 == 0 then sleep(0.001) end return {json = {n = req.params.n}} end,
				["/raise/{n}"] = function(req) local t = setmetatable({}, {__index = function() error("no") end}) return {body = t.x} end,
				["/total"] = function() return {body = tostring(total)} end,
			},
			POST = {["/echo"] = function(req) return {body = req.body} end},
			middleware = {function(req, next) return next(req) end},
		}, {host = "127.0.0.1", on_listen = listening})`)
	const workers, each = 16, 60
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range each {
				n := w*each + i
				ask(t, client, "GET", s.url(fmt.Sprintf("/add/%d", n)), "", fmt.Sprintf(`200 {"n":"%d"}`, n))
				ask(t, client, "GET", s.url(fmt.Sprintf("/raise/%d", n)), "", "500 internal server error")
				ask(t, client, "POST", s.url("/echo"), strings.Repeat("x", n), "200 "+strings.Repeat("x", n))
			}
		})
	}
	all.Wait()
	n := workers * each
	if got, want := s.ask("GET", "/total", "").body, fmt.Sprint(n*(n-1)/2); got != want {
		t.Errorf("total = %s, want %s", got, want)
	}
}

func ask(t *testing.T, client *http.Client, method, url, body, want string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	answer, err := client.Do(req)
	if err != nil {
		t.Errorf("%s %s: %v", method, url, err)
		return
	}
	defer answer.Body.Close()
	var got strings.Builder
	fmt.Fprintf(&got, "%d ", answer.StatusCode)
	if _, err := fmt.Fprint(&got, readAll(answer)); err != nil || got.String() != want {
		t.Errorf("%s %s = %.60q, want %.60q", method, url, got.String(), want)
	}
}

func readAll(answer *http.Response) string {
	var b strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := answer.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			return b.String()
		}
	}
}
