package ws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// tunnel is a local port whose connections go through WebSockets.
type tunnel struct {
	port     int
	listener net.Listener
	cancel   context.CancelFunc // ends the connections
}

type tunnelOptions struct{ channel int }

// noChannel is a tunnel whose messages are bytes alone.
const noChannel = -1

func tunnelOptionsType() core.Type[tunnelOptions] {
	return core.Record("ws.TunnelOptions", "How connections go through WebSockets.",
		core.NewKey("channel", core.Int(), func(o *tunnelOptions) *int { return &o.channel },
			"The first byte of each message says which channel it is of, and this is the one of the bytes, as in channel.k8s.io; a message of another one ends the connection. Without it messages are bytes alone.").Default("-1"))
}

func (s *Sockets) tunnelFunc() core.Func {
	class := core.NewObject[*tunnel]("ws.Tunnel", "A local port that leads through WebSockets. It is closed when the task that made it ends.")
	core.Prop(class, "port", core.Int(), func(t *tunnel) int { return t.port }, "Where it listens, at 127.0.0.1.")
	class.Method(core.Fn1(core.Doc{
		Name: "close", Text: "Listens no more, and ends the connections. One that is closed stays as it is.", Needs: core.Net, Level: core.Script,
		Examples: []string{"local t = ws.tunnel(0, function() return ws.connect(URL) end)\nt:close()"},
	}, class.Self(), core.ReturnsNothing(), func(_ core.Call, t *tunnel) (core.None, error) { return core.None{}, t.Close() })).
		Close(func(t *tunnel) error { return t.Close() })
	connect := core.CallbackType(nil, spec.Return{Type: spec.Type{Kind: spec.Ref, Name: "ws.Connection"}, Text: "The WebSocket."})
	return core.Fn3(core.Doc{
		Name: "tunnel", Text: "Listens at 127.0.0.1, and passes what each connection sends through a WebSocket of its own, and back. A connection whose WebSocket is not made is closed, and the log says why.",
		Needs: core.Net | core.Listen, Level: core.Script,
		Examples: []string{"local t <close> = ws.tunnel(0, function() return ws.connect(URL) end)\nassert.gt(t.port, 0)"},
	},
		core.Arg("port", core.Int(), "Where to listen; 0 is any port that is free."),
		core.Arg("connect", connect, "Makes the WebSocket of a connection."),
		core.Opt("options", tunnelOptionsType(), tunnelOptions{noChannel}, "How connections go through them."),
		core.Returns(class.Type(), "The tunnel."), s.tunnel)
}

func (s *Sockets) tunnel(c core.Call, port int, connect core.Callback, o tunnelOptions) (*tunnel, error) {
	listener, err := c.Listen(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, errConnect.With(err, "choose another port, or 0 for a free one")
	}
	open, cancel := context.WithCancel(context.WithoutCancel(c.Context()))
	t := &tunnel{listener.Addr().(*net.TCPAddr).Port, listener, cancel}
	c.Start(func(c core.Call) ([]core.Value, error) {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return nil, nil //nolint:nilerr // it is closed
			}
			c.Start(func(c core.Call) ([]core.Value, error) {
				if err := pass(c, open, conn, connect, o.channel); err != nil {
					c.Log().Warn("ws.tunnel: a connection has ended", "port", t.port, "error", err)
				}
				return nil, nil
			})
		}
	})
	c.Own(t)
	return t, nil
}

// Close may be called again.
func (t *tunnel) Close() error {
	t.cancel()
	_ = t.listener.Close() // it may be closed already
	return nil
}

// answerWithin is how long the other end may go on to answer a connection that sends no more.
const answerWithin = 5 * time.Second

// pass is the life of one connection, until open ends.
func pass(c core.Call, open context.Context, conn net.Conn, connect core.Callback, channel int) error {
	defer conn.Close() //nolint:errcheck // nothing more is sent
	made, err := connect.First(c)
	if err != nil {
		return err
	}
	object, _ := made.Object()
	to, ok := object.(*Conn)
	if !ok {
		return fmt.Errorf("argument 2 'connect': it must give a WebSocket, not a %s", made.TypeName())
	}
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	defer context.AfterFunc(open, cancel)()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		if send(ctx, to, conn, channel) != nil {
			cancel()
			return
		}
		// It may be that it has closed its side alone, and waits for the answer: nobody can tell.
		late := time.AfterFunc(answerWithin, cancel)
		context.AfterFunc(ctx, func() { late.Stop() })
	}()
	err = take(ctx, conn, to, channel)
	_ = conn.Close()
	to.Drop()
	<-sent
	return err
}

// send passes on what the connection sends, to its end.
func send(ctx context.Context, to *Conn, conn net.Conn, channel int) error {
	message := make([]byte, 32<<10)
	first := 0
	if channel != noChannel {
		message[0], first = byte(channel), 1
	}
	for {
		n, err := conn.Read(message[first:])
		if n > 0 {
			if err := to.Send(ctx, message[:first+n], true); err != nil {
				return err
			}
		}
		if err != nil {
			return nil //nolint:nilerr // whether it has ended well is the client's affair
		}
	}
}

// take passes on what comes back, until either end has ended.
func take(ctx context.Context, conn net.Conn, from *Conn, channel int) error {
	for {
		data, _, err := from.Recv(ctx, 0)
		if err != nil {
			return nil //nolint:nilerr // the end of a connection is no fault
		}
		if channel != noChannel {
			if len(data) == 0 {
				continue
			}
			if int(data[0]) != channel {
				return errors.New(string(data[1:]))
			}
			data = data[1:]
		}
		if _, err := conn.Write(data); err != nil {
			return nil //nolint:nilerr // the client has left
		}
	}
}
