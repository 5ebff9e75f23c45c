package serve

import (
	"bufio"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
)

func TestEventFormat(t *testing.T) {
	p := func(s string) *string { return &s }
	n := 1500
	for _, tt := range []struct {
		name string
		e    event
		want string
		err  string
	}{
		{"data", event{data: p("a")}, "data: a\n\n", ""},
		{"lines", event{data: p("a\nb\r\nc\rd")}, "data: a\ndata: b\ndata: c\ndata: d\n\n", ""},
		{"empty data", event{data: p("")}, "data: \n\n", ""},
		{"all", event{p("tick"), p("x"), p("7"), &n}, "event: tick\nid: 7\nretry: 1500\ndata: x\n\n", ""},
		{"a line break in event", event{name: p("a\nb")}, "", "event: a line break"},
		{"a line break in id", event{id: p("a\rb")}, "", "id: a line break"},
		{"nothing", event{}, "", "needs event, data, id or retry"},
	} {
		got, err := tt.e.format()
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s = %q, %v; want %q, %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add("e", "a\nb", "1")
	f.Fuzz(func(t *testing.T, name, data, id string) {
		text, err := event{name: &name, data: &data, id: &id}.format()
		if err != nil {
			return
		}
		if body, ok := strings.CutSuffix(text, "\n\n"); !ok || strings.Contains(body, "\n\n") {
			t.Errorf("%q is not one event", text)
		}
		for line := range strings.Lines(strings.TrimSuffix(text, "\n")) {
			if field, _, ok := strings.Cut(line, ": "); !ok || field != "event" && field != "data" && field != "id" {
				t.Errorf("line %q of %q is none that was asked for", line, text)
			}
		}
	})
}

func TestEvents(t *testing.T) {
	s := start(t, `
		http.serve(0, {GET = {
			["/three"] = function() return {sse = function(send)
				send{event = "e", data = "a\nb", id = "1"}
				send("text")
				send{data = 3}
			end, headers = {["X-A"] = "b"}} end,
			["/bad"] = function() return {sse = function(send) send{evnt = "x"} end} end,
		}}, {host = "127.0.0.1", on_listen = listening, handler_timeout = 0.2, metrics = true})`)
	got := s.ask("GET", "/three", "")
	if want := "event: e\nid: 1\ndata: a\ndata: b\n\ndata: text\n\ndata: 3\n\n"; got.body != want {
		t.Errorf("events = %q, want %q", got.body, want)
	}
	if got.header.Get("Content-Type") != "text/event-stream" || got.header.Get("Cache-Control") != "no-cache" || got.header.Get("X-A") != "b" {
		t.Errorf("header = %v, want that of an event stream", got.header)
	}
	s.raw("GET /bad HTTP/1.1\r\nHost: x\r\n\r\n") // it is broken off
	if record := logged(t, s, "/bad"); !strings.Contains(record["error"], "unknown option 'evnt': did you mean 'event'?") {
		t.Errorf("a mistyped field is logged as %v", record)
	}
}

// A stream lasts longer than handler_timeout, and ends when the client leaves.
func TestStreamEndsWithClient(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function() return {sse = function(send)
		while true do send("tick") sleep(0.01) end
	end} end}}, {host = "127.0.0.1", on_listen = listening, handler_timeout = 0.05, metrics = true})`)
	conn := s.dial()
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body := bufio.NewReader(answer.Body)
	for range 40 {
		if _, err := body.ReadString('\n'); err != nil {
			t.Fatalf("the stream has ended: %v", err)
		}
	}
	_ = conn.Close()
	until(t, "the handler ends when its client has left", func() bool {
		return strings.Contains(s.ask("GET", "/metrics", "").body, "assay_tasks 1\n")
	})
}

// Any task may send: what they send comes one behind the other, until the stream has ended.
func TestTasksShareAStream(t *testing.T) {
	s := start(t, `local kept
		http.serve(0, {GET = {
			["/"] = function() return {sse = function(send)
				kept = send
				local tasks = {}
				for i = 1, 4 do
					tasks[i] = async.spawn(function() for _ = 1, 50 do send(("x"):rep(i)) end end)
				end
				async.all(tasks)
			end} end,
			["/late"] = function() return {body = tostring(select(2, pcall(kept, "late")))} end,
		}}, {host = "127.0.0.1", on_listen = listening})`)
	counts := make(map[string]int)
	for event := range strings.SplitSeq(s.ask("GET", "/", "").body, "\n\n") {
		counts[event]++
	}
	want := map[string]int{"data: x": 50, "data: xx": 50, "data: xxx": 50, "data: xxxx": 50, "": 1}
	if !maps.Equal(counts, want) {
		t.Errorf("events: %v, want %v", counts, want)
	}
	if got := s.ask("GET", "/late", "").body; !strings.Contains(got, errEnded.Error()) {
		t.Errorf("a late event: %q", got)
	}
}

func TestAnotherTaskAcceptsNoWebSocket(t *testing.T) {
	s := start(t, `http.serve(0, {GET = {["/"] = function(req)
			local err = async.spawn(function() return tostring(select(2, pcall(ws.accept, req))) end):await()[1]
			return {body = err}
		end}}, {host = "127.0.0.1", on_listen = listening})`)
	if got := s.ask("GET", "/", "").body; !strings.Contains(got, "by the handler of the request itself") {
		t.Errorf("got %q\n%s", got, s.log)
	}
}
