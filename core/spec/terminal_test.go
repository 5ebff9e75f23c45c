package spec_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"assay.rs/core/spec"
)

func TestLookup(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"http", "http"},
		{"http.get", "http.get"},
		{" http.get() ", "http.get"},
		{"http.Response", "http.Response"},
		{"http.Response.json", "http.Response:json"},
		{"http.Response:json", "http.Response:json"},
		{"http.Response.status", "http.Response.status"},
		{"http.Options.timeout", "http.Options.timeout"},
		{"http.max_body", "http.max_body"},
		{"http.timeout", "http.timeout"},
		{"print", "print"},
		{"globals", "globals"},
		{"vault", "assay.vault"},
		{"assay.vault", "assay.vault"},
		{"vault.read", "assay.vault.read"},
		{"assay.vault.read", "assay.vault.read"},
	} {
		got, err := spec.Lookup(sample(), tc.name)
		if err != nil || got.Name != tc.want {
			t.Errorf("Lookup(%q) = %q, %v, want %q", tc.name, got.Name, err, tc.want)
		}
	}
}

func TestLookupSuggests(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"http.gte", "'http.gte' is not known: did you mean 'http.get'?"},
		{"http.response.json", "'http.response.json' is not known: did you mean 'http.Response:json'?"},
		{"pritn", "'pritn' is not known: did you mean 'print'?"},
		{"something.else", "'something.else' is not known"},
		{"", "'' is not known"},
	} {
		_, err := spec.Lookup(sample(), tc.name)
		var missing *spec.NotFoundError
		if !errors.As(err, &missing) || err.Error() != tc.want {
			t.Errorf("Lookup(%q) = %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestTerminalKeepsToTheWidth(t *testing.T) {
	for _, width := range []int{60, 80, 132} {
		text, err := terminal(sample(), width, false)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width && !strings.HasPrefix(line, "$") {
				t.Errorf("%d columns, want at most %d: %s", n, width, line)
			}
		}
	}
}

func TestTerminalColourAddsOnlyEscapes(t *testing.T) {
	without, err := terminal(sample(), 80, false)
	if err != nil {
		t.Fatal(err)
	}
	with, err := terminal(sample(), 80, true)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(with, "\x1b[1mhttp.get\x1b[0m(url, options?)") {
		t.Error("the name of http.get is not bold")
	}
	if got := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(with, ""); got != without {
		t.Error("the text in colour is another")
	}
}

func TestTerminalWidthZeroIsEighty(t *testing.T) {
	zero, _ := terminal(sample(), 0, false)
	if eighty, _ := terminal(sample(), 80, false); zero != eighty {
		t.Error("width 0 is not width 80")
	}
}
