// Package ws is the WebSocket client for scripts, and the connections of RFC 6455 that clients and servers
// have. A server accepts them with [Sockets.Accept].
//
// wire.go alone knows the library that speaks the protocol.
package ws
