package inspect_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/core/prelude"
)

func TestShow(t *testing.T) {
	for source, want := range map[string]string{
		`nil`:       "nil",
		`1.5`:       "1.5",
		`"a\"\n\0"`: `"a\"\n\000"`,
		`{}`:        "{}",
		`{1, {2}, x = "y", ["a b"] = true, ["end"] = 1, [10] = 0}`: `{1, {2}, [10] = 0, ["a b"] = true, ["end"] = 1, x = "y"}`,
		`(function() local t = {} t.t = t return t end)()`:         "{t = <cycle>}",
		`print`:          "builtin function",
		`function() end`: "function (test.lua:1)",
		`{string.rep("x", 50), string.rep("y", 50)}`: "{\n  \"" + strings.Repeat("x", 50) + "\",\n  \"" + strings.Repeat("y", 50) + "\"\n}",
	} {
		got := coretest.Kit{Policy: core.CheckPolicy()}.Exec(t, "test.lua", "assert.eq(inspect("+source+"), "+quoted(want)+")")
		if got.Err != nil {
			t.Errorf("%s: %v", source, got.Err)
		}
	}
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// What is shown is bounded, whatever refers to what; and so is the time and the memory that it takes.
func TestShowIsBounded(t *testing.T) {
	for name, source := range map[string]string{
		"tables that hold each other a hundred times": `local t = {} for _ = 1, 12 do local outer = {} for i = 1, 100 do outer[i] = t end t = outer end return t`,
		"fields that do":   `local t = {} for _ = 1, 12 do local outer = {} for i = 1, 100 do outer["k" .. i] = t end t = outer end return t`,
		"a long text":      `return string.rep("\0", 1e6)`,
		"a long key":       `return {[string.rep("x", 1e6)] = 1}`,
		"many fields":      `local t = {} for i = 1, 1e5 do t["k" .. i] = i end return t`,
		"an endless chain": `local t = {} for _ = 1, 1e5 do t = {t} end return t`,
	} {
		t.Run(name, func(t *testing.T) {
			rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.CheckPolicy()})
			if err != nil {
				t.Fatal(err)
			}
			chunk, err := core.Compile("test.lua", []byte("local n = #inspect((function() "+source+" end)()) assert(n > 10 and n < 1e6, n)"))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			vm := rt.Open(core.Host{Limits: core.Limits{Memory: 64 << 20}})
			defer vm.Close()
			if err := vm.Run(ctx, chunk); err != nil {
				t.Error(err)
			}
		})
	}
}
