package prelude_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// run runs source in a VM of its own.
func run(t testing.TB, host core.Host, source string) (assertions int, err error) {
	t.Helper()
	rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("test.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(host)
	defer vm.Close()
	err = vm.Run(t.Context(), chunk)
	return prelude.Assertions(vm), err
}

// plain is a handler that escapes nothing by itself.
func plain(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime}))
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func TestLog(t *testing.T) {
	for _, tt := range []struct{ source, text, json string }{
		{`log.debug("up")`, "level=DEBUG msg=up", `{"level":"DEBUG","msg":"up"}`},
		{
			`log.info("up", {b = 1.5, a = "x", c = true, n = int64("9007199254740993")})`,
			`level=INFO msg=up a=x b=1.5 c=true n=9007199254740993`,
			`{"level":"INFO","msg":"up","a":"x","b":1.5,"c":true,"n":9007199254740993}`,
		},
		{
			`log.warn("up", {t = {z = {1, "two"}, a = 1/0}})`, `level=WARN msg=up t="{\"a\":\"inf\",\"z\":[1,\"two\"]}"`,
			`{"level":"WARN","msg":"up","t":{"a":"inf","z":[1,"two"]}}`,
		},
		{`log.error("up", {f = print, n = 0/0})`, `level=ERROR msg=up f=function n=nan`, `{"level":"ERROR","msg":"up","f":"function","n":"nan"}`},
		{`log.info("up", {level = "ERROR", msg = "forged"})`, `level=INFO msg=up field.level=ERROR field.msg=forged`, `{"level":"INFO","msg":"up","field.level":"ERROR","field.msg":"forged"}`},
		{`local t = {} t.t = t log.info("up", {t = t})`, `level=INFO msg=up t="{t = <cycle>}"`, `{"level":"INFO","msg":"up","t":"{t = <cycle>}"}`},
		{`local _, e = pcall(sleep, -1) log.info(e)`, "level=INFO msg=\"sleep: argument 1 'seconds': time must not be negative, got -1\"", `{"level":"INFO","msg":"sleep: argument 1 'seconds': time must not be negative, got -1"}`},
	} {
		var text, asJSON bytes.Buffer
		if _, err := run(t, core.Host{Log: plain(&text)}, tt.source); err != nil {
			t.Errorf("%s: %v", tt.source, err)
		}
		if got := strings.TrimSuffix(text.String(), "\n"); got != tt.text {
			t.Errorf("%s\ntext = %s\nwant   %s", tt.source, got, tt.text)
		}
		handler := slog.NewJSONHandler(&asJSON, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime})
		if _, err := run(t, core.Host{Log: slog.New(handler)}, tt.source); err != nil {
			t.Errorf("%s: %v", tt.source, err)
		}
		if got := strings.TrimSuffix(asJSON.String(), "\n"); got != tt.json {
			t.Errorf("%s\nJSON = %s\nwant   %s", tt.source, got, tt.json)
		}
	}
}

// bare is a handler that writes what it is given as it is.
type bare struct {
	slog.Handler
	w io.Writer
}

func (h bare) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		return true
	})
	_, err := io.WriteString(h.w, line+"\n")
	return err
}

func TestLogCannotBeForged(t *testing.T) {
	hostile := "a\\nb\\r\\27[31m\\0\\226\\128\\168\\226\\128\\169\\226\\128\\174\\194\\133\\255\\127"
	var out bytes.Buffer
	source := fmt.Sprintf(`local s = "%s"
log.info(s, {[s] = s, t = {[s] = {s}}, f = {[s] = print}})`, strings.ReplaceAll(hostile, `\\`, `\`))
	if _, err := run(t, core.Host{Log: slog.New(bare{plain(io.Discard).Handler(), &out})}, source); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for _, r := range strings.TrimSuffix(got, "\n") {
		if r < ' ' || r == 0x7f || r >= 0x80 && r <= 0x9f || r == 0x2028 || r == 0x2029 || r == 0x202e {
			t.Errorf("line has %U: %q", r, got)
		}
	}
	if !utf8.ValidString(got) || !strings.HasPrefix(got, `a\nb\r\x1b[31m\x00\u{2028}\u{2029}\u{202e}\x85\xff\x7f`) {
		t.Errorf("line = %q", got)
	}
}

func TestLogLineIsBounded(t *testing.T) {
	for _, source := range []string{
		`log.info(("x"):rep(1e6))`,
		`log.info(("\""):rep(1e6))`,
		`log.info(("\n"):rep(1e6))`,
		`log.info(("\255"):rep(1e6), {a = ("é"):rep(1e6)})`,
		`log.info("x", {a = ("\\"):rep(4e4), b = ("\\"):rep(4e4)})`,
		`local t = {} for i = 1, 1e5 do t["k" .. i] = i end log.info("x", t)`,
		`local t = {} for i = 1, 1e5 do t["k" .. i] = "\"" end log.info("x", {t = t, u = t})`,
		`print(("\27"):rep(1e6))`,
	} {
		var text, asJSON bytes.Buffer
		for _, log := range []*slog.Logger{plain(&text), slog.New(slog.NewJSONHandler(&asJSON, nil))} {
			if _, err := run(t, core.Host{Log: log}, source); err != nil {
				t.Errorf("%s: %v", source, err)
			}
		}
		if !json.Valid(asJSON.Bytes()) {
			t.Errorf("%s: a line of JSON that is none", source)
		}
		for name, line := range map[string]string{"text": text.String(), "JSON": asJSON.String()} {
			if len(line) > 64<<10 || strings.Count(line, "\n") != 1 {
				t.Errorf("%s: %s has %d bytes in %d lines", source, name, len(line), strings.Count(line, "\n"))
			}
		}
	}
}

// lines counts its writes.
type lines struct{ writes []string }

func (l *lines) Write(p []byte) (int, error) {
	l.writes = append(l.writes, string(p))
	return len(p), nil
}

func TestPrintWritesWholeLines(t *testing.T) {
	out := &lines{}
	if _, err := run(t, core.Host{Stdout: out}, `print(1, "a\nb") print()`); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%q", out.writes), `["1\ta\nb\n" "\n"]`; got != want {
		t.Errorf("writes = %s, want %s", got, want)
	}
}

func TestPrintGoesToTheLogWithoutStdout(t *testing.T) {
	var out bytes.Buffer
	if _, err := run(t, core.Host{Log: plain(&out)}, `print("a\nb", 2)`); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "level=INFO msg=a\\nb\\t2\n"; got != want {
		t.Errorf("log = %q, want %q", got, want)
	}
}

var errClosed = errors.New("file already closed")

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errClosed }

func TestPrintToClosedStdoutRaises(t *testing.T) {
	_, err := run(t, core.Host{Stdout: closed{}}, `print("x")`)
	if !errors.Is(err, errClosed) {
		t.Errorf("error = %v, want %v", err, errClosed)
	}
}
