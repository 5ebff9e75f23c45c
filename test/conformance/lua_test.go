package conformance

import (
	"os/exec"
	"strings"
	"testing"

	"assay.rs/core/coretest/randomlua"
)

// TestRandomLua runs the same random programs, each time the same ones, under Debian's Lua 5.4.
func TestRandomLua(t *testing.T) {
	lua, err := exec.LookPath("lua5.4")
	needed(t, "lua5.4", err)
	const programs = 100
	right := 0
	for seed := range uint64(programs) {
		text := randomlua.Program(5000+seed, true)
		output := func(program string) string {
			cmd := exec.CommandContext(t.Context(), program, "-")
			cmd.Stdin = strings.NewReader(text)
			out, err := cmd.Output()
			if err != nil {
				return err.Error() + " of " + program
			}
			return string(out)
		}
		if want, got := output(lua), output(assay); got == want {
			right++
		} else {
			t.Logf("program %d:\n%s\ngot:\n%s\nwant:\n%s", seed, text, got, want)
		}
	}
	tally(t, "Lua 5.4, random programs", right, programs)
}
