package front

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// readAnswer gives all of an answer but its date, in one form.
func readAnswer(in *bufio.Reader, method string) (string, error) {
	a, err := http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		return "", err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if date := a.Header.Get("Date"); date != "" {
		if _, err := http.ParseTime(date); err != nil {
			return "", err
		}
		a.Header.Set("Date", "a date")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, %d %v, close: %v\n", a.Proto, a.Status, a.ContentLength, a.TransferEncoding, a.Close)
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		fmt.Fprintf(&b, "%s: %q\n", name, a.Header[name])
	}
	fmt.Fprintf(&b, "%q, %v\n", body, err)
	return b.String(), nil
}

// sites are handlers that answer in all ways that a ResponseWriter has.
func sites() *http.ServeMux {
	mux := http.NewServeMux()
	long := []byte(strings.Repeat("0123456789", 2000))
	for path, handle := range map[string]http.HandlerFunc{
		"/plain": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") },
		"/empty": func(http.ResponseWriter, *http.Request) {},
		"/status/{code}": func(w http.ResponseWriter, r *http.Request) {
			code, _ := strconv.Atoi(r.PathValue("code"))
			w.Header().Set("Content-Type", "text/x")
			w.Header().Set("Content-Length", "5")
			w.WriteHeader(code)
			_, err := io.WriteString(w, "hello")
			w.Header().Set("Late", fmt.Sprint(err))
		},
		"/length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(long)))
			for part := range slices.Chunk(long, 7000) {
				_, _ = w.Write(part)
			}
		},
		"/long":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(long) },
		"/medium": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(long[:2000]) },
		"/parts": func(w http.ResponseWriter, _ *http.Request) {
			for part := range slices.Chunk(long, 99) {
				_, _ = w.Write(part)
			}
		},
		"/short": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "hello")
		},
		"/over": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, err := io.WriteString(w, "hello, world")
			if errors.Is(err, http.ErrContentLength) {
				_, _ = io.WriteString(w, "right")
			}
		},
		"/flush": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "he")
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, "llo")
		},
		"/flush/length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, "hello")
		},
		"/html": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html><p>hello") },
		"/encoded": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write(long[:9])
		},
		"/untyped": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			w.Header()["Date"] = nil
			_, _ = io.WriteString(w, "hello")
		},
		"/close": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") },
		"/twice": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); w.WriteHeader(200) },
		"/date":  func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT") },
		"/split": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", "a\r\nContent-Length: 99\nb") },
		"/name": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X Y\r\nZ"] = []string{"a"}
			w.Header()["lower"] = []string{"a"}
		},
		"/many": func(w http.ResponseWriter, _ *http.Request) {
			for i := range 40 {
				w.Header().Add("X-"+strconv.Itoa(i), "a")
				w.Header().Add("Set-Cookie", strconv.Itoa(i))
			}
		},
		"/panic": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(long[:9]); panic("as asked") },
		"/abort": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"/echo": func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			_, _ = fmt.Fprintf(w, "%s %s %v %q %q %v", r.Method, r.URL, r.Header, r.Host, body, err)
		},
	} {
		mux.HandleFunc(path, handle)
	}
	return mux
}

// silent keeps what net/http has to say out of the output of a test.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }

func TestAnswersAsNetHTTP(t *testing.T) {
	ours := start(t, New(&http.Server{Handler: sites(), ErrorLog: silent()}))
	theirs := start(t, &http.Server{Handler: sites(), ErrorLog: silent()})
	for _, path := range []string{
		"/plain", "/empty", "/status/200", "/status/204", "/status/304", "/status/404", "/status/503", "/length", "/long", "/medium",
		"/parts", "/short", "/over", "/flush", "/flush/length", "/html", "/encoded", "/untyped", "/close", "/twice", "/date", "/split",
		"/name", "/many", "/panic", "/abort", "/nowhere", "/echo?a=b", "/plain%2f", "//plain",
	} {
		for _, method := range []string{"GET", "HEAD", "DELETE"} {
			t.Run(method+" "+path, func(t *testing.T) {
				sent := request(method, path, "X-A: b") + request("GET", "/echo")
				got, want := talk(t, ours, sent, method, "GET"), talk(t, theirs, sent, method, "GET")
				if got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

func TestBodies(t *testing.T) {
	ours := start(t, New(&http.Server{Handler: sites(), ErrorLog: silent()}))
	theirs := start(t, &http.Server{Handler: sites(), ErrorLog: silent()})
	for name, sent := range map[string]string{
		"short":    request("POST", "/echo", "Content-Length: 5") + "hello",
		"nothing":  request("POST", "/echo", "Content-Length: 0"),
		"long":     request("POST", "/echo", "Content-Length: 9000") + strings.Repeat("x", 9000),
		"chunked":  request("POST", "/echo", "Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n",
		"not read": request("POST", "/plain", "Content-Length: 5") + "hello",
		"bad":      request("POST", "/echo", "Content-Length: x"),
	} {
		t.Run(name, func(t *testing.T) {
			sent += request("GET", "/plain")
			got, want := talk(t, ours, sent, "POST", "GET"), talk(t, theirs, sent, "POST", "GET")
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// strange makes a request that is more or less one.
func strange(r *rand.Rand) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var b strings.Builder
	b.WriteString(pick("GET", "GET", "GET", "POST", "PUT", "OPTIONS", "get", "G@T", "") + pick(" ", " ", " ", "  ", "\t"))
	b.WriteString(pick("/echo", "/echo", "/echo?a=b", "/echo%20", "/echo%2", "//echo", "echo", "*", "http://y/echo", "/echo#a", "/e\x80", "/a b", "/..//echo"))
	b.WriteString(pick(" HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.0", " HTTP/2.0", " HTTP/1.1 ", ""))
	end := pick("\r\n", "\r\n", "\r\n", "\r\n", "\n")
	b.WriteString(end)
	if r.IntN(8) > 0 {
		b.WriteString(pick("Host: x", "Host: x", "host:x:80", "Host: a b", "Host: x/y", "Host:", "Host : x") + end)
	}
	for range r.IntN(3) {
		b.WriteString(pick("Accept: */*", "Accept:\ta", "X-Y: \x01", "X-Y: \u00e9", "X Y: a", "X", ": x", "X: a\r\n b", "Host: z", "Connection: keep-alive",
			"Connection: close", "Connection: keep-alive, close", "Content-Length: 3", "Content-Length: 3", "content-length: 0", "Content-Length: 03",
			"Content-Length: +3", "Content-Length: 3, 3", "Content-Length: 0x3", "Content-Length: -3", "Transfer-Encoding: chunked", "Transfer-Encoding: identity",
			"transfer-encoding: x", "Transfer-Encoding : chunked", "Expect: 100-continue", "Expect: x", "Upgrade: h2c", "Trailer: X", "Pragma: no-cache",
			"Cookie: a=b", "X-A: \x7f", "X_A: b", "X-A : b", "Te: trailers", "Keep-Alive: 5") + end)
	}
	b.WriteString(end)
	b.WriteString(pick("", "", "abc", "3\r\nabc\r\n0\r\n\r\n", "ab"))
	return b.String()
}

// What is malformed, or could be taken for something else, is answered as net/http answers it.
func TestStrangeRequests(t *testing.T) {
	ours := start(t, New(&http.Server{Handler: sites(), ErrorLog: silent()}))
	theirs := start(t, &http.Server{Handler: sites(), ErrorLog: silent()})
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		sent := strange(r) + request("GET", "/echo")
		got, want := talk(t, ours, sent, "GET", "GET", "GET"), talk(t, theirs, sent, "GET", "GET", "GET")
		if got != want {
			t.Errorf("%q: got\n%s\nwant\n%s", sent, got, want)
		}
	}
}

// talk sends all there is to be sent and gives all answers.
func talk(t *testing.T, address, sent string, methods ...string) string {
	t.Helper()
	c := dial(t, address)
	send(t, c, sent)
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	in := bufio.NewReader(c)
	for _, method := range methods {
		answer, err := readAnswer(in, method)
		if err != nil {
			fmt.Fprintf(&b, "an end\n")
			break
		}
		b.WriteString(answer)
	}
	rest, _ := io.ReadAll(in)
	fmt.Fprintf(&b, "behind it: %q\n", rest)
	return b.String()
}
