package serve

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"assay.rs/core"
)

// What is in flight when the script is told to end is answered, and nothing new is taken.
func TestDrain(t *testing.T) {
	s := start(t, `
		local waiting, go = 0, false
		http.serve(0, {GET = {
			["/slow"] = function() waiting = waiting + 1 while not go do sleep(0.002) end return {body = "done"} end,
			["/waiting"] = function() return {body = tostring(waiting)} end,
			["/go"] = function() go = true return {body = "ok"} end,
			["/events"] = function() return {sse = function(send) while true do send("x") sleep(0.01) end end} end,
		}}, {host = "127.0.0.1", on_listen = listening, ready = true, shutdown_delay = 1})`)
	const n = 20
	var answers sync.WaitGroup
	for range n {
		answers.Go(func() {
			if got := s.ask("GET", "/slow", "").String(); got != "200 done" {
				t.Errorf("a request in flight = %s, want 200 done", got)
			}
		})
	}
	answers.Go(func() { s.ask("GET", "/events", "") }) // ends with the server
	until(t, "the requests are in flight", func() bool { return s.ask("GET", "/waiting", "").body == "20" })
	s.end(errTold)
	until(t, "readiness fails", func() bool { return s.ask("GET", "/readyz", "").status == http.StatusServiceUnavailable })
	// It closes the connection behind its answer: raw would not return otherwise.
	if got := s.raw("GET /go HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasSuffix(got, "ok") || !strings.Contains(got, "Connection: close\r\n") {
		t.Errorf("a draining server answers %q, want ok with Connection: close", got)
	}
	answers.Wait()
	if err := s.stop(); !errors.Is(err, errTold) {
		t.Errorf("Run = %v, want that it was told to end", err)
	}
	if !s.vm.Drained() {
		t.Error("Drained = false, want true")
	}
}

func TestDrainGivesUp(t *testing.T) {
	s := start(t, `
		local started = false
		http.serve(0, {GET = {["/"] = function() started = true while true do sleep(0.01) end end, ["/started"] = function() return {body = tostring(started)} end}},
		{host = "127.0.0.1", on_listen = listening, shutdown_grace = 0.05})`)
	answer := make(chan string, 1)
	conn := s.dial()
	defer conn.Close()
	go func() {
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		all, _ := io.ReadAll(conn)
		answer <- string(all)
	}()
	until(t, "the handler runs", func() bool { return s.ask("GET", "/started", "").body == "true" })
	if err := s.stop(); !errors.Is(err, errTold) {
		t.Errorf("Run = %v, want that it was told to end", err)
	}
	if s.vm.Drained() {
		t.Error("Drained = true although a request was ended")
	}
	if got := <-answer; strings.Contains(got, "200 OK") {
		t.Errorf("the request that was ended = %q", got)
	}
	if !strings.Contains(s.log.String(), "1 requests were still running") {
		t.Errorf("log = %s, want that a request was still running", s.log)
	}
}

func TestSeveralServers(t *testing.T) {
	s := start(t, `
		local first
		http.serve(0, {GET = {["/"] = function() return {body = "first"} end}}, {host = "127.0.0.1", on_listen = function(port)
			first = port
			assert.eq(_SERVER_PORT, port)
			http.serve(0, {GET = {["/"] = function() return {body = http.get("http://127.0.0.1:" .. first .. "/").body .. " second"} end}},
				{host = "127.0.0.1", on_listen = listening})
		end})`)
	if got := s.ask("GET", "/", "").String(); got != "200 first second" {
		t.Errorf("got %s, want 200 first second", got)
	}
	_ = s.stop()
	if !s.vm.Drained() {
		t.Error("Drained = false, want true")
	}
}

// os.exit in a handler ends the script with its status.
func TestExitInHandler(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function() os.exit(3) end}}, {host = "127.0.0.1", on_listen = listening})`)
	if got := s.ask("GET", "/", "").status; got != http.StatusServiceUnavailable {
		t.Errorf("status = %d, want 503", got)
	}
	<-s.done
	var exit *core.Exit
	if !errors.As(s.err, &exit) || exit.Status != 3 {
		t.Errorf("Run = %v, want exit status 3", s.err)
	}
}

func TestPortInUse(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function()
		local ok, e = pcall(http.serve, _SERVER_PORT, {GET = {["/"] = function() end}}, {host = "127.0.0.1"})
		return {body = e.code .. " " .. e.message}
	end}}, {host = "127.0.0.1", on_listen = listening})`)
	if got := s.ask("GET", "/", "").body; !strings.HasPrefix(got, "http.listen listen tcp 127.0.0.1:") {
		t.Errorf("got %q, want code http.listen", got)
	}
}
