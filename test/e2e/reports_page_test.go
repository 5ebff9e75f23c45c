package e2e

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The page of a report fits a phone and a desktop, in light and dark, without anything from elsewhere.
func TestReportPageInBrowser(t *testing.T) {
	dir, _ := reports(t, assay())
	page := string(contents(t, dir, "html"))
	if found := regexp.MustCompile(`(?i)<script|<link|<img|@import|url\(|<iframe`).FindString(page); found != "" {
		t.Errorf("the page has %s, want nothing that runs or is fetched", found)
	}
	var frames strings.Builder
	widths := []int{400, 1200}
	for _, w := range widths {
		fmt.Fprintf(&frames, "<iframe style=\"border:0;width:%dpx;height:600px\" srcdoc=\"%s\"></iframe>\n", w, html.EscapeString(page))
	}
	// What the browser has made of the pages is written into the title.
	wrapper := filepath.Join(dir, "wrapper.html")
	text := "<!doctype html><meta charset=utf-8><body>" + frames.String() + `<script>
onload = () => { document.title = [...document.querySelectorAll("iframe")].map(f => {
  const d = f.contentDocument
  return d.documentElement.scrollWidth + " " + getComputedStyle(d.body).backgroundColor.replaceAll(" ", "") + " " + d.querySelectorAll("section.problem").length
}).join(" ") }
</script>`
	if err := os.WriteFile(wrapper, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	backgrounds := map[string]bool{}
	for _, scheme := range []string{"0", "1"} { // dark and light, as Chromium numbers them
		out := tool(t, dir, nil, 0, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--hide-scrollbars",
			"--blink-settings=preferredColorScheme="+scheme, "--window-size=1300,1300", "--dump-dom", "file://"+wrapper)
		var narrow, wide, narrowProblems, wideProblems int
		var narrowColour, wideColour string
		title := regexp.MustCompile("<title>(.*?)</title>").FindStringSubmatch(out)
		if title == nil {
			t.Fatalf("the page has no title:\n%.2000s", out)
		}
		if _, err := fmt.Sscan(title[1], &narrow, &narrowColour, &narrowProblems, &wide, &wideColour, &wideProblems); err != nil {
			t.Fatalf("%q: %v", title[1], err)
		}
		if narrow != widths[0] || wide != widths[1] {
			t.Errorf("the pages are %d and %d wide, want %v: something overflows", narrow, wide, widths)
		}
		if narrowProblems != 6 || wideProblems != 6 {
			t.Errorf("%d and %d checks are shown that did not pass, want 6", narrowProblems, wideProblems)
		}
		backgrounds[wideColour] = true
	}
	if len(backgrounds) != 2 {
		t.Errorf("the backgrounds are %v, want one for light and one for dark", backgrounds)
	}
}
