package prelude_test

import (
	"context"
	"errors"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

var errTold = errors.New("told to end")

// What async.graceful runs goes on when the script is told to end, and what it starts, too; the VM has drained when it has
// ended in time.
func TestGraceful(t *testing.T) {
	for _, test := range []struct {
		name, source string
		drained      bool
		exit         bool
	}{
		{name: "it comes to its end", drained: true, source: `
			async.graceful(function(ending)
				local work = async.spawn(function() ending.recv() sleep(0.01) note("worked") return 1 end)
				note("ready")
				ending.recv()
				assert.eq(work.await()[1], 1)
				note("finished")
			end, 60)`},
		{name: "its grace is over", source: `
			async.graceful(function(ending)
				note("ready")
				ending.recv()
				note("worked") note("finished")
				while true do sleep(60) end
			end, 0.01)`},
		{name: "it raises", source: `
			async.graceful(function(ending)
				note("ready")
				ending.recv()
				note("worked") note("finished")
				error("broken")
			end)`},
		{name: "it exits, at once", source: `
			async.graceful(function(ending)
				note("ready")
				ending.recv()
				note("worked") note("finished")
				async.spawn(function() os.exit(3) end)
				sleep(60)
			end)`},
		{name: "a task of it exits although nobody has told it to end", exit: true, source: `
			async.graceful(function()
				note("ready") note("worked") note("finished")
				async.spawn(function() sleep(0.01) os.exit(3) end)
				while true do pcall(sleep, 60) end
			end)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var noted []string
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			probe := core.Module{Funcs: []core.Func{core.Fn1(core.Doc{Name: "note", Text: "Notes.", Needs: core.Pure, Level: core.Check},
				core.Arg("what", core.String(), "What."), core.ReturnsNothing(), func(_ core.Call, what string) (core.None, error) {
					noted = append(noted, what)
					if what == "ready" && test.name != "a task of it exits although nobody has told it to end" {
						cancel(errTold)
					}
					return core.None{}, nil
				})}}
			rt, err := core.New(core.Config{Modules: append(prelude.Modules(), probe), Policy: core.FullPolicy()})
			if err != nil {
				t.Fatal(err)
			}
			chunk, err := core.Compile("graceful.lua", []byte(test.source))
			if err != nil {
				t.Fatal(err)
			}
			vm := rt.Open(core.Host{})
			defer vm.Close()
			err = vm.Run(ctx, chunk)
			if exit := errors.As(err, new(*core.Exit)); exit != test.exit || !exit && !errors.Is(err, errTold) {
				t.Errorf("error %v, want an exit: %v", err, test.exit)
			}
			if got := vm.Drained(); got != test.drained {
				t.Errorf("Drained = %v, want %v", got, test.drained)
			}
			if len(noted) != 3 || noted[2] != "finished" {
				t.Errorf("noted %q, want ready, worked, finished", noted)
			}
		})
	}
}
