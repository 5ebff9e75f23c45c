// Package serve is http.serve: HTTP servers whose handlers are Lua functions, and ws.accept.
//
// A [server] listens and drains; package front answers its connections, ahead of
// net/http. Each request goes through the [router], which has the script's [routes]
// and static folders; its handler runs as a task of the script's VM, is given a [request] and returns a
// table, which becomes an [answer]. Health, readiness and metrics are answered without the script.
package serve
