package serve

import (
	"net/url"
	"strings"
)

// parseQuery reads a query as browsers do (WHATWG URL, application/x-www-form-urlencoded): only & separates
// parameters, + is a space, and a percent sign that encodes nothing stands for itself.
func parseQuery(query string) map[string][]string {
	if query == "" {
		return nil
	}
	values := make(map[string][]string)
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name = decodeQuery(name)
		values[name] = append(values[name], decodeQuery(value))
	}
	return values
}

func decodeQuery(s string) string {
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
