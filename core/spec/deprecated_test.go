package spec

import "testing"

func TestDeprecated(t *testing.T) {
	for text, want := range map[string]string{
		"Sends a request.": "",
		"Sends a request. Deprecated: use http.get instead; it goes with 0.4.":                  "use http.get instead; it goes with 0.4",
		"Sends a request.\n\nDeprecated: use http.get instead; it goes with 0.4.\n\nMore text.": "use http.get instead; it goes with 0.4",
	} {
		if got := Deprecated(text); got != want {
			t.Errorf("Deprecated(%q) = %q, want %q", text, got, want)
		}
	}
}
