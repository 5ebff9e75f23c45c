package playground

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nhooyr.io/websocket"
)

// browser is one page of Chromium, driven by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).
type browser struct {
	*testing.T
	conn *websocket.Conn
	last int
}

// patience is how long a page may take for what a person waits for.
const patience = time.Minute

func openBrowser(t *testing.T, url string) *browser {
	t.Helper()
	profile := t.TempDir()
	cmd := exec.CommandContext(context.Background(), "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--remote-debugging-port=0", "--user-data-dir="+profile, "about:blank")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	var port string
	wait(t, "Chromium listens", func() bool {
		text, err := os.ReadFile(filepath.Join(profile, "DevToolsActivePort"))
		port, _, _ = strings.Cut(string(text), "\n")
		return err == nil && port != ""
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://127.0.0.1:"+port+"/json/new?about:blank", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var target struct {
		WebSocketDebuggerUrl string
	}
	if err := json.NewDecoder(answer.Body).Decode(&target); err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.Dial(t.Context(), target.WebSocketDebuggerUrl, nil) //nolint:bodyclose // the library closes it, or makes it the connection
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(64 << 20)
	b := &browser{T: t, conn: conn}
	t.Cleanup(func() { b.write(context.Background(), "Browser.close", nil) })
	b.call("Page.navigate", map[string]any{"url": url})
	return b
}

// call sends a command and waits for its result. Events are of no interest.
func (b *browser) call(method string, params map[string]any) json.RawMessage {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	b.write(ctx, method, params)
	for {
		_, text, err := b.conn.Read(ctx)
		if err != nil {
			b.Fatalf("%s: %v", method, err)
		}
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  json.RawMessage
		}
		if err := json.Unmarshal(text, &answer); err != nil {
			b.Fatal(err)
		}
		switch {
		case answer.ID != b.last:
		case answer.Error != nil:
			b.Fatalf("%s: %s", method, answer.Error)
		default:
			return answer.Result
		}
	}
}

func (b *browser) write(ctx context.Context, method string, params map[string]any) {
	b.Helper()
	b.last++
	message, err := json.Marshal(map[string]any{"id": b.last, "method": method, "params": params})
	if err == nil {
		err = b.conn.Write(ctx, websocket.MessageText, message)
	}
	if err != nil {
		b.Fatalf("%s: %v", method, err)
	}
}

// text is the value of an expression of JavaScript, as text.
func (b *browser) text(expression string) string {
	b.Helper()
	var answer struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	if err := json.Unmarshal(b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}), &answer); err != nil {
		b.Fatal(err)
	}
	if answer.ExceptionDetails != nil {
		b.Fatalf("%s: %s", expression, answer.ExceptionDetails)
	}
	return fmt.Sprint(answer.Result.Value)
}

// waitText waits until the text of an element has what is wanted.
func (b *browser) waitText(selector, want string) {
	b.Helper()
	var got string
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		got = b.text(fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.innerText).join("\n")`, selector))
		if strings.Contains(got, want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatalf("%s has no %q after %s, but %q", selector, want, patience, got)
}

func (b *browser) click(selector string) {
	b.Helper()
	b.text(fmt.Sprintf(`document.querySelector(%q).click()`, selector))
}

// insert types text where the cursor is.
func (b *browser) insert(text string) {
	b.Helper()
	b.call("Input.insertText", map[string]any{"text": text})
}

// key presses a key, such as Enter, with Control held for 2.
func (b *browser) key(key string, code, modifiers int) {
	b.Helper()
	for _, kind := range []string{"rawKeyDown", "keyUp"} {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers})
	}
}

// point moves the mouse over the first place in the editor that shows a text.
func (b *browser) point(text string) {
	b.Helper()
	var at struct{ X, Y float64 }
	place := b.text(fmt.Sprintf(`(() => {
		const walker = document.createTreeWalker(document.querySelector(".cm-content"), NodeFilter.SHOW_TEXT)
		for (let n; (n = walker.nextNode()); ) {
			const i = n.data.indexOf(%q)
			if (i < 0) continue
			const range = document.createRange()
			range.setStart(n, i); range.setEnd(n, i + 1)
			const box = range.getBoundingClientRect()
			return JSON.stringify({X: box.x + box.width / 2, Y: box.y + box.height / 2})
		}
		return "null"
	})()`, text))
	if err := json.Unmarshal([]byte(place), &at); err != nil || place == "null" {
		b.Fatalf("the editor shows no %q: %v", text, err)
	}
	for _, x := range []float64{at.X - 1, at.X} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": x, "y": at.Y})
	}
}

// look sets the size of the window and the colour scheme.
func (b *browser) look(width, height int, scheme string) {
	b.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}})
}

// picture writes a screenshot where `go test -artifacts` keeps it.
func (b *browser) picture(name string) {
	b.Helper()
	var shot struct{ Data string }
	if err := json.Unmarshal(b.call("Page.captureScreenshot", nil), &shot); err != nil {
		b.Fatal(err)
	}
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.ArtifactDir(), name+".png"), data, 0o644); err != nil {
		b.Fatal(err)
	}
}

func wait(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("not after %s: %s", patience, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
