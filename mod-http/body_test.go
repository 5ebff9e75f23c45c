package http

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func TestForms(t *testing.T) {
	server := record(t, nil)
	prints(t, server.URL, `
		http.post(URL, nil, {form = {b = {1, true}, ["a b"] = "ä&="}})
		http.put(URL, nil, {form = {}})
		http.post(URL, nil, {form = {a = 1}, headers = {["content-type"] = "text/x"}})
		http.request{method = "DELETE", url = URL, form = {a = 1}}
		http.client():post(URL, nil, {form = {a = 1}})
	`, "")
	const kind = "application/x-www-form-urlencoded"
	want := []seen{
		{Method: "POST", Body: "a+b=%C3%A4%26%3D&b=1&b=true", RawQuery: kind},
		{Method: "PUT", Body: "", RawQuery: kind},
		{Method: "POST", Body: "a=1", RawQuery: "text/x"},
		{Method: "DELETE", Body: "a=1", RawQuery: kind},
		{Method: "POST", Body: "a=1", RawQuery: kind},
	}
	var got []seen
	for _, r := range server.all() {
		got = append(got, seen{Method: r.Method, Body: r.Body, RawQuery: strings.Join(r.Header["Content-Type"], " and ")})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests with their types (-want +got):\n%s", diff)
	}
}

// partsSeen lists the parts of a request: name, file name, type and content.
func partsSeen(t *testing.T, r seen) []string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || len(r.Header["Content-Type"]) != 1 {
		t.Fatalf("Content-Type %q: %v", r.Header["Content-Type"], err)
	}
	if got, want := r.Header.Get("Content-Length"), fmt.Sprint(len(r.Body)); got != want {
		t.Errorf("Content-Length = %s, want %s", got, want)
	}
	var parts []string
	for reader := multipart.NewReader(strings.NewReader(r.Body), params["boundary"]); ; {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, fmt.Sprintf("%s|%s|%s|%s", part.FormName(), part.FileName(), part.Header.Get("Content-Type"), content))
	}
}

func TestMultipart(t *testing.T) {
	server := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Path == "/from" {
			nethttp.Redirect(w, r, "/to", nethttp.StatusTemporaryRedirect)
		}
	})
	path := filepath.Join(t.TempDir(), "report.bin")
	if err := os.WriteFile(path, []byte("\x00\xff--\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fields := []string{"a|||1", "b|||x", "b|||true"}
	files := []string{
		"plain|||v\r\n", "f|report.bin|application/octet-stream|\x00\xff--\r\n", "e|e.txt|text/plain|", "c|c%22.json|application/json|{}", "raw||text/x|y",
	}
	const source = `{{name = "plain", value = "v\r\n"}, {name = "f", path = path}, {name = "e", path = empty, filename = "e.txt", content_type = "text/plain"},
		{name = "c", content = "{}", filename = 'c".json', content_type = "application/json"}, {name = "raw", content = "y", content_type = "text/x"}}`
	for _, test := range []struct {
		name, call string
		want       []string
		requests   int
	}{
		{"fields", `http.post(URL, nil, {multipart = {a = 1, b = {"x", true}}})`, fields, 1},
		{"an array of parts", `http.post(URL, nil, {multipart = ` + source + `})`, files, 1},
		{"a redirect that repeats the body", `http.put(URL .. "/from", nil, {multipart = ` + source + `})`, files, 2},
		{"a type of the client's", `http.client{headers = {["Content-Type"] = "text/x"}}:post(URL, nil, {multipart = {a = 1, b = {"x", true}}})`, fields, 1},
		{"request", `http.request{method = "POST", url = URL, multipart = ` + source + `}`, files, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(server.all())
			got, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL, "path": path, "empty": empty}}, "print("+test.call+".status)")
			if err != nil || got != "200\n" {
				t.Fatalf("printed %q, %v", got, err)
			}
			requests := server.all()[before:]
			if len(requests) != test.requests {
				t.Errorf("%d requests, want %d", len(requests), test.requests)
			}
			for _, r := range requests {
				if diff := cmp.Diff(test.want, partsSeen(t, r)); diff != "" {
					t.Errorf("parts (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// A file is sent from the disk: the memory that a request takes does not depend on its size.
func TestMultipartOfALargeFile(t *testing.T) {
	const size = 64 << 20
	path := filepath.Join(t.TempDir(), "large")
	f, err := os.Create(path)
	if err == nil {
		err = errors.Join(f.Truncate(size), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan int64, 1)
	server := httptest.NewServer(nethttp.HandlerFunc(func(_ nethttp.ResponseWriter, r *nethttp.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		got <- n - r.ContentLength
	}))
	t.Cleanup(server.Close)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL, "path": path}}, `print(http.post(URL, nil, {multipart = {{name = "f", path = path}}}).status)`)
	if err != nil || out != "200\n" {
		t.Fatalf("printed %q, %v", out, err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > size/4 {
		t.Errorf("sending %d bytes took %d bytes of memory", size, took)
	}
	if n := <-got; n != 0 {
		t.Errorf("the body is %d bytes longer than its Content-Length", n)
	}
}

func TestFileThatBecomesShorterWhileItIsSent(t *testing.T) {
	server := record(t, nil)
	shorter := func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("1234")), nil }
	stream := &Stream{Size: 10, Open: func() (io.ReadCloser, error) {
		return &pieceReader{rest: []piece{{text: []byte("abc")}, {path: "file", size: 7}}, open: shorter}, nil
	}}
	_, err := newTestClient(t, Options{}).Do(t.Context(), Request{Method: "POST", URL: server.URL, Stream: stream, ContentType: "x/y"})
	if want := "read file: it became shorter while it was sent"; err == nil || err.Error() != want || codeOf(err) != "http.send" {
		t.Errorf("error = %s %v, want http.send %s", codeOf(err), err, want)
	}
}

func TestBodyErrors(t *testing.T) {
	server := record(t, nil)
	for _, test := range []struct{ options, want string }{
		{`{form = {a = 1}, body = "x"}`, "options 'body', 'form' and 'multipart' exclude each other"},
		{`{form = {a = 1}, multipart = {a = 1}}`, "options 'body', 'form' and 'multipart' exclude each other"},
		{`{form = "a=1"}`, "option 'form': table expected, got string"},
		{`{form = {a = {b = 1}}}`, "option 'form': a: string or array of strings expected, got table"},
		{`{multipart = "x"}`, "option 'multipart': table expected, got string"},
		{`{multipart = {{value = "x"}}}`, "option 'multipart': item 1: option 'name' is missing"},
		{`{multipart = {{name = "x"}}}`, "option 'multipart': item 1: give one of 'value', 'content' and 'path'"},
		{`{multipart = {{name = "x", value = "a", path = "b"}}}`, "option 'multipart': item 1: give one of 'value', 'content' and 'path'"},
		{`{multipart = {{name = "x", value = "a"}, {name = "y", fielname = "a"}}}`, "option 'multipart': item 2: unknown option 'fielname': did you mean 'filename'?"},
		{`{multipart = {{name = "x", content = "a", content_type = "a\nb"}}}`, "option 'multipart': item 1: option 'content_type': there is a control character in it"},
		{`{multipart = {{name = "x", path = "testdata/absent"}}}`, "option 'multipart': x: open testdata/absent: no such file or directory"},
		{`{multipart = {{name = "x", path = "/"}}}`, "option 'multipart': x: send /: not a regular file"},
	} {
		_, err := run(t, coretest.Kit{Globals: map[string]any{"URL": server.URL}}, "http.post(URL, nil, "+test.options+")")
		var raised *core.Error
		if want := "http.post: " + test.want; !errors.As(err, &raised) || raised.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", test.options, raised, want)
		}
	}
	if n := len(server.all()); n != 0 {
		t.Errorf("the server saw %d requests", n)
	}
}

func TestFilesOfARequestObeyThePolicy(t *testing.T) {
	server := record(t, nil)
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, options := range []string{`{multipart = {{name = "x", path = path}}}`, `{auth = {bearer_file = path}}`} {
		kit := coretest.Kit{Policy: core.CheckPolicy(), Globals: map[string]any{"URL": server.URL, "path": path}}
		_, err := run(t, kit, "http.post(URL, nil, "+options+")")
		var raised *core.Error
		if !errors.As(err, &raised) || codeOf(raised) != "policy.denied" || !strings.Contains(raised.Hint, "--allow-read") {
			t.Errorf("%s: error = %s %v", options, codeOf(err), err)
		}
	}
	if n := len(server.all()); n != 0 {
		t.Errorf("the server saw %d requests", n)
	}
}
