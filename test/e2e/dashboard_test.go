package e2e

import (
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The dashboard is looked at as a person would: its text is on the page, and the page is not blank.
func TestDashboardInBrowser(t *testing.T) {
	need(t, "chromium")
	folder := filepath.Join(root, "examples", "dashboard")
	source, err := os.ReadFile(filepath.Join(folder, "service.lua"))
	if err != nil {
		t.Fatal(err)
	}
	// A copy that prints its port, beside the page.
	dir := t.TempDir()
	told := strings.Replace(string(source), "ready = true}", "ready = true, on_listen = print}", 1)
	page, err := os.ReadFile(filepath.Join(folder, "page.html"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"service.lua": told, "page.html": string(page)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "assay"), filepath.Join(dir, "service.lua"))
	cmd.Env = append(os.Environ(), "SERVICES=cellar=http://127.0.0.1:1/", "PAUSE=60")
	url := "http://127.0.0.1:" + serving(t, cmd)
	waitFor(t, "the dashboard has asked", func() bool {
		answer, err := http.Get(url + "/services")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		text := make([]byte, 4096)
		n, _ := answer.Body.Read(text)
		return strings.Contains(string(text[:n]), "down")
	})
	look := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "chromium", append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + t.TempDir(), "--window-size=800,600"}, append(args, url+"/")...)...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("chromium: %v", err)
		}
		return string(out)
	}
	dom := look("--dump-dom")
	for _, want := range []string{"<h1>Services</h1>", "cellar", `class="down"`, "refused"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the page has no %q:\n%s", want, dom)
		}
	}
	file := filepath.Join(dir, "page.png")
	look("--screenshot=" + file)
	if colours := coloursOf(t, file); colours < 10 {
		t.Errorf("the screenshot has %d colours, want text on a page", colours)
	}
}

// coloursOf counts the colours of a picture.
func coloursOf(t *testing.T, file string) int {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[[3]uint32]bool)
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}] = true
		}
	}
	return len(seen)
}
