package jsonschema

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/core/nearest"
)

// formats are the known ones: those of the draft, then those of OpenAPI.
func formats() []string {
	return []string{
		"date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference",
		"iri", "iri-reference", "uuid", "uri-template", "json-pointer", "relative-json-pointer", "regex",
		"int32", "int64", "float", "double", "byte", "binary", "password",
	}
}

func (n *node) readFormat(v any, at string) error {
	name, ok := v.(string)
	if !ok || !slices.Contains(formats(), name) {
		hint := nearest.Hint(name, formats())
		if hint == "" {
			hint = "known are " + strings.Join(formats(), ", ")
		}
		return fail(at, "unknown format %s: %s", canonical(v), hint)
	}
	n.format = name
	return nil
}

// formatHolds judges texts, and numbers by the formats of OpenAPI; a value of another type is of any format.
func formatHolds(name string, v any) bool {
	switch v := v.(type) {
	case string:
		return textHolds(name, v)
	case json.Number:
		bits := map[string]uint{"int32": 31, "int64": 63}[name]
		exact := rational(v)
		if bits == 0 || exact == nil || !exact.IsInt() {
			return bits == 0
		}
		most := new(big.Int).Lsh(big.NewInt(1), bits)
		return exact.Num().Cmp(most) < 0 && exact.Num().Cmp(most.Neg(most)) >= 0
	}
	return true
}

func textHolds(name, s string) bool {
	switch name {
	case "date-time":
		day, clock, ok := strings.Cut(strings.ToUpper(s), "T")
		return ok && isDate(day) && isTime(clock)
	case "date":
		return isDate(s)
	case "time":
		return isTime(strings.ToUpper(s))
	case "duration":
		return isDuration(s)
	case "email", "idn-email":
		return isEmail(s, name == "idn-email")
	case "hostname":
		return isHostname(s, false)
	case "idn-hostname":
		return isHostname(s, true)
	case "ipv4":
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is4()
	case "ipv6":
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is6() && a.Zone() == ""
	case "uri", "iri", "uri-reference", "iri-reference":
		return isURI(s, strings.HasSuffix(name, "reference"), name[0] == 'i')
	case "uuid":
		return isUUID(s)
	case "uri-template":
		return isTemplate(s)
	case "json-pointer":
		return isPointer(s)
	case "relative-json-pointer":
		digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
		return digits > 0 && (digits == 1 || s[0] != '0') && (s[digits:] == "#" || isPointer(s[digits:]))
	case "regex":
		_, err := regexp.Compile(unicodeEscape(s))
		return err == nil
	}
	return true
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isTime judges a full-time of RFC 3339, in capitals. A leap second must be one in UTC.
func isTime(s string) bool {
	if len(s) < 9 || s[2] != ':' || s[5] != ':' || !digits(s[:2]) || !digits(s[3:5]) || !digits(s[6:8]) {
		return false
	}
	hour, minute, second := number(s[:2]), number(s[3:5]), number(s[6:8])
	rest := s[8:]
	if rest[0] == '.' {
		n := len(rest[1:]) - len(strings.TrimLeft(rest[1:], "0123456789"))
		if n == 0 {
			return false
		}
		rest = rest[1+n:]
	}
	offset := 0
	if rest != "Z" {
		if len(rest) != 6 || rest[0] != '+' && rest[0] != '-' || rest[3] != ':' || !digits(rest[1:3]) || !digits(rest[4:]) || number(rest[1:3]) > 23 || number(rest[4:]) > 59 {
			return false
		}
		offset = number(rest[1:3])*60 + number(rest[4:])
		if rest[0] == '+' {
			offset = -offset
		}
	}
	if hour > 23 || minute > 59 || second > 60 {
		return false
	}
	return second < 60 || (hour*60+minute+offset+2*24*60)%(24*60) == 23*60+59
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func number(s string) int {
	n, _ := strconv.Atoi(s) // its callers have looked at it
	return n
}

// isDuration judges a duration of RFC 3339, appendix A.
func isDuration(s string) bool {
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return false
	}
	if weeks, ok := strings.CutSuffix(rest, "W"); ok {
		return digits(weeks)
	}
	days, clock, timed := strings.Cut(rest, "T")
	return units(days, "YMD") && (!timed && days != "" || timed && clock != "" && units(clock, "HMS"))
}

// units tells whether s has numbers before letters of the given, in their order and without gaps between them.
func units(s, letters string) bool {
	last := -1
	for s != "" {
		n := len(s) - len(strings.TrimLeft(s, "0123456789"))
		if n == 0 || n == len(s) {
			return false
		}
		at := strings.IndexByte(letters, s[n])
		if at < 0 || last >= 0 && at != last+1 {
			return false
		}
		last, s = at, s[n+1:]
	}
	return true
}

func isEmail(s string, wide bool) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if inside, ok := strings.CutPrefix(domain, "["); ok {
		inside = strings.TrimPrefix(strings.TrimSuffix(inside, "]"), "IPv6:")
		a, err := netip.ParseAddr(inside)
		return err == nil && strings.HasSuffix(domain, "]") && (a.Is6() == strings.Contains(domain, "IPv6:"))
	}
	if len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"' {
		return !strings.ContainsAny(local[1:len(local)-1], "\"\\\r\n") && isHostname(domain, wide)
	}
	for _, c := range local {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || wide && c > 0x7f
		if !letter && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", c) {
			return false
		}
	}
	return local[0] != '.' && local[len(local)-1] != '.' && !strings.Contains(local, "..") && isHostname(domain, wide)
}

// isHostname judges a name of RFC 1123; a wide one may have letters of other scripts.
func isHostname(s string, wide bool) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || wide && c > 0x7f) {
				return false
			}
		}
		if len(label) > 3 && label[2:4] == "--" && !strings.EqualFold(label[:2], "xn") {
			return false
		}
	}
	return true
}

func isURI(s string, relative, wide bool) bool {
	for i, c := range s {
		if c <= ' ' || c == 0x7f || strings.ContainsRune("\"<>\\^`{|}", c) || c > 0x7f && !wide {
			return false
		}
		if c == '%' && (i+3 > len(s) || strings.Trim(s[i+1:i+3], "0123456789abcdefABCDEF") != "") {
			return false
		}
	}
	u, err := url.Parse(s)
	if err != nil || strings.ContainsAny(u.Opaque+u.RawQuery+u.EscapedPath(), "[]") || strings.Contains(u.Fragment, "#") {
		return false
	}
	return relative || u.Scheme != ""
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range s {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", c) {
			return false
		}
	}
	return true
}

// isTemplate judges that braces come in pairs with something between them (RFC 6570).
func isTemplate(s string) bool {
	for {
		before, rest, open := strings.Cut(s, "{")
		if strings.Contains(before, "}") || strings.ContainsAny(before, " \"<>\\^`|") {
			return false
		}
		if !open {
			return true
		}
		inside, after, closed := strings.Cut(rest, "}")
		if !closed || inside == "" || strings.ContainsAny(inside, "{ ") {
			return false
		}
		s = after
	}
}

// isPointer judges a JSON Pointer (RFC 6901).
func isPointer(s string) bool {
	if s != "" && s[0] != '/' {
		return false
	}
	for i := range len(s) {
		if s[i] == '~' && (i+1 == len(s) || s[i+1] != '0' && s[i+1] != '1') {
			return false
		}
	}
	return true
}
