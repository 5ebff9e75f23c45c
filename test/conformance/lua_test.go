package conformance

import (
	"os/exec"
	"strings"
	"testing"

	"assay.rs/core/coretest/randomlua"
)

// TestRandomLua runs random programs, each time the same ones, under Debian's Lua 5.1 and 5.4.
func TestRandomLua(t *testing.T) {
	for _, judge := range []struct {
		program, suite string
		labels         bool
	}{{"lua5.1", "Lua 5.1, random programs", false}, {"lua5.4", "Lua 5.4, random programs", true}} {
		t.Run(judge.program, func(t *testing.T) {
			lua, err := exec.LookPath(judge.program)
			needed(t, judge.program, err)
			const programs = 100
			right := 0
			for seed := range uint64(programs) {
				text := randomlua.Program(5000+seed, judge.labels)
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
			tally(t, judge.suite, right, programs)
		})
	}
}
