package front

import (
	"net/netip"
	"strconv"
	"strings"
)

// IsHost tells whether s is a host, and maybe a port, as a request may name it (RFC 9110, 7.2; RFC 3986, 3.2.2).
func IsHost(s string) bool {
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		host, port = s[:i], s[i+1:]
	}
	if port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
	}
	if literal, ok := strings.CutPrefix(host, "["); ok {
		literal, ok = strings.CutSuffix(literal, "]")
		address, err := netip.ParseAddr(literal)
		return ok && err == nil && address.Is6() && address.Zone() == ""
	}
	for i := 0; i < len(host); i++ {
		if host[i] == '%' && !isEscape(host[i:]) {
			return false
		}
	}
	return consists(host, "-._~!$&'()*+,;=%")
}

// isEscape tells whether s begins with a character that is escaped.
func isEscape(s string) bool {
	if len(s) < len("%00") {
		return false
	}
	_, err := strconv.ParseUint(s[1:3], 16, 8)
	return err == nil
}
