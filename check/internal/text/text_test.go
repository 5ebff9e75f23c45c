package text_test

import (
	"testing"
	"time"

	"assay.rs/check/internal/text"
)

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain é\n\t": "plain é\n\t",
		"\x1b[31m\r":  `\x1b[31m\x0d`,
		"\u009b31m":   `\x9b31m`,
		"a\u202eb":    `a\u202eb`,
		"\u2028":      `\u2028`,
	} {
		if got := text.Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTook(t *testing.T) {
	for in, want := range map[time.Duration]string{
		12 * time.Millisecond:   "12 ms",
		1500 * time.Millisecond: "1.5 s",
		125 * time.Second:       "2m 5s",
	} {
		if got := text.Took(in); got != want {
			t.Errorf("Took(%d) = %q, want %q", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	if got, want := text.Cut("äöüß", 3), "äö…"; got != want {
		t.Errorf("Cut = %q, want %q", got, want)
	}
	if got, want := text.Cut("äöü", 3), "äöü"; got != want {
		t.Errorf("Cut = %q, want %q", got, want)
	}
}
