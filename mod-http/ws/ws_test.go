package ws

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// server accepts connections and does with each what its path says.
func server(t *testing.T, start func(http.Handler) *httptest.Server) string {
	t.Helper()
	sockets := New()
	var handlers sync.WaitGroup
	s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers.Add(1)
		defer handlers.Done()
		if r.URL.Path == "/plain" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		conn, err := sockets.Accept(w, r, AcceptOptions{Subprotocols: []string{"chat"}, MaxMessage: 1 << 20})
		if err != nil {
			return
		}
		defer conn.Drop()
		handle(r, conn)
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

func handle(r *http.Request, conn *Conn) {
	switch r.URL.Path {
	case "/close":
		_ = conn.Close(4001, "enough")
	case "/drop":
	case "/header":
		_ = conn.Send(r.Context(), []byte(r.Header.Get("X-Test")), false)
		_, _, _ = conn.Recv(r.Context(), 0)
	case "/large":
		_ = conn.Send(r.Context(), make([]byte, 1<<20), true)
		_, _, _ = conn.Recv(r.Context(), 0)
	default:
		for {
			data, binary, err := conn.Recv(r.Context(), 0)
			if err != nil || conn.Send(r.Context(), data, binary) != nil {
				return
			}
		}
	}
}

func TestExamples(t *testing.T) {
	coretest.Examples(t, []core.Module{New().Module()}, map[string]any{"URL": server(t, httptest.NewServer)})
}

func TestScripts(t *testing.T) {
	secure := server(t, httptest.NewTLSServer)
	coretest.Kit{
		Modules: []core.Module{New().Module()},
		Globals: map[string]any{"URL": server(t, httptest.NewServer), "SECURE": secure},
	}.Run(t, "testdata")
}

// What connects to a tunnel talks with a WebSocket of its own, in both directions, until it is closed.
func TestTunnel(t *testing.T) {
	probe := core.Module{Name: "probe", Doc: "Talks.", Funcs: []core.Func{core.Fn2(
		core.Doc{Name: "talk", Text: "Sends text to a port, and gives what comes back.", Needs: core.Net, Level: core.Check},
		core.Arg("port", core.Int(), "The port."), core.Arg("text", core.Bytes(), "The text."), core.Returns(core.Bytes(), "The answer."), talk)}}
	kit := coretest.Kit{Modules: []core.Module{New().Module(), probe}, Globals: map[string]any{"URL": server(t, httptest.NewServer)}, Policy: core.FullPolicy()}
	result := kit.Exec(t, "tunnel.lua", `
		local made = 0
		local t = ws.tunnel(0, function() made = made + 1 return ws.connect(URL .. "/echo") end)
		for _, text in ipairs({"\0\255", ("x"):rep(100000)}) do assert.eq(probe.talk(t.port, text), text) end
		assert.eq(made, 2)
		local broken <close> = ws.tunnel(0, function() return "no WebSocket" end)
		assert.eq(probe.talk(broken.port, "x"), "")
		t:close()
		t:close()
		assert.raises(function() probe.talk(t.port, "x") end, "refused")`)
	if result.Err != nil {
		t.Fatal(result.Err)
	}
}

func talk(c core.Call, port int, text []byte) ([]byte, error) {
	conn, err := c.Dialer().DialContext(c.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	go func() { _, _ = conn.Write(text) }() // what does not arrive does not come back
	answer := make([]byte, len(text))
	n, _ := io.ReadFull(conn, answer)
	return answer[:n], nil
}

// One task sends while others receive and send: nothing is lost, and no frame is mixed with another.
func TestConnHammer(t *testing.T) {
	url := server(t, httptest.NewServer)
	got := coretest.Kit{Modules: []core.Module{New().Module()}, Globals: map[string]any{"URL": url}, Timeout: time.Minute}.Exec(t, "hammer.lua", `
		local conn = ws.connect(URL)
		local senders, seen = {}, {}
		for s = 1, 8 do
			senders[s] = async.spawn(function() for i = 1, 50 do conn:send(s .. ":" .. i .. ":" .. ("x"):rep(i * 20)) end end)
		end
		local order = {}
		for i = 1, 400 do
			local s, n, x = conn:recv(20):match("^(%d+):(%d+):(x*)$")
			assert.eq(#x, tonumber(n) * 20)
			assert.eq(tonumber(n), (order[s] or 0) + 1)
			order[s] = tonumber(n)
		end
		for _, s in ipairs(senders) do s.await() end
		conn:close()`)
	if got.Err != nil {
		t.Error(got.Err)
	}
}
