package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Real editors, and the library of VS Code's clients, get from assay-lsp what they show.
func TestEditors(t *testing.T) {
	const gett = "'http' has no 'gett'; did you mean 'http.get'?"
	for _, tt := range []struct {
		name, command string
		want          []string
	}{
		{"neovim", "nvim --headless -u NONE -i NONE -n -c luafile^testdata/editor/neovim.lua -c cquit^1", []string{
			"diagnostic 2:16 " + gett, "completion status integer", "hover http.get(url: string, options?: http.Options) -> http.Response",
			`formatted local t = http.get("http://x").status`, `renamed local answer = http.get("http://x")`, "completion expect", "completion json", "symbols 3",
		}},
		{"emacs", "emacs -q --batch -l testdata/editor/emacs.el", []string{
			"diagnostic 2 assay [undefined-field]: " + gett, "hover ```lua\nhttp.get(url: string", "completion encode\n", "formatted x = 1\n",
		}},
		{"vscode-jsonrpc", "node testdata/editor/vscode.js", []string{
			`encoding "utf-16"`, `diagnostics ["unused-local","sandbox-level"]`, "tokens 0\n", `"at most 1m30s"`, `": http.Response"`, `lenses ["run all checks","run check"]`,
			"hovers 50\n", "cancelled true\n", "exit 0\n",
		}},
		{"extension", "node testdata/editor/extension.js", []string{
			`completion "get"`, "resolved true\n", "hover true\n", `script [["undefined-field",0]]`, `symbols ["web","lua","flow"]`, `lenses ["run all checks","run check","run check","run check"]`, `"at most 30s"`,
			`fixes ["replace by 'get'"]`, `edits ["local t = http.get(\"x\")"]`, `corrected ["literal"]`, `task ["check","--only=web"]`, `passed "test_good"`, `failed ["test_bad"`, "grammar [7,10]\n", `packed "PK"`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range map[string]string{
				"script.lua": "local r = http.get('http://x')\nlocal t = http.gett('x')\nprint(r.status)\nprint(t)\n",
				"a_test.lua": "local M = {}\nfunction M.test_good() assert.eq(1, 1) end\nfunction M.test_bad() assert.eq(1, 2) end\nreturn M\n",
				"checks.yaml": "checks:\n  - name: web\n    type: http\n    url: http://x\n    \n  - name: lua\n    type: script\n    script: |\n" +
					"      local r = http.get('http://x')\n      assert.eq(r:json(), db.query(1, 'x'))\n  - { name: flow, type: http, url: http://x }\n",
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			args := strings.Fields(tt.command)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "^", " ")
			}
			cmd := exec.CommandContext(ctx, args[0], args[1:]...)
			cmd.Env = append(os.Environ(), nodePath(t), "ASSAY_LSP="+filepath.Join(built, "assay-lsp"), "ASSAY="+filepath.Join(built, "assay"),
				"EXTENSION="+filepath.Join(root, "cmd/assay-lsp/editors/vscode"), "FOLDER="+dir, "XDG_STATE_HOME="+dir, "XDG_DATA_HOME="+dir)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", tt.command, err, out)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("the editor has no %q:\n%s", want, out)
				}
			}
		})
	}
}
