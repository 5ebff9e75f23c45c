package spec

import "strings"

// Deprecation begins the sentence of a documentation that says that something goes, with what, and when:
//
//	Deprecated: use http.get instead; it goes with 0.4.
const Deprecation = "Deprecated: "

// Deprecated is what a documentation says in place of something that goes, without its period, or empty. It is the rest of the
// line.
func Deprecated(text string) string {
	_, instead, _ := strings.Cut(text, Deprecation)
	instead, _, _ = strings.Cut(instead, "\n")
	return strings.TrimSuffix(strings.TrimSpace(instead), ".")
}
