// Package http makes HTTP requests, for Lua scripts and for Go programs.
//
// The map of the package:
//
//   - [New] is the module: http.get and its siblings, http.request, http.client (module.go declares
//     them, options.go their option tables, values.go what else they take and give);
//   - [Client] is the same client without Lua: [NewClient], [Client.Do], [Client.Stream], [Request],
//     [Options], [Response]. A request is one attempt with its redirects; retries are the caller's;
//   - a request starts as a hop (hop.go), made of a URL that is encoded as a browser would (url.go);
//     redirect.go makes the hop that follows, without the credentials when the origin changes;
//   - multipart.go and stream.go make bodies that are not held in memory, cookies.go what is sent and kept;
//   - transport.go keeps the connections, proxy.go reads HTTP_PROXY and its kin, resolve.go and reach.go say
//     where else a connection may lead, and where a policy refuses that;
//   - receive.go reads an answer or hands it over as it arrives: http.stream, http.download and http.sse
//     (streaming.go, declared in streamfuncs.go; events.go reads server-sent events);
//   - [Prometheus] is the module of prometheus.query;
//   - attempt.go watches the time, failure.go says what went wrong: every error has one of the
//     codes in codes.go.
package http
