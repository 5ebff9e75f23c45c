package http

import (
	"bytes"
	"log/slog"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// What is secret in a request is in no error, hint, object as text or log record, however the request fails.
func TestSecretsStaySecret(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("CANARY"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("CANARY\x00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	answer := record(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Path == "/loop" {
			nethttp.Redirect(w, r, "/loop", nethttp.StatusFound)
		}
	})
	globals := map[string]any{
		"FAILING": []any{
			refused(t), peer(t, says("")), peer(t, says("garbage\r\n\r\n")), peer(t, reset), peer(t, untilGone), answer.URL + "/loop",
			peer(t, says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")), strings.Replace(answer.URL, "http:", "https:", 1),
			"http://nowhere.invalid", "http://127.0.0.1:99999",
		},
		"ANSWER": answer.URL, "token": token, "bad": bad,
	}
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), New(Config{}), Prometheus(Config{})), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	var out, logged bytes.Buffer
	vm := rt.Open(core.Host{Log: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})), Stdout: &out})
	defer vm.Close()
	for name, value := range globals {
		if err := vm.SetGlobal(name, value); err != nil {
			t.Fatal(err)
		}
	}
	chunk, err := core.Compile("canary.lua", []byte(`
		local n = 0
		local function show(ok, e)
			n = n + 1
			if ok then print("answered", tostring(e)) return end
			print(e.code, tostring(e), e.hint)
			log.error("failed", {error = e})
		end
		local secrets = {
			{headers = {Authorization = "Bearer CANARY"}}, {headers = {Cookie = "s=CANARY"}}, {cookies = {s = "CANARY"}},
			{headers = {["Proxy-Authorization"] = "CANARY"}}, {auth = {bearer = "CANARY"}}, {auth = {username = "u", password = "CANARY"}},
			{auth = {bearer_file = token}}, {auth = {bearer_file = bad}}, {auth = {bearer = "CANARY\n\1"}}, {cookies = {s = "CANARY;"}},
			{headers = {Authorization = "CANARY\r\n"}}, {auth = {username = "a:b", password = "CANARY"}}, {client_key = "CANARY"},
			{client_cert = "CANARY", client_key = "CANARY"}, {ca_cert = "CANARY"}, {proxy = "http://u:CANARY@127.0.0.1:1"},
			{proxy = "http://u:CANARY@[::1"}, {proxy = "CANARY://h"}, {proxy = "socks5://u:CANARY@127.0.0.1:1"}, {body = "CANARY"}, {form = {p = "CANARY"}},
		}
		for _, url in ipairs(FAILING) do
			for _, options in ipairs(secrets) do
				options.timeout, options.max_redirects = 0.1, 2
				show(pcall(http.post, url, nil, options))
				show(pcall(http.stream, url, options, print))
			end
			local with = url:gsub("//", "//u:CANARY@")
			show(pcall(http.get, with, {timeout = 0.1}))
			show(pcall(http.get, with .. "/?token=CANARY", {timeout = 0.1}))
			show(pcall(http.sse, with, {timeout = 0.1}, print))
			show(pcall(prometheus.query, with, "up", {timeout = 0.1}))
		end
		for _, url in ipairs{"http://u:CANARY", "http://u:CANARY@", "u:CANARY@h", "http://u:CA/NARY@h:CANARY", "http://u:CANARY@h:x", "http://u:CANARY@a b"} do
			show(pcall(http.get, url))
		end
		show(true, http.get((ANSWER:gsub("//", "//u:CANARY@"))))
		print(n)
	`))
	if err != nil {
		t.Fatal(err)
	}
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{out.String(), logged.String()} {
		for line := range strings.Lines(text) {
			if strings.Contains(line, "CANARY") || strings.Contains(line, "NARY") {
				t.Errorf("a secret in %q", line)
			}
		}
	}
	if want := "467\n"; !strings.HasSuffix(out.String(), want) || strings.Count(logged.String(), "\n") < 400 {
		t.Errorf("the script ends with %q, want %q; %d records", out.String()[max(0, out.Len()-20):], want, strings.Count(logged.String(), "\n"))
	}
}
