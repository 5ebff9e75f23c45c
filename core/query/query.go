// Package query reads the queries of URLs, and forms, as browsers do (WHATWG URL, application/x-www-form-urlencoded): only &
// separates fields, + is a space, and a percent sign that encodes nothing stands for itself.
package query

import (
	"net/url"
	"strings"
)

// Each calls f for each field of text, decoded, in order. The error is one of f, which ends it.
func Each(text string, f func(name, value string) error) error {
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if err := f(decode(name), decode(value)); err != nil {
			return err
		}
	}
	return nil
}

func decode(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	s = strings.ReplaceAll(s, "+", " ")
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "%")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		decoded, err := url.PathUnescape("%" + after[:min(2, len(after))])
		if err != nil {
			b.WriteByte('%')
			s = after
			continue
		}
		b.WriteString(decoded)
		s = after[2:]
	}
}
