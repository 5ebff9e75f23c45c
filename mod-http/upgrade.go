package http

import (
	"context"
	"errors"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptrace"
	"strings"
)

// Upgraded is a connection whose server has changed the protocol (RFC 9110, 7.8). Bytes go through ReadWriteCloser; Conn
// is beneath it, for deadlines.
type Upgraded struct {
	io.ReadWriteCloser

	Conn net.Conn
}

// Upgrade asks the server to speak protocol on the connection, over HTTP/1.1 and without redirects. With status 101 the
// connection is the caller's, who closes it; with any other the answer has its body, and there is no connection. Errors
// are as those of [Client.Do].
func (c *Client) Upgrade(ctx context.Context, r Request, protocol string) (*Response, *Upgraded, error) {
	r.Headers = mergeHeaders(r.Headers, nethttp.Header{"Connection": {"Upgrade"}, "Upgrade": {protocol}})
	stay := false
	r.FollowRedirects = &stay
	taken := &Upgraded{}
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) { taken.Conn = got.Conn }})
	answer, err := c.exchange(context.WithValue(traced, upgradeKey{}, taken), r, nil)
	if err != nil || answer.Status != nethttp.StatusSwitchingProtocols {
		return answer, nil, err
	}
	if got := answer.Header.Get("Upgrade"); taken.ReadWriteCloser == nil || !strings.EqualFold(got, protocol) {
		if taken.ReadWriteCloser != nil {
			_ = taken.Close()
		}
		return nil, nil, errProtocol.With(errors.New("the server changed to the protocol "+clip(quote(got))+", not "+protocol), "")
	}
	return answer, taken, nil
}

func quote(s string) string { return `"` + s + `"` }

type upgradeKey struct{}

// takeOver keeps the connection of an answer that changes the protocol, if that was asked for.
func takeOver(ctx context.Context, answer *nethttp.Response) bool {
	taken, asked := ctx.Value(upgradeKey{}).(*Upgraded)
	body, ok := answer.Body.(io.ReadWriteCloser)
	if !asked || !ok || answer.StatusCode != nethttp.StatusSwitchingProtocols {
		return false
	}
	taken.ReadWriteCloser = body
	return true
}
