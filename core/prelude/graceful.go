package prelude

import (
	"errors"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// defaultGrace is what a server has for its requests, too.
const defaultGrace = 25 * time.Second

func gracefulFunc(channels *core.Object[*channel]) core.Func {
	fn := core.CallbackType([]spec.Param{{Name: "ending", Type: spec.Type{Kind: spec.Ref, Name: "async.Channel"}, Text: "It is closed when the script is told to end."}})
	return core.Fn2(core.Doc{
		Name: "graceful", Text: "Calls fn, and lets it come to its own end when the script is told to end, by a signal or by its time limit: fn and the tasks that it starts have `grace` seconds from then on. " +
			"The channel that fn is given is closed then: a loop that receives from it, or has a task that does, knows that it is time to finish. Tasks that fn leaves are cancelled when it returns. " +
			"After SIGTERM the status of the script is 0 when fn has returned in time, as with `http.serve`, else 143. `os.exit` and limits end it at once.",
		Needs: core.Wait, Level: core.Script,
		Examples: []string{"async.graceful(function(ending)\n  local work = async.spawn(function() sleep(0.01) ending.close() end)\n  ending.recv()  -- nil, once the script is told to end\n  work.await()\nend, 10)"},
	},
		core.Arg("fn", fn, "What to call."),
		core.Opt("grace", core.Duration(), defaultGrace, "How long it may go on, in seconds.").Default("25"),
		core.ReturnsNothing(),
		func(c core.Call, fn core.Callback, grace time.Duration) (core.None, error) {
			ending := &channel{}
			done := c.Drains()
			err := c.Outlast(grace, func() { _, _ = closeChannel(c, ending) }, func(c core.Call) error {
				_, err := fn.Call(c, core.ValueOf(c, channels.Type(), ending))
				return err
			})
			switch {
			case err == nil:
				done()
			case c.Context().Err() != nil && !errors.As(err, new(*core.Exit)):
				c.Log().Error("async.graceful has not ended in good order", "error", err) // what is raised now is not seen any more
			}
			return core.None{}, err
		})
}
