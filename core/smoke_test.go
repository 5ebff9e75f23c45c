package core

import (
	"bytes"
	"context"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	var out bytes.Buffer
	print := FnRest(Doc{Name: "print", Text: "p", Needs: Log, Level: Check}, NoArg(), Rest("v", Any(), ""), ReturnsNothing(),
		func(c Call, _ None, vs []Value) (None, error) {
			for _, v := range vs {
				out.WriteString(c.ToString(v) + "\t")
			}
			out.WriteString("\n")
			return None{}, nil
		})
	sleep := Fn1(Doc{Name: "sleep", Text: "p", Needs: Wait, Level: Check}, Arg("d", Duration(), ""), ReturnsNothing(), func(c Call, d time.Duration) (None, error) {
		select {
		case <-time.After(d):
			return None{}, nil
		case <-c.Context().Done():
			return None{}, context.Cause(c.Context())
		}
	})
	type o struct{ A int }
	opt := Fn1(Doc{Name: "opt", Text: "p", Needs: Pure, Level: Check}, Opt("d", Record("O", "o", NewKey("timeout", Int(), func(o *o) *int { return &o.A }, "x")), o{A: 4}, ""), Returns(Int(), ""), func(c Call, o o) (int, error) {
		return o.A, nil
	})
	boom := Fn0(Doc{Name: "boom", Text: "p", Needs: Wait, Level: Check}, ReturnsNothing(), func(c Call) (None, error) { panic("aua") })
	rt, err := New(Config{Modules: []Module{{Funcs: []Func{print, sleep, opt, boom}}}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{
		`print(1, "x", nil, 1.5, {} ~= nil) print(("x"):upper(), string.format("%d", 3))`,
		`sleep(0.01) print(pcall(sleep, -1)) print(select(2, pcall(opt, {time_out=1}))) print(opt(), opt{timeout=7})`,
		`opt{timeout="x"}`,
		`opt{timeot=1}`,
		`print(pcall(boom)) local co = coroutine.wrap(function(a) local b = pcall(function() a = coroutine.yield(a+1) end) sleep(0.01) return a, b end) print(co(1)) print(co(5))`,
		`while true do pcall(function() while true do end end) end`,
		`for k, v in ipairs{1,2} do print(k, v) end for k, v in pairs{a=1} do print(k,v) end print(load("return 1+1")())`,
		`local t = nil; t.x = 1`,
		`error({code=1})`, `local function f() error("deep") end f()`,
	} {
		ch, err := Compile("t.lua", []byte(src))
		if err != nil {
			t.Error(err)
			continue
		}
		vm := rt.Open(Host{})
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		err = vm.Run(ctx, ch)
		cancel()
		vm.Close()
		t.Logf("%s\n=> %v %+v\n%s", src, err, err, out.String())
		out.Reset()
	}
}
