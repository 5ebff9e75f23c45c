package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/tool/cli"
)

// VMs end at any moment of whatever their tasks do, and none of them waits for ever: in generators, in pcall, with
// channels, while a closer runs, in requests.
func TestEndHammer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	defer server.Close()
	rounds := 40
	if testing.Short() {
		rounds = 10
	}
	rt, err := core.New(core.Config{Modules: modules(cli.Setting{}), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for name, work := range map[string]string{
		"generators":               `local gen = coroutine.wrap(function() local x <close> = closing() local i = 0 while true do i = i + 1 coroutine.yield(i) end end) while true do gen() end`,
		"generators that are left": `local function gen() return coroutine.wrap(function() local x <close> = closing() coroutine.yield(1) end) end while true do for _ in gen() do break end end`,
		"nested generators":        `local function nest(n) return coroutine.wrap(function() local inner = n > 0 and nest(n - 1) while true do coroutine.yield(inner and inner() or 1) end end) end local g = nest(5) while true do g() end`,
		"pcall":                    `while true do pcall(function() local x <close> = closing() pcall(sleep, 0.0001) error("again") end) end`,
		"coroutines in pcall":      `while true do pcall(coroutine.wrap(function() pcall(function() local x <close> = closing() coroutine.yield() end) end)) end`,
		"channels":                 `local ch = async.channel(1) async.spawn(function() for v in ch.recv do end end) while true do ch:send(1) end`,
		"tasks":                    `while true do local h = async.spawn(function() local x <close> = closing() sleep(0.0001) end) if math.random(2) == 1 then h:cancel() end pcall(h.await) end`,
		"closers":                  `while true do local x <close> = setmetatable({}, {__close = function() sleep(0.0001) end}) end`,
		"requests":                 `while true do local x <close> = closing() pcall(http.get, URL) end`,
		"closed coroutines":        `while true do local co = coroutine.create(function() local x <close> = closing() coroutine.yield() end) coroutine.resume(co) coroutine.close(co) end`,
	} {
		t.Run(name, func(t *testing.T) {
			chunk, err := core.Compile("hammer.lua", []byte(`
				local closed = 0
				local function closing() return setmetatable({}, {__close = function() closed = closed + 1 end}) end
				for i = 1, 3 do async.spawn(function() `+work+` end) end
				sleep(PAUSE)`))
			if err != nil {
				t.Fatal(err)
			}
			for round := range rounds {
				ctx, cancel := context.WithCancel(t.Context())
				vm := rt.Open(core.Host{Limits: core.Limits{Memory: 64 << 20}})
				err := errors.Join(vm.SetGlobal("URL", server.URL), vm.SetGlobal("PAUSE", float64(round)*0.0002))
				if err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() {
					err := vm.Run(ctx, chunk)
					vm.Close()
					ended <- err
				}()
				if round%3 == 0 {
					cancel()
				}
				select {
				case err := <-ended:
					if err != nil && !errors.Is(err, context.Canceled) {
						t.Errorf("round %d: %v", round, err)
					}
				case <-time.After(time.Minute):
					panic(fmt.Sprintf("round %d: the VM does not end", round)) // with the stacks of all goroutines
				}
				cancel()
			}
		})
	}
}
