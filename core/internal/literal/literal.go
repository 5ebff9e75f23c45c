// Package literal writes values as a person writes them in Lua: [Number], [Quote], [IsName]. [Cut] keeps a text short.
package literal

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// MaxQuoted is how many bytes of a string are quoted.
const MaxQuoted = 200

// Number is n so that numbers that differ look different.
func Number(n float64) string {
	switch {
	case math.IsNaN(n):
		return "nan"
	case math.IsInf(n, 1):
		return "inf"
	case math.IsInf(n, -1):
		return "-inf"
	case n == math.Trunc(n) && math.Abs(n) < 1<<63:
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	// As Lua writes it, with as many more digits as it takes to be n and no neighbour.
	for digits := 14; ; digits++ {
		text := strconv.FormatFloat(n, 'g', digits, 64)
		if read, err := strconv.ParseFloat(text, 64); err == nil && read == n || digits >= 17 {
			return text
		}
	}
}

// Quote is s between quotes, with a note of its length where it had to be cut.
func Quote(s string) string {
	if len(s) <= MaxQuoted {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%s... (%d bytes)", strconv.Quote(Cut(s, MaxQuoted)), len(s))
}

// Cut is the first n bytes of s, or less so that no character is broken.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:n]
}

// IsName tells whether s can stand behind a dot in Lua.
func IsName(s string) bool {
	for i, b := range []byte(s) {
		letter := b == '_' || 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && (i == 0 || b < '0' || '9' < b) {
			return false
		}
	}
	return s != ""
}
