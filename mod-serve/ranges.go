package serve

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

// ranged is r as http.ServeContent should see it for a file of so many bytes: a Range of another unit than bytes is
// none (RFC 9110, 14.2), and of a suffix of length 0 nothing can be sent (14.1.2), which is what it says of a range
// behind the end.
func ranged(r *http.Request, size int64) *http.Request {
	asked := r.Header.Get("Range")
	if asked == "" {
		return r
	}
	unit, set, ok := strings.Cut(asked, "=")
	header := r.Header.Clone()
	if !ok || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		header.Del("Range")
	} else {
		left := withoutEmpty(set)
		header.Set("Range", "bytes="+cmp.Or(left, strconv.FormatInt(size, 10)+"-"))
	}
	changed := *r
	changed.Header = header
	return &changed
}

// withoutEmpty is a set of ranges without suffixes of length 0.
func withoutEmpty(set string) string {
	var kept []string
	for one := range strings.SplitSeq(set, ",") {
		length, ok := strings.CutPrefix(strings.TrimSpace(one), "-")
		if n, err := strconv.ParseUint(length, 10, 63); ok && err == nil && n == 0 {
			continue
		}
		kept = append(kept, one)
	}
	return strings.Join(kept, ",")
}
