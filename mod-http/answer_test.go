package http

import (
	"errors"
	"io"
	nethttp "net/http"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// What Config.Answer gives goes through the client as an answer from the network does.
func TestAnswerInPlaceOfTheNetwork(t *testing.T) {
	answer := func(_ core.Call, r *nethttp.Request) (*nethttp.Response, error) {
		header := nethttp.Header{"Content-Type": {"application/json"}}
		status, body := 200, `{"path": "`+r.URL.Path+`"}`
		switch r.URL.Path {
		case "/moved":
			status = 302
			header.Set("Location", "/there")
		case "/broken":
			return nil, errors.New("made up")
		}
		return &nethttp.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
	kit := coretest.Kit{Modules: []core.Module{New(Config{Answer: answer})}}
	kit.Script(t, "answer.lua", `
		print(http.get("http://nowhere.invalid/x"):json().path)              --> =/x
		print(http.get("http://nowhere.invalid/moved"):json().path)          --> =/there
		print(http.client():get("https://nowhere.invalid/y").body)           --> ={"path": "/y"}
		print(pcall(http.get, "http://nowhere.invalid/broken"))              --> ~made up
	`)
}
