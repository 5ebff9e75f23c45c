package serve

import (
	"encoding/json"
	"testing"
)

// A terminal that shows the access log must not act on what clients have sent; who reads it as JSON gets it unchanged.
func TestLinesOfTheAccessLogAreEscaped(t *testing.T) {
	for sent, want := range map[string]string{
		"plain ä 世 😀":     `{"path":"plain ä 世 😀"}`,
		"\u009b31m":       `{"path":"\u009b31m"}`,
		"a\u202eb\u2066c": `{"path":"a\u202eb\u2066c"}`,
		"\x7f":            `{"path":"\u007f"}`,
		"\U000e0041":      `{"path":"\udb40\udc41"}`,
	} {
		got := string(escaped([]byte(`{"path":"` + sent + `"}`)))
		if got != want {
			t.Errorf("escaped(%q) = %s, want %s", sent, got, want)
		}
		var back struct{ Path string }
		if err := json.Unmarshal([]byte(got), &back); err != nil || back.Path != sent {
			t.Errorf("%s reads as %q, %v, want %q", got, back.Path, err, sent)
		}
	}
}

func TestAccessLogShowsNoPasswordOfAURL(t *testing.T) {
	for sent, want := range map[string]string{
		"a/1.0 (+http://u:pass@h/x)":  "a/1.0 (+http://u:***@h/x)",
		"/to/redis://:p@ss@h/0":       "/to/redis://:***@h/0",
		"http://u:p@h http://v:q@h/":  "http://u:***@h http://v:***@h/",
		"Mozilla/5.0 (http://h:80/x)": "Mozilla/5.0 (http://h:80/x)",
		"http://h:80/a@b":             "http://h:80/a@b",
	} {
		if got := withoutPasswords(sent); got != want {
			t.Errorf("%q is logged as %q, want %q", sent, got, want)
		}
	}
}
