package repl

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/inspect"
	"assay.rs/core/prelude"
)

func open(t *testing.T) (*Session, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	s, err := Open(prelude.Modules(), core.FullPolicy(), core.Host{Stdout: out})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, out
}

func TestJudge(t *testing.T) {
	for text, want := range map[string]Kind{
		"1 + 1": Expression, "f(1)": Expression, "x": Expression, "#t, nil": Expression,
		"x = 1": Statement, "local x": Statement, "for i = 1, 2 do print(i) end": Statement,
		"for i = 1, 2 do": Unfinished, "for i = 1, 2 do\nprint(i)\n": Unfinished, "  if x then\n    y()\n": Unfinished,
		"x = {1,": Unfinished, "f(": Unfinished, "1 +": Unfinished, "x = [[a\n": Unfinished, "--[[ a": Unfinished,
		"x = = 1": Statement, "end": Statement, "x = 'abc": Statement, "function f() x = )": Statement,
	} {
		if got := Judge(text); got != want {
			t.Errorf("Judge(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestRun(t *testing.T) {
	s, out := open(t)
	for _, step := range []struct{ source, printed, failure string }{
		{"x = 1", "", ""},
		{"x + 1, nil", "2\tnil\n", ""},
		{`{b = {1, 2, "three"}, a = "x\ny\1", [7] = true, ["a b"] = 0}`, `{[7] = true, a = "x\ny\001", ["a b"] = 0, b = {1, 2, "three"}}` + "\n", ""},
		{"error('no', 0)", "", "no"},
		{"x = = 2", "", "repl:1:5: expected an expression"},
		{"x", "1\n", ""},
		{"t = {} t.t = t", "", ""},
		{"t", "{t = <cycle>}\n", ""},
		{"print, function() end", "builtin function\tfunction (repl:1)\n", ""},
		{"string.rep('x', 100000) == nil", "false\n", ""},
		{`({("x"):rep(50), ("y"):rep(50)})`, "{\n  \"" + strings.Repeat("x", 50) + "\",\n  \"" + strings.Repeat("y", 50) + "\"\n}\n", ""},
		{"task = async.spawn(function() return 'from a task' end)", "", ""},
		{"task.await()[1]", "\"from a task\"\n", ""},
		{"local a, b <const> = 1, 2 local c local function f() return a + b end", "", ""},
		{"f(), c, b", "3\tnil\t2\n", ""},
		{"local n = 1\nlocal n = n + 1", "", ""},
		{"n", "2\n", ""},
		{"do local inner = 1 end", "", ""},
		{"inner", "nil\n", ""},
		{"local <const> k = 5 error(k .. ' as before', 0)", "", "5 as before"},
		{"local x = nope.field", "", "repl:1: attempt to index a nil value (global 'nope')"},
		{"local gone <close> = setmetatable({}, {__close = function() print('closed') end})", "closed\n", ""},
		{"os.exit(3)", "", "exit status 3"},
	} {
		out.Reset()
		err := s.Run(t.Context(), step.source)
		if got := out.String(); got != step.printed {
			t.Errorf("%s printed %q, want %q", step.source, got, step.printed)
		}
		if got := errorText(err); !strings.Contains(got, step.failure) || (err != nil) != (step.failure != "") {
			t.Errorf("%s: error = %q, want %q", step.source, got, step.failure)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// What is printed of a value is bounded, however large it is.
func TestShowIsBounded(t *testing.T) {
	s, out := open(t)
	if err := s.Run(t.Context(), "t = {} for i = 1, 1e5 do t[i] = {('x'):rep(100)} end"); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	if got := out.Len(); got > 256<<10 {
		t.Errorf("printed %d bytes, want at most some 64 KB", got)
	}
}

// An interrupted text leaves the session usable.
func TestInterrupt(t *testing.T) {
	s, out := open(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(10*time.Millisecond, func() { cancel(errSignal) })
	if err := s.Run(ctx, "while true do end"); !errors.Is(err, errSignal) {
		t.Errorf("error = %v, want %v", err, errSignal)
	}
	if err := s.Run(t.Context(), "'goes on'"); err != nil || out.String() != "\"goes on\"\n" {
		t.Errorf("printed %q, %v", out, err)
	}
}

func TestComplete(t *testing.T) {
	s, _ := open(t)
	if err := s.Run(t.Context(), "mine = {field = {deep = 1}, call = print, [1] = 2, ['not a name'] = 3} text = 'x' h = async.spawn(print)"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"asy":                     "async",
		"print(async.sp":          "async.spawn async.spawn_interval",
		"mine.":                   "mine.call mine.field",
		"x = mine.field.d":        "mine.field.deep",
		"mine.absent.x":           "",
		"text:up":                 "text:upper",
		"h:":                      "h:await h:cancel",
		"h.":                      "h.await h.cancel",
		"mine:":                   "mine:call",
		`("s"):up`:                `:upper`,
		`print(("s"):up`:          `:upper`,
		`f():`:                    "",
		`f().`:                    "",
		"\"a\" .. min":            "mine",
		"1 ..min":                 "mine",
		"string.for":              "string.format",
		"re":                      "repeat require retry return",
		"(funct":                  "function",
		"prin":                    "print",
		"log.":                    "log.debug log.error log.info log.warn",
		"x + math.ma":             "math.max math.maxinteger",
		"no_such_name_as_this_on": "",
	} {
		if got := strings.Join(s.Complete(text), " "); got != want {
			t.Errorf("Complete(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestExplain(t *testing.T) {
	s, _ := open(t)
	var out bytes.Buffer
	if err := s.Explain(&out, "async.spawn", 80); err != nil || !strings.Contains(out.String(), "Starts a task") {
		t.Errorf("Explain = %q, %v", out.String(), err)
	}
	if err := s.Run(t.Context(), "text = 'x'"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"string.gsub", "text:gsub"} {
		out.Reset()
		if err := s.Explain(&out, name, 80); err != nil || !strings.Contains(out.String(), "Replaces all matches") {
			t.Errorf("Explain(%q) = %q, %v", name, out.String(), err)
		}
	}
	if err := s.Explain(&out, "async.spwan", 80); err == nil || !strings.Contains(err.Error(), "async.spawn") {
		t.Errorf("error = %v, want one that suggests async.spawn", err)
	}
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "assay", "history")
	h, err := OpenHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"one", "two", "two", "  ", "three"} {
		h.Add(line)
	}
	for range maxHistory {
		h.Add("again")
		h.Add("and again")
	}
	h.Add("last")
	if err := h.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenHistory(path)
	if err != nil || again.Len() != maxHistory || again.At(0) != "last" || again.At(1) != "and again" {
		t.Errorf("%d lines, the latest %q, %v; want %d, last", again.Len(), again.At(0), err, maxHistory)
	}
	none, err := OpenHistory("")
	if err != nil || none.Save() != nil {
		t.Errorf("no history: %v, %v", err, none.Save())
	}
}

// Ctrl-C empties the line instead of ending the input.
func TestKeys(t *testing.T) {
	k := &keys{from: strings.NewReader("ab\x03c")}
	got := make([]byte, 0, 8)
	for p := make([]byte, 2); ; {
		n, err := k.Read(p)
		got = append(got, p[:n]...)
		if err != nil {
			break
		}
	}
	if string(got) != emptied || !k.interrupted() || k.interrupted() {
		t.Errorf("read %q, want %q and one interruption", got, emptied)
	}
}

func TestColumns(t *testing.T) {
	words := []string{"a", "bb", "ccc", "d"}
	if got, want := columns(words, 10), "a    bb\nccc  d\n"; got != want {
		t.Errorf("columns = %q, want %q", got, want)
	}
	if got := common([]string{"http.get", "http.global"}); got != "http.g" {
		t.Errorf("common = %q", got)
	}
	if !slices.IsSorted(inspect.Keywords()) {
		t.Error("the keywords are not sorted")
	}
}
