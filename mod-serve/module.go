package serve

import (
	"net/http"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// Config is what the program composes the module with.
type Config struct {
	// Accept makes a WebSocket of a request. Without it there are no WebSockets.
	Accept func(w http.ResponseWriter, r *http.Request, o AcceptOptions) (WebSocket, error)

	// Listening is told the URL of each server once it listens, such as http://127.0.0.1:8080; nil is nobody.
	Listening func(url string)
}

// AcceptOptions say which WebSockets are accepted.
type AcceptOptions struct {
	Subprotocols []string // in order of preference
	Origins      []string // patterns of hosts besides the server's own whose pages may connect
	MaxMessage   int64    // bytes; 0 is the default

	// Room takes room for n bytes of messages that are on their way, or gives it back if n is negative. Where there is
	// none the connection is closed with 1013.
	Room func(n int64) bool

	// Out takes room for a message of n bytes that is sent, until release is called. Where there is none the connection
	// is closed with 1013. nil is any room.
	Out func(n int64) (release func(), ok bool)

	// Patience is how long the other end may take for a message that is sent, before the connection is closed; 0 is for
	// ever.
	Patience time.Duration

	// Gone is called when the connection has been closed for a second and the script has not heard of it, since it neither
	// receives nor sends, with nil; or when a task goes on to do so nevertheless, with that. nil is nobody.
	Gone func(by *core.Task)
}

// WebSocket is an accepted connection.
type WebSocket interface {
	Value(c core.Call) core.Value        // what the script sees; it needs the baton
	Close(code int, reason string) error // ends it in good order
	Drop()                               // ends it at once
}

// New is http.serve, and ws.accept when there are WebSockets. Their module declares ws.Connection.
func New(cfg Config) []core.Module {
	m := &module{cfg: cfg, requests: requestClass()}
	modules := []core.Module{{Name: "http", Doc: "Serves HTTP requests with Lua functions.", Funcs: []core.Func{m.serveFunc()}}}
	if cfg.Accept != nil {
		modules = append(modules, core.Module{Name: "ws", Funcs: []core.Func{m.acceptFunc()}})
	}
	return modules
}

type module struct {
	cfg      Config
	requests *core.Object[*request]
}

func (m *module) serveFunc() core.Func {
	return core.Fn3(core.Doc{
		Name: "serve",
		Text: "Serves HTTP at `port` until the script is told to end, then drains: readiness fails, listeners close, " +
			"requests in flight finish, WebSockets get 1001. Port 0 picks a free one. The global `_SERVER_PORT` is the port.\n\n" +
			"`routes` is a table of methods, each a table of paths and their handlers: `GET = {[\"/users/{id}\"] = function(req) ... end}`. " +
			"The method `*` is any; a path may have parameters `{name}` and end in `*`; an exact path counts more than a pattern. " +
			"A handler returns `{status=200, headers=, cookies=}` with the first of `sse`, `ws`, `json`, `body`, `file`, `redirect`. Besides methods: " +
			"`middleware`, an array of `function(req, next) return next(req) end`; `static`, a table of paths and folders; " +
			"`not_found`, a handler. Handlers run as tasks: while one waits, others run.",
		Needs: core.Listen, Level: core.Script, Raises: []*core.Code{errListen, errDrain, errClientGone, errStreamEnded, core.ErrDenied},
		Examples: []string{serveExample, streamExample},
	},
		core.Arg("port", portType(), "1 to 65535, or 0 for a free one."),
		core.Arg("routes", routesType(), "What to answer."),
		core.Opt("options", optionsType(), defaults(), "How to serve."),
		core.ReturnsNothing(), m.serve)
}

const serveExample = `http.serve(0, {
  GET = {["/users/{id}"] = function(req) return {json = {id = req.params.id}} end},
  POST = {["/echo"] = function(req) return {status = 201, body = req.body} end},
}, {host = "127.0.0.1", on_listen = function(port)
  local r = http.get("http://127.0.0.1:" .. port .. "/users/7")
  assert.eq(r.body, '{"id":"7"}')
  os.exit(0)
end})`

const streamExample = `http.serve(0, {GET = {["/ticks"] = function(req)
  return {sse = function(send)
    for i = 1, 3 do send{event = "tick", data = tostring(i)} end
  end}
end}}, {host = "127.0.0.1", on_listen = function(port)
  assert.contains(http.get("http://127.0.0.1:" .. port .. "/ticks").body, "event: tick\ndata: 3\n\n")
  os.exit(0)
end})`

func (m *module) acceptFunc() core.Func {
	connection := core.Custom[WebSocket](spec.Type{Kind: spec.Ref, Name: "ws.Connection"}, nil,
		func(c core.Call, conn WebSocket) core.Value { return conn.Value(c) })
	return core.Fn2(core.Doc{
		Name:  "accept",
		Text:  "Makes a WebSocket of a request, inside its handler. What the handler returns is not sent.",
		Needs: core.Listen, Level: core.Script, Raises: []*core.Code{errUpgrade},
		Examples: []string{acceptExample},
	},
		core.Arg("request", m.requests.Type(), "The request that the handler was given."),
		core.Opt("options", acceptOptionsType(), AcceptOptions{}, "Which WebSockets are accepted."),
		core.Returns(connection, "The connection. It is closed when the handler ends."),
		m.accept)
}

const acceptExample = `local routes = {GET = {["/ws"] = function(req)
  local conn = ws.accept(req, {subprotocols = {"chat"}})
  conn:send("hello")
end}}
http.serve(0, routes, {host = "127.0.0.1", on_listen = function(port)
  assert.eq(http.get("http://127.0.0.1:" .. port .. "/ws").status, 426)
  os.exit(0)
end})`
