package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.lua":       "local r = http.get('http://x')\nprint(r.status)\n",
		"b.lua":       "http.gett('http://x')\n",
		"host.lua":    "shop.order('1') shop.ordr('1')\n",
		"host.json":   `{"version":1,"modules":[{"name":"shop","doc":"Sells.","funcs":[{"name":"order","text":"Orders.","level":"check","needs":["pure"],"params":[{"name":"id","type":{"kind":"scalar","name":"string"},"text":"What."}]}]}]}`,
		"checks.yaml": "checks:\n  - name: a\n    type: script\n    script: |\n      db.query(1, 'x')\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"hover DIR/a.lua:1:17", 0, "http.get(url: string", ""},
		{"hover DIR/a.lua:2:10", 0, "status: integer", ""},
		{"hover DIR/a.lua:1", 2, "", `is no FILE:LINE:COL`},
		{"hover DIR/none.lua:1:1", 2, "", "none.lua"},
		{"check DIR/a.lua", 0, "", ""},
		{"check DIR", 1, "checks.yaml:5:7: error: db exists in scripts only", ""},
		{"check DIR/none.lua", 2, "", "none.lua"},
		{"--catalog DIR/host.json hover DIR/host.lua:1:6", 0, "shop.order(id: string", ""},
		{"--catalog DIR/host.json check DIR/host.lua", 1, "host.lua:1:22: error: 'shop' has no 'ordr'; did you mean 'shop.order'? [undefined-field]", ""},
		{"--catalog DIR/none.json check DIR/a.lua", 2, "", "none.json"},
		{"help", 0, "usage:", ""},
		{"frobnicate", 2, "", "usage:"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(strings.Fields(strings.ReplaceAll(tt.args, "DIR", dir)), strings.NewReader(""), &stdout, &stderr)
			if code != tt.code || !strings.Contains(stdout.String(), tt.stdout) || !strings.Contains(stderr.String(), tt.stderr) || tt.stderr == "" && stderr.Len() > 0 {
				t.Errorf("code %d, stdout %q, stderr %q; want %d, %q, %q", code, stdout.String(), stderr.String(), tt.code, tt.stdout, tt.stderr)
			}
		})
	}
}

func TestStdio(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(nil, strings.NewReader("Content-Length: 58\r\n\r\n"+`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`), &stdout, &stderr)
	if code != 1 || !strings.HasPrefix(stdout.String(), "Content-Length: ") || !strings.Contains(stdout.String(), `"positionEncoding":"utf-16"`) {
		t.Errorf("code %d, stdout %q, stderr %q; want 1 and the answer to initialize", code, stdout.String(), stderr.String())
	}
}
