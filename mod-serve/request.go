package serve

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"assay.rs/core"
)

// request is what a handler is given. Its parts are made when the script reads them.
type request struct {
	*http.Request
	server *server
	out    recorder
	meter  *meter // of the connection, or nil
	began  time.Time
	timed  time.Time // from when the handler has its time
	found  found
	body   []byte
	id     string
	task   *core.Task // that the handler runs as, and
	alarm  *alarm     // what ends it at its timeout
	socket WebSocket  // set once the request has become one
	forget func()     // takes the socket from those that a drain closes
	broken bool       // the answer was begun and cannot be brought to its end

	answered atomic.Bool // the room of the body is given back
}

// Holds counts what a script keeps of a request that was answered. Before that it is the server's.
func (r *request) Holds(held core.Held) {
	if r.answered.Load() {
		held.Bytes(cap(r.body) + int(headerCost(r.Request)))
	}
}

func requestClass() *core.Object[*request] {
	class := core.NewObject[*request]("http.ServerRequest", "A request that a server was sent.")
	text := core.String()
	core.Prop(class, "method", text, func(r *request) string { return r.Method }, "The method, in upper case.")
	core.Prop(class, "path", text, (*request).rawPath, "The path as it was sent, not decoded.")
	core.Prop(class, "query", text, func(r *request) string { return r.URL.RawQuery }, "The query as it was sent, without `?`; empty if there is none.")
	core.Prop(class, "params", core.MapOf(text), (*request).allParams,
		"The parameters of the route, and those of the query, decoded. The route's count more; of several in the query, the first.")
	core.Prop(class, "query_values", core.MapOf(core.ListOf(text)), func(r *request) map[string][]string { return parseQuery(r.URL.RawQuery) },
		"All values of each parameter of the query, decoded.")
	core.Prop(class, "headers", core.MapOf(text), (*request).headers, "The header fields by lower-case name; the values of a repeated one are joined by `, `, those of Cookie by `; `.")
	core.Prop(class, "cookies", core.MapOf(text), (*request).cookies, "The cookies by name, without quotes around the value.")
	core.Prop(class, "body", core.Bytes(), func(r *request) []byte { return r.body }, "The body; empty if there is none.")
	core.Derived(class, "form", formType(false), formOf(false),
		"The fields of a body that is a form (application/x-www-form-urlencoded), decoded; of several of a name, the first. Empty for any other body.")
	core.Derived(class, "form_values", formType(true), formOf(true), "All values of each field of a form, decoded.")
	core.Prop(class, "host", text, func(r *request) string { return r.Host }, "The host, and the port if there is one, that the client asked for.")
	core.Prop(class, "remote_addr", text, func(r *request) string { return r.RemoteAddr }, "The address and the port of the client, or of the proxy before it.")
	core.Prop(class, "id", text, (*request).ID, "What names the request in logs.")
	return class.Method(core.Fn1(core.Doc{
		Name: "json", Text: "Reads the body as JSON. A null is nil.",
		Needs: core.Pure, Level: core.Script, Raises: []*core.Code{core.ErrJSONSyntax, core.ErrJSONLimit},
		Examples: []string{jsonExample},
	}, class.Self(), core.Returns(core.Any(), "What the body says."),
		func(c core.Call, r *request) (core.Value, error) { return core.DecodeJSON(c, string(r.body), false) }),
	).ToString(func(r *request) string { return "http.ServerRequest: " + r.Method + " " + r.rawPath() })
}

const jsonExample = `http.serve(0, {POST = {["/sum"] = function(req)
  local n = req:json()
  return {json = {sum = n[1] + n[2]}}
end}}, {host = "127.0.0.1", on_listen = function(port)
  assert.eq(http.post("http://127.0.0.1:" .. port .. "/sum", "[1, 2]").body, '{"sum":3}')
  os.exit(0)
end})`

// rawPath is the path as the client has sent it.
func (r *request) rawPath() string {
	if path, _, _ := strings.Cut(r.RequestURI, "?"); strings.HasPrefix(path, "/") {
		return path
	}
	return r.URL.EscapedPath() // a proxy's form, with the host in it
}

func (r *request) allParams() map[string]string {
	params := make(map[string]string, len(r.found.params))
	for name, values := range parseQuery(r.URL.RawQuery) {
		params[name] = values[0]
	}
	for _, p := range r.found.params {
		params[p.name] = p.value
	}
	return params
}

func (r *request) headers() map[string]string {
	joined := make(map[string]string, len(r.Header)+1)
	for name, values := range r.Header {
		between := ", "
		if name == "Cookie" {
			between = "; " // RFC 9113, 8.2.3
		}
		joined[strings.ToLower(name)] = strings.Join(values, between)
	}
	joined["host"] = r.Host
	return joined
}

func (r *request) cookies() map[string]string {
	cookies := make(map[string]string)
	for _, line := range r.Header["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			name, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
			if name = strings.TrimRight(name, " \t"); !ok || name == "" {
				continue
			}
			if _, known := cookies[name]; !known {
				cookies[name] = unquoted(strings.Trim(value, " \t"))
			}
		}
	}
	return cookies
}

// unquoted takes off the quotes that may stand around a cookie's value (RFC 6265, 4.1.1).
func unquoted(value string) string {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

// ID is made when it is first asked for.
func (r *request) ID() string {
	if r.id == "" {
		r.id = newID()
	}
	return r.id
}
