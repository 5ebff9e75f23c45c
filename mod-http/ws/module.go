package ws

import (
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"assay.rs/core"
)

// DefaultMaxMessage is how large a message may be, in bytes.
const DefaultMaxMessage = 1 << 20

// Sockets makes connections: those of the client, and those that a server accepts.
type Sockets struct{ class *core.Object[*Conn] }

// AcceptOptions say which connections a server accepts.
type AcceptOptions struct {
	Subprotocols []string // in order of preference
	Origins      []string // patterns of hosts besides the server's own whose pages may connect
	MaxMessage   int64    // bytes; 0 is DefaultMaxMessage

	// Room takes room for n bytes of messages that are on their way, or gives it back if n is negative. Where there is
	// none the connection is closed with 1013. nil is any room.
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

// New makes the module's connections a class.
func New() *Sockets { return &Sockets{connectionClass()} }

// Accept answers the handshake of a request. One that is none, or whose origin is not permitted, is
// answered with the reason, and an error.
func (s *Sockets) Accept(w http.ResponseWriter, r *http.Request, o AcceptOptions) (*Conn, error) {
	if o.MaxMessage == 0 {
		o.MaxMessage = DefaultMaxMessage
	}
	accepted, err := wireAccept(w, r, o)
	if err != nil {
		return nil, err
	}
	conn := newConn(accepted, s.class, o.Room, o.Gone)
	conn.out, conn.patience = o.Out, o.Patience
	return conn, nil
}

// Module is ws for scripts.
func (s *Sockets) Module() core.Module {
	return core.Module{
		Name: "ws", Doc: "Talks to WebSocket servers (RFC 6455). Each function is also a method of the connection.",
		Funcs: append([]core.Func{s.connectFunc(), s.tunnelFunc()}, functions(s.class.Type(), "ws.%s(conn", "local conn = ws.connect(URL)  ")...),
	}
}

func connectionClass() *core.Object[*Conn] {
	class := core.NewObject[*Conn]("ws.Connection", "A WebSocket. One task may send while another receives. It is closed when the task that made it ends.")
	core.Prop(class, "subprotocol", core.String(), func(c *Conn) string { return c.wire.Subprotocol() }, "What both ends agreed on; empty if they did not.")
	core.Prop(class, "close_code", core.Nullable(core.Int()), (*Conn).closeCode, "The code that the other end has closed the connection with, or nil.")
	core.Prop(class, "close_reason", core.Nullable(core.String()), (*Conn).closeReason, "The reason that it gave, or nil.")
	return class.Method(functions(class.Type(), "conn:%s(", "local conn = ws.connect(URL)  ")...).
		Close(func(c *Conn) error {
			c.heard.Store(true)
			return c.Close(normal, "")
		})
}

func (c *Conn) closeCode() *int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left.code == 0 {
		return nil
	}
	code := c.left.code
	return &code
}

func (c *Conn) closeReason() *string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left.code == 0 {
		return nil
	}
	reason := c.left.reason
	return &reason
}

// functions are those that ws and the class have alike. How they are called in the examples is call, and
// before that stands first.
func functions(of core.Type[*Conn], call, first string) []core.Func {
	conn := core.Arg("conn", of, "The connection.")
	example := func(name, arguments, after string) []string {
		called := fmt.Sprintf(call, name)
		if arguments != "" && called[len(called)-1] != '(' {
			arguments = ", " + arguments
		}
		return []string{first + called + arguments + ")" + after}
	}
	doc := func(name, text string, examples []string, raises ...*core.Code) core.Doc {
		return core.Doc{Name: name, Text: text, Needs: core.Net, Level: core.Script, Raises: raises, Examples: examples}
	}
	return []core.Func{
		core.Fn2(doc("send", "Sends text.", example("send", `"hello"`, "  assert.eq(conn:recv(), \"hello\")"), errClosed, errText),
			conn, core.Arg("text", core.Bytes(), "UTF-8 text."), core.ReturnsNothing(), sendText),
		core.Fn2(doc("send_binary", "Sends bytes.", example("send_binary", `"\0\1"`, "  assert.eq(#conn:recv(), 2)"), errClosed),
			conn, core.Arg("bytes", core.Bytes(), "Any bytes."), core.ReturnsNothing(), sendBinary),
		core.Fn2(doc("recv", "Waits for a message.", []string{first + `conn:send("hello")  local text, kind = ` + fmt.Sprintf(call, "recv") + `)  assert.eq(kind, "text")`}, errClosed, errTimeout, errTooBig),
			conn, core.Opt("timeout", core.Duration(), 0, "How long to wait, in seconds; 0 is for ever."),
			core.Returns2(core.Bytes(), "The message.", core.Enum("text", "binary"), "Its kind."), receive),
		core.Fn2(doc("ping", "Waits until the other end has answered a ping.", example("ping", "", ""), errClosed, errTimeout),
			conn, core.Opt("timeout", core.Duration(), 5*time.Second, "How long to wait, in seconds.").Default("5"), core.ReturnsNothing(), ping),
		core.Fn3(doc("close", "Closes the connection, and waits a moment for the other end to agree. One that is closed stays as it is.", example("close", "", "")),
			conn, core.Opt("code", core.Int(), normal, "1000, or another code of RFC 6455; 3000 to 4999 are the application's.").Default("1000"),
			core.Opt("reason", core.String(), "", "At most 123 bytes of text."), core.ReturnsNothing(), closeConn),
	}
}

func sendText(c core.Call, conn *Conn, text []byte) (core.None, error) {
	if !utf8.Valid(text) {
		return core.None{}, errText.With(errors.New("the text is not UTF-8"), "use send_binary for bytes")
	}
	return core.None{}, conn.heed(c.Task(), conn.Send(c.Context(), text, false))
}

func sendBinary(c core.Call, conn *Conn, bytes []byte) (core.None, error) {
	return core.None{}, conn.heed(c.Task(), conn.Send(c.Context(), bytes, true))
}

func receive(c core.Call, conn *Conn, limit time.Duration) (core.Two[[]byte, string], error) {
	data, binary, err := conn.Recv(c.Context(), limit)
	if err == nil {
		err = c.Charge(len(data))
	}
	kind := "text"
	if binary {
		kind = "binary"
	}
	return core.Two[[]byte, string]{A: data, B: kind}, conn.heed(c.Task(), err)
}

func ping(c core.Call, conn *Conn, limit time.Duration) (core.None, error) {
	return core.None{}, conn.heed(c.Task(), conn.Ping(c.Context(), limit))
}

// maxReason is the room for a reason in the frame that closes a connection.
const maxReason = 123

func closeConn(_ core.Call, conn *Conn, code int, reason string) (core.None, error) {
	if code != 1000 && code != 1001 && code != 1002 && code != 1003 && (code < 1007 || code > 1014) && (code < 3000 || code > 4999) {
		return core.None{}, fmt.Errorf("argument 'code': %d may not be sent: use 1000, or 3000 to 4999", code)
	}
	if len(reason) > maxReason || !utf8.ValidString(reason) {
		return core.None{}, fmt.Errorf("argument 'reason': at most %d bytes of text expected, got %d", maxReason, len(reason))
	}
	conn.heard.Store(true)
	return core.None{}, conn.Close(code, reason)
}
