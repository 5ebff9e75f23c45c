package main

import (
	"net/http"

	"assay.rs/core"
	"assay.rs/mod-http/ws"
	"assay.rs/mod-serve"
)

// serving is http.serve with its WebSockets, which are those of the client. listening is told the URL of
// each server; nil is nobody.
func serving(listening func(url string)) []core.Module {
	sockets := ws.New()
	served := serve.New(serve.Config{
		Listening: listening,
		Accept: func(w http.ResponseWriter, r *http.Request, o serve.AcceptOptions) (serve.WebSocket, error) {
			conn, err := sockets.Accept(w, r, ws.AcceptOptions(o))
			if err != nil {
				return nil, err
			}
			return conn, nil
		},
	})
	return append(served, sockets.Module())
}
