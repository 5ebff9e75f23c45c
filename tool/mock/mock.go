// Package mock is what tests of scripts replace the world with: a clock that stands still and answers to
// HTTP requests. [New] is the table mock, which exists under assay test alone; [Answer] is how the http
// module asks it.
package mock

import (
	"errors"
	"fmt"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// New is the table mock.
func New() core.Module {
	return core.Module{Name: "mock", Doc: "Replaces the clock and HTTP servers, for tests under `assay test`.", Funcs: []core.Func{
		clockFunc(), httpFunc(),
	}}
}

func clockFunc() core.Func {
	return core.Fn1(core.Doc{
		Name: "clock", Text: "Makes the clock stand still for the rest of the test. It leaps forward only when every task waits, to the end of the sleep that is over first: " +
			"`sleep`, the waits of `retry`, `async.spawn_interval` and what tells the time all follow it, and take no time.",
		Needs: core.Clock, Level: core.Script,
		Examples: []string{"mock.clock(\"2030-01-01T00:00:00Z\")\nsleep(3600)\nassert.eq(time.format(time()), \"2030-01-01T01:00:00Z\")"},
	},
		core.Opt("start", startType(), time.Time{}, "The time at first: seconds since 1970, or text as RFC 3339 has it. The present when left out."),
		core.ReturnsNothing(),
		func(c core.Call, start time.Time) (core.None, error) {
			if start.IsZero() {
				start = c.Clock().Now()
			}
			c.FreezeClock(start)
			return core.None{}, nil
		})
}

// maxStart is the end of the year 9999.
const maxStart = 253402300799

func startType() core.Type[time.Time] {
	return core.Custom(core.AnyOf("number", "string"), func(_ core.Call, v core.Value) (time.Time, error) {
		if n, ok := v.Number(); ok {
			if !(n >= 0 && n <= maxStart) {
				return time.Time{}, errors.New("seconds within the years 1970 to 9999 expected")
			}
			return time.UnixMicro(int64(n * 1e6)).UTC(), nil
		}
		text, _ := v.Text()
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return at, fmt.Errorf("%q is neither a number of seconds nor a time such as 2006-01-02T15:04:05Z", text)
		}
		return at, nil
	}, nil)
}

func httpFunc() core.Func {
	answers := spec.Type{Kind: spec.Map, Elem: &spec.Type{Kind: spec.Scalar, Name: "any"}}
	routes := core.Custom(answers, parseRoutes, nil)
	return core.Fn1(core.Doc{
		Name: "http", Text: "Answers HTTP requests for the rest of the test. A key is a method and a URL, `\"GET http://api/health\"`; without a method it stands for all, a `*` at the end for anything, " +
			"and a query is compared when the key has one. A value is an answer, an array of answers for one request after the other, the last of them for all that follow, or a function of the request that gives an answer. " +
			"An answer is text, or a table with `status`, `headers`, `body` or `json`, `delay` in seconds, or `error`: `timeout`, `connect`, `dns` or `tls`. " +
			"A request is a table with `method`, `url`, `path`, `query`, `headers` (lower-case names) and `body`. A request that no key matches raises. A later call adds to the earlier ones, and goes first.",
		Needs: core.Pure, Level: core.Script,
		Examples: []string{
			"local api = mock.http{\n  [\"GET http://api/health\"] = {json = {ok = true}},\n  [\"POST http://api/items\"] = function(req) return {status = 201, body = req.body} end,\n}\n" +
				"assert.eq(#api.requests, 0)",
		},
	},
		core.Arg("routes", routes, "What answers which requests."),
		core.Returns(core.Any(), "A table whose field `requests` is the array of the requests that were answered here, in order."),
		addServer)
}
