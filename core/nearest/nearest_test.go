package nearest_test

import (
	"testing"

	"assay.rs/core/nearest"
)

func TestName(t *testing.T) {
	options := []string{"timeout", "connect_timeout", "headers", "query", "retry", "form"}
	for _, tc := range []struct {
		name, got string
		known     []string
		want      string
	}{
		{"a letter too many", "time_out", options, "timeout"},
		{"a letter missing", "heders", options, "headers"},
		{"a letter replaced", "querx", options, "query"},
		{"neighbours swapped count once", "qurey", options, "query"},
		{"neighbours swapped in a short name", "rfom", []string{"from"}, "from"},
		{"another case", "TIMEOUT", options, "timeout"},
		{"the name itself", "retry", options, "retry"},
		{"two edits in six letters", "haders", options, "headers"},
		{"two edits in three letters are too many", "dsl", []string{"tls"}, ""},
		{"nothing alike", "colour", options, ""},
		{"one letter is not another", "x", []string{"y"}, ""},
		{"one letter of two", "x", []string{"xs"}, "xs"},
		{"the closest wins over the first", "tineout", []string{"tinout_", "timeout"}, "timeout"},
		{"ties go to the first", "bat", []string{"cat", "hat"}, "cat"},
		{"letters beyond ASCII", "größse", []string{"größe"}, "größe"},
		{"nothing asked", "", options, ""},
		{"nothing known", "timeout", nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := nearest.Name(tc.got, tc.known)
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("Name(%q) = %q, %v, want %q", tc.got, got, ok, tc.want)
			}
		})
	}
}

func TestHint(t *testing.T) {
	if got, want := nearest.Hint("time_out", []string{"timeout"}), "did you mean 'timeout'?"; got != want {
		t.Errorf("Hint = %q, want %q", got, want)
	}
	if got := nearest.Hint("zzz", []string{"timeout"}); got != "" {
		t.Errorf("Hint of nothing alike = %q, want nothing", got)
	}
}
