// Command lua measures Lua code under assay beside the same code under lua5.1. It prints a table and writes
// it to latest.md in its folder. Figures are medians of runs that take turns.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"assay.rs/test/internal/cost"
	"assay.rs/test/internal/stage"
)

const rounds = 5

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// work is Lua that takes lua5.1 some tenths of a second.
type work struct{ name, source string }

func works() []work {
	return []work{
		{"calls", `local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end assert(fib(27) == 196418)`},
		{"string.find, plain", `local s = ("x"):rep(1e4) .. "needle" for i = 1, 2e4 do assert(s:find("needle", 1, true)) end`},
		{"string.find, pattern", `local s = ("ab12 "):rep(200) .. "key=value" for i = 1, 2e3 do assert(s:find("(%a+)=(%a+)")) end`},
		{"string.gsub", `local s = ("a,b;c "):rep(2000) for i = 1, 50 do s:gsub("[,;]", "%0%0") end`},
		{"string.gsub, function", `local s = ("word "):rep(2000) for i = 1, 30 do s:gsub("%a+", function(w) return w .. "s" end) end`},
		{"string.gmatch", `local s, n = ("k=v, "):rep(5000), 0 for i = 1, 20 do for k, v in s:gmatch("(%w+)=(%w+)") do n = n + 1 end end assert(n == 1e5)`},
		{"string.format", `for i = 1, 3e5 do local s = ("%d %s %5.2f %x"):format(i, "text", i / 3, i) end`},
		{"string.rep, sub, byte", `for i = 1, 3e5 do local s = ("ab"):rep(20) local c = s:sub(3, 9):byte(2) end`},
		{"concatenation", `for j = 1, 200 do local t = {} for i = 1, 1000 do t[i] = "item " .. i .. "," end table.concat(t) end`},
		{"table.sort", `local t = {} for i = 1, 2e5 do t[i] = (i * 7919) % 200003 end table.sort(t)`},
		{"tables", `for j = 1, 10 do local t = {} for i = 1, 5e4 do t[i] = {x = i} end end`},
	}
}

func run(ctx context.Context) error {
	lua, err := exec.LookPath("lua5.1")
	if err != nil {
		return err
	}
	s, err := stage.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	assay, err := s.Binary(ctx, "assay")
	if err != nil {
		return err
	}
	var table strings.Builder
	fmt.Fprintf(&table, "Lua under assay, with its limits, beside lua5.1; medians of %d runs that took turns.\n\n", rounds)
	table.WriteString("| work | assay CPU ms | lua5.1 CPU ms | ratio |\n| --- | --- | --- | --- |\n")
	for _, work := range works() {
		file := filepath.Join(s.Dir, "work.lua")
		if err := os.WriteFile(file, []byte(work.source), 0o600); err != nil {
			return err
		}
		var ours, theirs []cost.Cost
		for range rounds {
			c, err := cost.Run(ctx, io.Discard, assay, "--memory", "256MB", file)
			if err != nil {
				return fmt.Errorf("%s: %w", work.name, err)
			}
			ours = append(ours, c)
			if c, err = cost.Run(ctx, io.Discard, lua, file); err != nil {
				return fmt.Errorf("%s: %w", work.name, err)
			}
			theirs = append(theirs, c)
		}
		a, l := cost.Median(ours).CPU, cost.Median(theirs).CPU
		fmt.Fprintf(&table, "| %s | %s | %s | %.2f |\n", work.name, cost.Milliseconds(a), cost.Milliseconds(l), float64(a)/float64(l))
	}
	return s.Publish("lua", table.String())
}
