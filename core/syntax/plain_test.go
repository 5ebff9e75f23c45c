package syntax

import "testing"

func TestPlain(t *testing.T) {
	for r, want := range map[rune]string{
		'\n': `\n`, '\r': `\r`, '\t': `\t`, 0x1b: `\x1b`, 0x7f: `\x7f`, 0x9b: `\x9b`,
		'\u061c': `\u{61c}`, '\u200b': `\u{200b}`, '\u200e': `\u{200e}`, '\u2028': `\u{2028}`,
		'\u202a': `\u{202a}`, '\u202e': `\u{202e}`, '\u2066': `\u{2066}`, '\u2069': `\u{2069}`, '\ufeff': `\u{feff}`,
	} {
		if Plain(r) {
			t.Errorf("%U is plain", r)
		}
		if got := Escape(r); got != want {
			t.Errorf("Escape(%U) = %s, want %s", r, got, want)
		}
	}
	for _, r := range "aé世😀 \"\\" {
		if !Plain(r) {
			t.Errorf("%q is not plain", r)
		}
	}
}
