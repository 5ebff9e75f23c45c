// Package playground drives the page of deploy/playground in a browser. It takes minutes to build, so it is a step of its own:
// ./test/run playground.
package playground

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"assay.rs/test/internal/workspace"
)

func TestPlayground(t *testing.T) {
	w, err := workspace.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "-C", "deploy", "run", "./playground", "-out", dir)
	build.Dir = w.Root
	said, err := build.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Logf("%s", said)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)

	t.Run("a script runs", func(t *testing.T) {
		b := openPage(t, server.URL)
		b.click("#run")
		b.waitText("#output", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824") // SHA-256 of hello
		b.waitText("#output", `{"services":[{"name":"shop","replicas":2},{"name":"mail","replicas":1}]}`)
		b.waitText("#output", "name=shop replicas=2")
		b.waitText("#run", "Run")
		for _, scheme := range []string{"light", "dark"} {
			b.look(1200, 800, scheme)
			b.picture("script-" + scheme)
			b.look(500, 900, scheme)
			b.picture("script-500-" + scheme)
		}
	})
	t.Run("a loop without end is stopped", func(t *testing.T) {
		b := openPage(t, server.URL)
		b.replace("while true do end\n")
		b.click("#run")
		b.waitText("#output", "stopped after 10 s")
	})
	t.Run("what touches the network is refused while typing and when run", func(t *testing.T) {
		b := openPage(t, server.URL)
		b.replace(`http.get("http://example.com/")` + "\n")
		b.click("#run")
		b.waitText("#output", "error: ")
		b.picture("refused")
	})
	t.Run("Lua in YAML is completed", func(t *testing.T) {
		b := openPage(t, server.URL+"/#checks.yaml")
		b.end()
		b.insert("      local answer = http.")
		b.key("Space", 32, control)
		b.waitText(".cm-tooltip-autocomplete", "get")
		b.look(1200, 800, "light")
		b.picture("completion")
	})
	t.Run("what a check has not is an error with a quick fix", func(t *testing.T) {
		b := openPage(t, server.URL+"/#checks.yaml")
		b.end()
		b.insert(`      assert.eq(fs.read("expected.txt"), r.body)`)
		b.waitText(".cm-lintRange-error", "fs")
		b.point("fs")
		b.waitText(".cm-tooltip-lint", "exists in scripts only")
		b.waitText(".cm-tooltip-lint .cm-diagnosticAction", "permissions")
		b.picture("level")
		b.click(".cm-tooltip-lint .cm-diagnosticAction")
		b.waitText(".cm-content", "permissions: [fs]")
	})
	t.Run("a function of an embedded module is explained", func(t *testing.T) {
		b := openPage(t, server.URL)
		b.replace("local k8s = require(\"assay.k8s\")\nk8s.wait(\"deployment/shop\", {})\n")
		b.point("wait")
		b.waitText(".cm-tooltip-hover .docs", "k8s.wait")
		b.picture("hover")
	})
}

const control = 2

func openPage(t *testing.T, url string) *browser {
	t.Helper()
	b := openBrowser(t, url)
	b.look(1200, 800, "light")
	wait(t, "the page is ready", func() bool {
		ready := b.text(`document.body?.dataset.ready ?? document.getElementById("output")?.textContent ?? ""`)
		if strings.Contains(ready, "did not start") {
			t.Fatal(ready)
		}
		return ready == "yes"
	})
	return b
}

// replace types a document in place of the one that is shown.
func (b *browser) replace(text string) {
	b.Helper()
	b.text(`document.querySelector(".cm-content").focus()`)
	b.key("a", 65, control)
	b.insert(text)
	b.waitText(".cm-content", strings.SplitN(text, "\n", 2)[0])
}

// end puts the cursor behind the document.
func (b *browser) end() {
	b.Helper()
	b.text(`document.querySelector(".cm-content").focus()`)
	b.key("End", 35, control)
}
