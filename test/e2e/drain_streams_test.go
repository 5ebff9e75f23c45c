package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// streamService holds its clients in every way: handlers that loop, that swallow errors, that wait, that send.
const streamService = `
local big = ("x"):rep(1000000)
local function held(kind, name, f)
  return function()
    return {[kind] = function(peer)
      local x <close> = setmetatable({}, {__close = function() print("closed " .. name) end})
      print("in " .. name)
      f(peer)
    end}
  end
end
local routes, hung = {}, "http://" .. arg[1]
for name, f in pairs({
  loop = function() while true do end end,
  swallow = function() while true do pcall(function() while true do end end) end end,
  sleep = function() sleep(1000) end,
  fetch = function() http.get(hung) end,
}) do
  routes["/ws-" .. name], routes["/sse-" .. name] = held("ws", "ws-" .. name, f), held("sse", "sse-" .. name, f)
end
routes["/ws-recv"] = held("ws", "ws-recv", function(c) while true do c:recv() end end)
routes["/ws-deaf"] = held("ws", "ws-deaf", function(c) while true do pcall(c.recv, c) end end)
routes["/ws-send"] = held("ws", "ws-send", function(c) while true do c:send(big) end end)
routes["/sse-send"] = held("sse", "sse-send", function(send) while true do send(big) end end)
routes["/sse-deaf"] = held("sse", "sse-deaf", function(send) while true do pcall(send, "x") sleep(0.01) end end)
http.serve(0, {GET = routes}, {host = "127.0.0.1", shutdown_grace = tonumber(arg[2]), on_listen = print})`

var streamHandlers = strings.Fields("ws-loop ws-swallow ws-sleep ws-fetch ws-recv ws-deaf ws-send sse-loop sse-swallow sse-sleep sse-fetch sse-send sse-deaf")

// At SIGTERM each stream ends within its time, whatever its handler does, and handlers give back what they hold.
func TestTermEndsStreams(t *testing.T) {
	for _, test := range []struct {
		name   string
		agree  bool // clients read, and agree to the end
		grace  time.Duration
		within time.Duration
		code   int
	}{
		{"clients that read nothing", false, 2 * time.Second, 6 * time.Second, 143},
		{"clients that agree", true, 20 * time.Second, 15 * time.Second, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			hung, err := net.Listen("tcp", "127.0.0.1:0") // nobody answers
			if err != nil {
				t.Fatal(err)
			}
			defer hung.Close()
			file := filepath.Join(t.TempDir(), "service.lua")
			if err := os.WriteFile(file, []byte(streamService), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), file, hung.Addr().String(), fmt.Sprint(test.grace.Seconds()))
			var log bytes.Buffer
			cmd.Stderr = &log
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			printed := bufio.NewScanner(stdout)
			printed.Scan()
			for _, name := range streamHandlers {
				client := openStream(t, "127.0.0.1:"+printed.Text(), name)
				if test.agree {
					go agree(client, strings.HasPrefix(name, "ws"))
				}
			}
			var in, closed []string
			for len(in) < len(streamHandlers) && printed.Scan() {
				in = append(in, strings.TrimPrefix(printed.Text(), "in "))
			}
			sent := time.Now()
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			for printed.Scan() {
				closed = append(closed, strings.TrimPrefix(printed.Text(), "closed "))
			}
			_ = cmd.Wait() // its exit code is read below
			took := time.Since(sent)
			slices.Sort(in)
			slices.Sort(closed)
			if !slices.Equal(in, closed) {
				t.Errorf("in handlers %v, given back %v", in, closed)
			}
			if code := cmd.ProcessState.ExitCode(); code != test.code || took > test.within {
				t.Errorf("exit code %d after %s, want %d within %s; log:\n%s", code, took, test.code, test.within, log.String())
			}
		})
	}
}

// openStream asks for an event stream or a WebSocket, by the name of its handler.
func openStream(t *testing.T, address, name string) net.Conn {
	t.Helper()
	client, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() }) // the other end may have closed it
	upgrade := ""
	if strings.HasPrefix(name, "ws") {
		upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	}
	if _, err := fmt.Fprintf(client, "GET /%s HTTP/1.1\r\nHost: x\r\n%s\r\n", name, upgrade); err != nil {
		t.Fatal(err)
	}
	return client
}

// agree reads what comes. A WebSocket is closed when the other end says 1001.
func agree(client net.Conn, socket bool) {
	buf := make([]byte, 1<<20)
	last := []byte{}
	for {
		n, err := client.Read(buf)
		if last = append(last[max(0, len(last)-1):], buf[:n]...); err != nil || socket && bytes.Contains(last, []byte{3, 0xe9}) {
			break
		}
	}
	_, _ = client.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 3, 0xe9}) // a close frame
	_ = client.Close()
}
