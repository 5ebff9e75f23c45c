package e2e

import (
	"flag"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "draw the picture of the README again")

// The picture in the README is what a run of the README's check file shows when two checks fail.
func TestPictureInREADME(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answers := map[string]string{
			"/health": `{"database": "ok"}`, "/version": `{"version": "2.3.9"}`,
			"/api/v1/query": `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.083"]}]}}`,
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answers[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	var file string
	for _, s := range samples(t) {
		if s.page == "README.md" && s.language == "yaml" {
			file = s.text
		}
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"checks.yaml": strings.NewReplacer("backoff: 5s", "backoff: 1ms", "parallel: 8", "parallel: 1").Replace(file),
		"verify.lua":  "local r = http.get(\"http://api.default.svc/version\"):json()\nif r.version ~= \"2.4.0\" then error(\"version \" .. r.version) end\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keyboard, terminal := pseudoTerminal(t)
	cmd := exec.CommandContext(t.Context(), assay(), "checks.yaml")
	cmd.Dir, cmd.Stdout = dir, terminal // stderr is none, so that nothing moves
	cmd.Env = append(os.Environ(), "HTTP_PROXY="+server.URL, "http_proxy="+server.URL, "NO_PROXY=", "no_proxy=", "NO_COLOR=", "TERM=xterm")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	y := &typist{keyboard: keyboard}
	ended := make(chan struct{})
	go func() { defer close(ended); y.watch() }()
	_ = cmd.Wait() // two checks fail
	<-ended
	want := svg("$ assay checks.yaml\r\n" + steady(y.text()))
	path := filepath.Join(root, "docs", "failing-run.svg")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/failing-run.svg shows what the program does not; -update draws it again:\n%s\nwant\n%s", got, want)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil || !strings.Contains(string(readme), "(docs/failing-run.svg)") {
		t.Errorf("the README does not show the picture (%v)", err)
	}
}

// steady gives each time the length that it would have with the file's own backoff, whatever the machine did.
func steady(s string) string {
	s = regexp.MustCompile(`attempts, [\d.]+ m?s {2,}`).ReplaceAllString(s, "attempts, 30.1 s  ") // a column of the summary
	s = regexp.MustCompile(`attempts, [\d.]+ m?s\)`).ReplaceAllString(s, "attempts, 30.1 s)")
	s = regexp.MustCompile(`\([\d.]+ m?s\)`).ReplaceAllString(s, "(12 ms)")
	return regexp.MustCompile(`passed in [\d.]+ m?s`).ReplaceAllString(s, "passed in 30.1 s")
}

// svg draws what was written to a terminal, with its colours (ECMA-48: SGR 2, 31, 32, 33).
func svg(shown string) string {
	const wide, line, left, top = 100, 20, 16, 30
	var rows []string
	for text := range strings.SplitSeq(strings.TrimRight(shown, "\r\n"), "\r\n") {
		var row strings.Builder
		column, class := 0, ""
		for len(text) > 0 {
			if at := control.FindStringIndex(text); at != nil && at[0] == 0 {
				class = map[string]string{"\x1b[2m": "dim", "\x1b[31m": "bad", "\x1b[32m": "good", "\x1b[33m": "warn"}[text[:at[1]]]
				text = text[at[1]:]
				continue
			}
			end := len(text)
			if at := control.FindStringIndex(text); at != nil {
				end = at[0]
			}
			piece := []rune(text[:end])
			if room := wide - column; len(piece) > room {
				piece = piece[:room]
			}
			if len(piece) == 0 {
				rows = append(rows, row.String())
				row.Reset()
				column = 0
				continue
			}
			fmt.Fprintf(&row, `<tspan class="%s">%s</tspan>`, class, html.EscapeString(string(piece)))
			column += len(piece)
			text = text[len(string(piece)):]
		}
		rows = append(rows, row.String())
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="a run with two checks that fail">
<style>text{font:14px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}.dim{fill:#8b949e}.bad{fill:#ff7b72}.good{fill:#56d364}.warn{fill:#e3b341}</style>
<rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>
`, 2*left+wide*85/10, top+line*len(rows))
	for i, row := range rows {
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", left, top+line*i, row)
	}
	return b.String() + "</svg>\n"
}
