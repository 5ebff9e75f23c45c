package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/tool/cli"
)

// A handler gives back what it holds, whatever ends it.
func TestHandlersCloseWhatTheyHold(t *testing.T) {
	for name, test := range map[string]struct{ answer, client string }{
		"a WebSocket that is closed while it receives": {`{ws = function(c) local x <close> = held() while true do c:recv() end end}`, `ws.connect("ws://127.0.0.1:" .. port .. "/"):close()`},
		"a WebSocket that is closed while it waits":    {`{ws = function(c) local x <close> = held() while true do sleep(1) end end}`, `ws.connect("ws://127.0.0.1:" .. port .. "/"):close()`},
		"a WebSocket that is closed, and received from for ever": {
			`{ws = function(c) local x <close> = held() while true do pcall(c.recv, c) sleep(0.01) end end}`, `ws.connect("ws://127.0.0.1:" .. port .. "/"):close()`,
		},
		"a WebSocket that is closed, and sent to for ever": {
			`{ws = function(c) local x <close> = held() while true do pcall(c.send, c, "tick") sleep(0.01) end end}`, `ws.connect("ws://127.0.0.1:" .. port .. "/"):close()`,
		},
		"an event stream whose client leaves": {
			`{sse = function(send) local x <close> = held() send("hello") while true do sleep(1) end end}`,
			`http.sse("http://127.0.0.1:" .. port .. "/", nil, function() return false end)`,
		},
		"a request whose client leaves":  {`(function() local x <close> = held() sleep(60) end)()`, `pcall(http.get, "http://127.0.0.1:" .. port .. "/", {timeout = 0.05})`},
		"a request that takes too long":  {`(function() local x <close> = held() sleep(60) end)()`, `http.get("http://127.0.0.1:" .. port .. "/slow")`},
		"a request at the end of all":    {`(function() local x <close> = held() sleep(60) end)()`, `async.spawn(http.get, "http://127.0.0.1:" .. port .. "/") repeat sleep(0.001) until holds > 0 os.exit(0)`},
		"a WebSocket at the end of all":  {`{ws = function(c) local x <close> = held() while true do sleep(1) end end}`, `ws.connect("ws://127.0.0.1:" .. port .. "/") repeat sleep(0.001) until holds > 0 os.exit(0)`},
		"a handler that has been so far": {`(function() local x <close> = held() return {body = "x"} end)()`, `http.get("http://127.0.0.1:" .. port .. "/")`},
	} {
		t.Run(name, func(t *testing.T) {
			got, log := runServing(t, `
				holds, gave = 0, 0
				function held() holds = holds + 1 return setmetatable({}, {__close = function() holds = holds - 1 print("given back") end}) end
				local function handler() return `+test.answer+` end
				http.serve(0, {GET = {["/"] = handler, ["/slow"] = handler}}, {host = "127.0.0.1", shutdown_grace = 0.2,
					handler_timeout = `+map[bool]string{true: "0.2", false: "60"}[strings.Contains(test.client, "slow")]+`,
					on_listen = function(port)
						`+test.client+`
						for i = 1, 2000 do if holds == 0 then break end sleep(0.01) end
						if holds > 0 then print("held for 20 s") end
						os.exit(0)
					end})`)
			if got != "given back\n" {
				t.Errorf("printed %q, want that it is given back; log:\n%s", got, log)
			}
			if strings.Contains(log, "good order") && strings.Contains(log, "os.exit") {
				t.Errorf("os.exit is logged as a failure of the server:\n%s", log)
			}
		})
	}
}

func runServing(t *testing.T, source string) (printed, logged string) {
	t.Helper()
	rt, err := core.New(core.Config{Modules: modules(cli.Setting{}), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("serving.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var out, log lockedText
	vm := rt.Open(core.Host{Stdout: &out, Log: log.logger()})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = vm.Run(ctx, chunk)
	vm.Close()
	if exit, ok := errors.AsType[*core.Exit](err); !ok || exit.Status != 0 {
		t.Errorf("Run = %v, want the exit status 0", err)
	}
	return out.String(), log.String()
}
