package check

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assay.rs/core/prelude"
	jsonmodule "assay.rs/mod-data/json"
	assayhttp "assay.rs/mod-http"
	"assay.rs/mod-http/ws"
)

// meanServer answers by the last part of the path. Its answers are what deserves no green.
func meanServer(w http.ResponseWriter, r *http.Request) {
	const bad = "state: error, database down"
	_, name, _ := strings.Cut(r.URL.Path, "/")
	head := w.Header()
	if text, ok := strings.CutPrefix(name, "ws-"); ok {
		meanSocket(w, r, text)
		return
	}
	answers := map[string]string{
		"empty": `{}`, "nine": `{"n":9,"s":"9","list":[]}`, "old": `{"v":"old"}`, "ok": `{"ok":true,"status":"ok"}`, "bad": `{"v":"bad","ok":false}`, "null": `null`,
		"each": `{"a":false,"b":true,"checks":[{"ok":false},{"ok":true}]}`, "path": `{"v":"C:\\new"}`, "one": `{"n":1}`, "version": `{"version":"1.1"}`,
		"many": `{"ids":[1,2]}`, "degraded": `{"s":"down"}`, "nan": `{"v":"nan"}`, "text": bad, "big": `{"n":9007199254740993}`, "dup": `{"ok":true,"ok":false}`,
		"texts": `{"ok":"false"}`, "dup-escaped": `{"ok":true,"\u006fk":false}`,
	}
	switch name {
	case "down":
		w.WriteHeader(500)
	case "slow":
		time.Sleep(50 * time.Millisecond) // longer than a check that does not wait for it
		_, _ = w.Write([]byte(`{"ready":true}`))
	case "gzip", "x-gzip":
		head.Set("Content-Encoding", name)
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(bad))
		_ = z.Close()
	case "deflate":
		head.Set("Content-Encoding", name)
		z := zlib.NewWriter(w)
		_, _ = z.Write([]byte(bad))
		_ = z.Close()
	case "br", "zstd", "compress", "gzip,br":
		head.Set("Content-Encoding", name)
		_, _ = w.Write([]byte("\x0b\x0d\x80\x1b\x1a\x03"))
	case "gzip-broken":
		head.Set("Content-Encoding", "gzip")
		_, _ = w.Write([]byte("not gzip"))
	case "utf-16":
		head.Set("Content-Type", "text/plain; charset=utf-16")
		for _, c := range "\ufeff" + bad {
			_, _ = w.Write([]byte{byte(c >> 8), byte(c)})
		}
	case "utf-16-mark", "utf-16-silent":
		for i, c := range "\ufeff" + bad {
			if i > 0 || name == "utf-16-mark" {
				_, _ = w.Write([]byte{byte(c >> 8), byte(c)})
			}
		}
	case "latin1-none":
		_, _ = w.Write([]byte("d\xe9faillance"))
	case "latin1-json":
		_, _ = w.Write([]byte("{\"v\":\"d\xe9faillance\"}"))
	case "latin1":
		head.Set("Content-Type", "text/plain; charset=iso-8859-1")
		_, _ = w.Write([]byte("d\xe9faillance"))
	case "ebcdic":
		head.Set("Content-Type", "text/plain; charset=ebcdic-cp-us")
		_, _ = w.Write([]byte("error"))
	case "bom":
		_, _ = w.Write([]byte("\xef\xbb\xbf" + `{"ok":true}`))
	case "login":
		if c, err := r.Cookie("session"); err == nil && c.Value == "1" {
			_, _ = w.Write([]byte("welcome"))
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		http.Redirect(w, r, "/login", http.StatusFound)
	case "server":
		head.Set("Server", "nginx/1.1")
		head.Set("X-Powered-By", "php")
		_, _ = w.Write([]byte(`{}`))
	case "first-503":
	default:
		if text, ok := answers[name]; ok {
			_, _ = w.Write([]byte(text))
			return
		}
		meanPrometheus(w, r)
	}
}

// meanSocket takes a handshake and says what deserves no green.
func meanSocket(w http.ResponseWriter, r *http.Request, name string) {
	accept := ws.New().Accept
	conn, err := accept(w, r, ws.AcceptOptions{})
	if err != nil {
		return
	}
	defer conn.Drop()
	switch name {
	case "closed":
		_ = conn.Close(1013, "try again later")
	case "error-then-ok":
		_ = conn.Send(r.Context(), []byte("error: database down"), false)
		_ = conn.Send(r.Context(), []byte("ok"), false)
	}
	_, _, _ = conn.Recv(r.Context(), 0) // until the client goes
}

// meanPrometheus answers /NAME/api/v1/query.
func meanPrometheus(w http.ResponseWriter, r *http.Request) {
	name, _, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/api/v1/query")
	up := `"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0"]}]}`
	none := `"data":{"resultType":"vector","result":[]}`
	answers := map[string]string{
		"partial": `{"status":"success","isPartial":true,` + up + `}`, "warned": `{"status":"success","warnings":["a store did not answer"],` + up + `}`,
		"partial-none": `{"status":"success","isPartial":true,` + none + `}`, "warned-none": `{"status":"success","warnings":["a store did not answer"],` + none + `}`,
		"none": `{"status":"success",` + none + `}`, "silent": `{"status":"error","error":""}`, "wordless": `{"status":"error"}`,
		"infos": `{"status":"success","infos":["metric might not be a counter"],` + up + `}`,
	}
	if text, ok := answers[name]; ok && found {
		_, _ = w.Write([]byte(text))
		return
	}
	w.WriteHeader(404)
}

// Each file of testdata/mean wants a green that it does not deserve. Its first lines say what it must get:
//
//	# want: config error: text     nothing runs
//	# want: NAME failed: text      the status of a check, and a part of its message
//	# env: NAME=value
func TestMeanFiles(t *testing.T) {
	var asked atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/first-503" && asked.Add(1) == 1 {
			w.WriteHeader(503)
			return
		}
		meanServer(w, r)
	})
	files, err := filepath.Glob("testdata/mean/*.yaml")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v; want 50", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			env := map[string]string{"URL": server.URL, "WS": "ws" + strings.TrimPrefix(server.URL, "http")}
			var wants []string
			for line := range bytes.Lines(source) {
				text := strings.TrimSpace(string(line))
				if want, ok := strings.CutPrefix(text, "# want: "); ok {
					wants = append(wants, want)
				}
				if assignment, ok := strings.CutPrefix(text, "# env: "); ok {
					name, value, _ := strings.Cut(assignment, "=")
					env[name] = value
				}
			}
			if len(wants) == 0 {
				t.Fatal("no '# want:' line")
			}
			b := newBench(t)
			b.options.Types = append(Standard(append(prelude.Modules(), assayhttp.New(assayhttp.Config{}), jsonmodule.New())...), SQL(meanDatabase{}))
			b.options.LookupEnv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
			got := meanOutcome(t, b, string(source))
			for _, want := range wants {
				verdict, message, _ := strings.Cut(want, ":")
				found := false
				for line := range strings.Lines(got) {
					found = found || strings.HasPrefix(line, verdict+":") && strings.Contains(line, strings.TrimSpace(message))
				}
				if !found {
					t.Errorf("got:\n%s\nwant %q with %q", got, verdict, strings.TrimSpace(message))
				}
			}
		})
	}
}

// meanOutcome is a line for each check, or for what is wrong with the file.
func meanOutcome(t *testing.T, b *bench, source string) string {
	t.Helper()
	var out strings.Builder
	p, err := Load(b.write("checks.yaml", source), b.options)
	if err != nil {
		var wrong *ConfigError
		if !errors.As(err, &wrong) {
			t.Fatal(err)
		}
		for _, problem := range wrong.Problems() {
			fmt.Fprintf(&out, "config error: %s\n", problem.Message)
		}
		return out.String()
	}
	for _, c := range p.Run(t.Context()).Checks {
		fmt.Fprintf(&out, "%s %s: %s\n", c.Name, c.Status, text(c.Message))
	}
	return out.String()
}

// meanDatabase gives the query as the only value, as a driver would.
type meanDatabase struct{}

func (meanDatabase) Query(_ context.Context, _, query string) (Rows, error) {
	values := map[string]any{"big": int64(9007199254740993), "max": int64(9223372036854775806), "decimal": "9007199254740993.5", "nan": "NaN", "null": nil, "hex": "0x10", "word": "ok"}
	if query == "three" {
		return Rows{Count: 3, Value: int64(1)}, nil
	}
	return Rows{Count: 1, Value: values[query]}, nil
}
