package http

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func allEvents(from io.Reader, limit int64) ([]event, error) {
	var all []event
	err := newEvents(from, limit).each(func(e event) (bool, error) {
		all = append(all, e)
		return true, nil
	})
	return all, err
}

func TestEvents(t *testing.T) {
	wait := func(d time.Duration) *time.Duration { return &d }
	for _, test := range []struct {
		name, stream string
		want         []event
	}{
		{"nothing", "", nil},
		{"several lines", "data: YHOO\ndata: +2\ndata: 10\n\n", []event{{kind: "message", data: "YHOO\n+2\n10"}}},
		{"comments and ids", ": test stream\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n", []event{
			{kind: "message", data: "first", id: "1"}, {kind: "message", data: "second"}, {kind: "message", data: " third"},
		}},
		{"empty data", "data\n\ndata\ndata\n\ndata:", []event{{kind: "message"}, {kind: "message", data: "\n"}}},
		{"an optional space", "data:test\n\ndata: test\n\n", []event{{kind: "message", data: "test"}, {kind: "message", data: "test"}}},
		{"names", "event: add\ndata: 1\n\nevent: gone\n\ndata: 2\n\n", []event{{kind: "add", data: "1"}, {kind: "message", data: "2"}}},
		{"an id that stays", "id: 7\n\ndata: x\n\nid: a\x00b\ndata: y\n\n", []event{{kind: "message", data: "x", id: "7"}, {kind: "message", data: "y", id: "7"}}},
		{"retry", "retry: 1500\ndata: x\n\nretry: soon\nretry: +3\ndata: y\n\n", []event{
			{kind: "message", data: "x", wait: wait(1500 * time.Millisecond)}, {kind: "message", data: "y", wait: wait(1500 * time.Millisecond)},
		}},
		{"line ends", "data: a\rdata: b\r\ndata: c\n\r\ndata: d\r\r", []event{{kind: "message", data: "a\nb\nc"}, {kind: "message", data: "d"}}},
		{"a byte order mark", "\xef\xbb\xbfdata: x\n\n", []event{{kind: "message", data: "x"}}},
		{"no second one", "\xef\xbb\xbf\n\xef\xbb\xbfdata: x\n\ndata: y\n\n", []event{{kind: "message", data: "y"}}},
		{"unknown fields", "datas: x\nDATA: y\n x: z\ndata: ok\n\n", []event{{kind: "message", data: "ok"}}},
		{"an end in an event", "data: a\n\ndata: b\n", []event{{kind: "message", data: "a"}}},
		{"a colon in the value", "data: a: b\n\n", []event{{kind: "message", data: "a: b"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for name, from := range map[string]io.Reader{
				"at once": strings.NewReader(test.stream), "byte by byte": iotest.OneByteReader(strings.NewReader(test.stream)),
			} {
				got, err := allEvents(from, 1000)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(event{})); diff != "" {
					t.Errorf("%s: events (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// An event is there as soon as its last line is, even when that ends with a carriage return.
func TestEventIsNotHeldBack(t *testing.T) {
	for _, end := range []string{"\n", "\r", "\r\n"} {
		from, to := io.Pipe()
		go func() { _, _ = io.WriteString(to, "data: x"+end+end) }()
		got, err := newEvents(from, 1000).next()
		if err != nil || got.data != "x" {
			t.Errorf("end %q: %+v, %v", end, got, err)
		}
		_ = from.Close()
	}
}

func TestEventsEndWithTheirStream(t *testing.T) {
	broken := errors.New("broken")
	got, err := allEvents(io.MultiReader(strings.NewReader("data: a\n\ndata: b"), iotest.ErrReader(broken)), 1000)
	if len(got) != 1 || !errors.Is(err, broken) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, stream := range []string{"data: " + strings.Repeat("x", 100), strings.Repeat("data: xxxx\n", 30), strings.Repeat(":", 200)} {
		if _, err := allEvents(strings.NewReader(stream), 100); codeOf(err) != "http.body_too_large" {
			t.Errorf("%.20q: %v", stream, err)
		}
	}
	if got, err := allEvents(strings.NewReader(strings.Repeat("data: xxxx\n\n", 100)), 100); len(got) != 100 || err != nil {
		t.Errorf("the limit is not for each event: %d, %v", len(got), err)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add("event: a\ndata: b\r\nid: 1\rretry: 5\n\n: c\n\n")
	f.Add("\xef\xbb\xbfdata\n\ndata:x\r\r\n\n")
	f.Fuzz(func(t *testing.T, stream string) {
		whole, err := allEvents(strings.NewReader(stream), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		slowly, err := allEvents(iotest.OneByteReader(strings.NewReader(stream)), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, slowly, cmp.AllowUnexported(event{})); diff != "" {
			t.Errorf("how the stream is cut matters:\n%s", diff)
		}
		for _, e := range whole {
			if strings.ContainsAny(e.data+e.kind+e.id, "\r") || strings.Contains(e.kind+e.id, "\n") {
				t.Errorf("a line end in %+v", e)
			}
		}
	})
}
