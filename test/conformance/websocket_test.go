package conformance

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// frame is what is sent: the first byte of a frame (RFC 6455, 5.2), and its payload.
type frame struct {
	first   byte
	payload string
}

func (f frame) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{f.first, hex.EncodeToString([]byte(f.payload))})
}

// The first byte of a frame that is whole, and of one that others follow.
const (
	aText, aBinary, aClose, aPing, aPong    = 0x81, 0x82, 0x88, 0x89, 0x8a
	firstText, firstBinary, middle, theLast = 0x01, 0x02, 0x00, 0x80
)

// exchange is a case of RFC 6455: what one end sends, and what becomes of it at the other.
type exchange struct {
	Name    string  `json:"name"`
	Frames  []frame `json:"frames"`
	Wrongly bool    `json:"wrongly"` // a client does not mask, or a server does
	Awaits  int     `json:"awaits"`  // echoes, before a client sends the last frame

	messages []frame // that arrive
	code     int     // in the close frame of the other end
}

// want is the line of an end that is told the messages, and that of one that is told the code.
func (e exchange) want() (messages, code string) {
	var got []string
	for _, m := range e.messages {
		kind := "text"
		if m.first == aBinary {
			kind = "binary"
		}
		sum := sha256.Sum256([]byte(m.payload))
		got = append(got, fmt.Sprintf("%s:%d:%x", kind, len(m.payload), sum[:4]))
	}
	return strings.Join(got, " "), fmt.Sprintf("close:%d", e.code)
}

func closing(code int, reason string) frame {
	return frame{aClose, string([]byte{byte(code >> 8), byte(code)}) + reason}
}

func exchanges() []exchange {
	var all []exchange
	good := func(name string, messages []frame, frames ...frame) {
		all = append(all, exchange{Name: name, Frames: append(frames, closing(1000, "")), messages: messages, code: 1000})
	}
	bad := func(name string, code int, messages []frame, frames ...frame) {
		all = append(all, exchange{Name: name, Frames: frames, messages: messages, code: code})
	}
	for _, n := range []int{0, 1, 125, 126, 127, 128, 65535, 65536, 1 << 20} {
		for _, kind := range []byte{aText, aBinary} {
			m := frame{kind, strings.Repeat("*", n)}
			good(fmt.Sprintf("%#x of %d bytes", kind, n), []frame{m}, m)
		}
	}
	for _, text := range []string{"κόσμε", "\U0001F600 \U0010FFFF", "\x00", "\ufffe\uffff"} {
		good("text "+text, []frame{{aText, text}}, frame{aText, text})
	}
	hello := []frame{{aText, "hello"}}
	good("fragments", hello, frame{firstText, "he"}, frame{theLast, "llo"})
	good("fragments of one byte", hello, frame{firstText, "h"}, frame{middle, "e"}, frame{middle, "l"}, frame{middle, "l"}, frame{theLast, "o"})
	good("empty fragments", []frame{{aText, ""}}, frame{firstText, ""}, frame{middle, ""}, frame{theLast, ""})
	good("a fragment and an empty one", hello, frame{firstText, "hello"}, frame{theLast, ""})
	good("a character in two fragments", []frame{{aText, "é"}}, frame{firstText, "\xc3"}, frame{theLast, "\xa9"})
	good("binary fragments", []frame{{aBinary, "\xff\x00"}}, frame{firstBinary, "\xff"}, frame{theLast, "\x00"})
	good("a ping between fragments", hello, frame{firstText, "he"}, frame{aPing, "p"}, frame{theLast, "llo"})
	good("pings", hello, frame{aPing, ""}, frame{aPing, strings.Repeat("p", 125)}, frame{aText, "hello"})
	good("a pong that nobody asked for", hello, frame{aPong, "p"}, frame{aText, "hello"})
	good("three messages", []frame{{aText, "a"}, {aBinary, "b"}, {aText, "c"}}, frame{aText, "a"}, frame{aBinary, "b"}, frame{aText, "c"})
	for _, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		bad(fmt.Sprintf("close %d", code), code, nil, closing(code, "reason"))
	}
	bad("close without a code", 1005, nil, frame{aClose, ""})
	bad("close with the longest reason", 1000, nil, closing(1000, strings.Repeat("r", 123)))
	for _, code := range []int{0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000} {
		bad(fmt.Sprintf("close with the code %d", code), 1002, nil, closing(code, ""))
	}
	bad("close with half a code", 1002, nil, frame{aClose, "\x03"})
	bad("close with a reason that is not UTF-8", 1007, nil, closing(1000, "\xff"))
	bad("close with a payload of 126 bytes", 1002, nil, closing(1000, strings.Repeat("r", 124)))
	for _, first := range []byte{0xc1, 0xa1, 0x91, 0xf2, 0xc9, 0x83, 0x84, 0x87, 0x8b, 0x8f} {
		bad(fmt.Sprintf("the first byte %#x", first), 1002, nil, frame{first, "x"})
	}
	bad("a ping in fragments", 1002, nil, frame{0x09, "p"}, frame{theLast, "p"})
	bad("a close in fragments", 1002, nil, frame{0x08, "\x03\xe8"})
	bad("a ping of 126 bytes", 1002, nil, frame{aPing, strings.Repeat("p", 126)})
	bad("a last fragment without a first", 1002, nil, frame{theLast, "x"})
	bad("a middle fragment without a first", 1002, nil, frame{middle, "x"})
	bad("a message within another", 1002, nil, frame{firstText, "a"}, frame{aText, "b"})
	bad("a first fragment within a message", 1002, nil, frame{firstText, "a"}, frame{firstText, "b"}, frame{theLast, "c"})
	bad("a message, and then an error", 1002, hello, frame{aText, "hello"}, frame{0x83, ""})
	for _, text := range []string{"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "κόσμε\xed", "\xf8\x88\x80\x80\x80"} {
		bad(fmt.Sprintf("text %+q", text), 1007, nil, frame{aText, text})
	}
	bad("fragments that are not UTF-8", 1007, nil, frame{firstText, "\xc3"}, frame{theLast, "\x28"})
	all = append(all, exchange{Name: "a mask that is missing, or too much", Frames: []frame{{aText, "hello"}}, Wrongly: true, code: 1002})
	for i := range all {
		all[i].Awaits = len(all[i].messages)
	}
	return all
}

// TestWebSocket has two other implementations send the cases to assay and judge what it answers, as clients and as servers.
func TestWebSocket(t *testing.T) {
	cases := exchanges()
	raw, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cases.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, judge := range []struct {
		suite, program, script string
		has                    []string
	}{
		{"WebSocket, npm's ws", "node", "testdata/ws/peer.js", []string{"-e", "require('ws')"}},
		{"WebSocket, python3-websockets", "/usr/bin/python3", "testdata/ws/peer.py", []string{"-c", "import websockets"}},
	} {
		t.Run(judge.suite, func(t *testing.T) {
			command := func(args ...string) *exec.Cmd {
				cmd := exec.CommandContext(t.Context(), judge.program, args...)
				cmd.Env = append(os.Environ(), "NODE_PATH="+nodeModules(t))
				return cmd
			}
			needed(t, judge.suite, command(judge.has...).Run())
			right := askedBy(t, cases, command, judge.script, file) + answeredTo(t, cases, command(judge.script, file))
			tally(t, judge.suite, right, 2*len(cases))
		})
	}
}

// askedBy counts what is right when assay serves: it echoes each message, and closes with the code.
func askedBy(t *testing.T, cases []exchange, command func(...string) *exec.Cmd, script, file string) (right int) {
	port, _ := serving(t, exec.CommandContext(t.Context(), assay, "testdata/ws/service.lua"))
	out, err := command(script, file, "ws://127.0.0.1:"+port+"/").CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != len(cases) {
		t.Fatalf("%v, %d lines for %d cases\n%.2000s", err, len(lines), len(cases), out)
	}
	for i, c := range cases {
		messages, code := c.want()
		want := strings.Join(strings.Fields(fmt.Sprint(i+1, " ", messages, " ", code)), " ")
		if lines[i] == want {
			right++
		} else {
			t.Logf("a client sends %s: got %s, want %s", c.Name, lines[i], want)
		}
	}
	return right
}

// answeredTo counts what is right when assay is the client: it is given each message, and closes with the code.
func answeredTo(t *testing.T, cases []exchange, server *exec.Cmd) (right int) {
	port, codes := serving(t, server)
	out, err := exec.CommandContext(t.Context(), assay, "testdata/ws/client.lua", "ws://127.0.0.1:"+port+"/", fmt.Sprint(len(cases))).CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != len(cases) {
		t.Fatalf("%v, %d lines for %d cases\n%.2000s", err, len(lines), len(cases), out)
	}
	for i, c := range cases {
		messages, code := c.want()
		messages = strings.TrimSpace(fmt.Sprint(i+1, " ", messages))
		var told string
		select {
		case told = <-codes:
		case <-time.After(30 * time.Second):
			t.Fatalf("the server tells nothing of %s", c.Name)
		}
		fields := strings.Fields(told)
		if lines[i] == messages && fields[0] == fmt.Sprint(i+1) && fields[len(fields)-1] == code {
			right++
		} else {
			t.Logf("a server sends %s: got %s and %s, want %s and %s", c.Name, lines[i], told, messages, code)
		}
	}
	return right
}

// serving starts a program that prints its port first, and ends it with the test. lines are what it prints then.
func serving(t *testing.T, cmd *exec.Cmd) (port string, lines <-chan string) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	printed := make(chan string, 1000)
	go func() {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			printed <- scan.Text()
		}
	}()
	select {
	case port = <-printed:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s does not serve", cmd)
	}
	return port, printed
}
