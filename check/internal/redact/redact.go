// Package redact takes secrets out of texts before people see them.
//
// A [Redactor] knows secret values in the forms in which they travel: as they are, in base64 at each alignment (and so
// inside a basic-auth header), percent-encoded, and as JSON or quoted Go text. Apart from those, passwords in URLs go.
package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// Mask stands where a secret stood.
const Mask = "***"

// Redactor replaces what it was told. The zero value knows URL passwords alone. It may be used by several goroutines.
type Redactor struct {
	mu       sync.RWMutex
	known    map[string]bool
	forms    map[string]bool
	longest  int
	replacer *strings.Replacer

	userinfo, sensitive pattern
}

// pattern is a regular expression that is compiled when it is first used, not whenever the program starts.
type pattern struct {
	once     sync.Once
	compiled *regexp.Regexp
}

func (p *pattern) replace(s, source, by string) string {
	p.once.Do(func() { p.compiled = regexp.MustCompile(source) })
	return p.compiled.ReplaceAllString(s, by)
}

// Longest is the length in bytes of the longest form of a secret.
func (r *Redactor) Longest() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.longest
}

// Add makes value a secret from now on. An empty value is none.
func (r *Redactor) Add(value string) {
	if value == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[value] {
		return
	}
	if r.forms == nil {
		r.forms, r.known = map[string]bool{}, map[string]bool{}
	}
	r.known[value] = true
	for _, v := range parts(value) {
		for _, f := range forms(v) {
			r.forms[f] = true
			r.longest = max(r.longest, len(f))
		}
	}
	list := make([]string, 0, len(r.forms))
	for f := range r.forms {
		list = append(list, f)
	}
	// The longest first: a form may begin with another.
	sort.Slice(list, func(i, j int) bool {
		return len(list[i]) > len(list[j]) || len(list[i]) == len(list[j]) && list[i] < list[j]
	})
	pairs := make([]string, 0, 2*len(list))
	for _, f := range list {
		pairs = append(pairs, f, Mask)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

const userinfo = `([a-zA-Z][a-zA-Z0-9+.-]*://[^/?#\s"'@:]*):([^/?#\s"']+)@`

const sensitive = `(?i)("?\b(?:authorization|proxy-authorization|cookie|set-cookie)\b["']?\s*[:=]\s*)([^\r\n]+)`

// Text returns s without secrets.
func (r *Redactor) Text(s string) string {
	if s == "" {
		return s
	}
	r.mu.RLock()
	replacer := r.replacer
	r.mu.RUnlock()
	if replacer != nil {
		s = replacer.Replace(s)
	}
	if strings.Contains(s, "://") && strings.Contains(s, "@") {
		s = r.userinfo.replace(s, userinfo, "$1:"+Mask+"@")
	}
	return s
}

// Line returns a line of a configuration file without secrets, credentials written out included.
func (r *Redactor) Line(s string) string {
	return r.sensitive.replace(r.Text(s), sensitive, "${1}"+Mask)
}

// Any returns v with each string in it, keys included, as Text gives it. Other values are as they were.
func (r *Redactor) Any(v any) any {
	switch v := v.(type) {
	case string:
		return r.Text(v)
	case json.Number:
		if s := r.Text(string(v)); s != string(v) {
			return s
		}
	case int, int64, float64:
		// A PIN is a secret as a number, too.
		if raw, err := json.Marshal(v); err == nil {
			if s := r.Text(string(raw)); s == Mask {
				return s
			}
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = r.Any(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[r.Text(k)] = r.Any(e)
		}
		return out
	}
	return v
}

// Header reports whether the values of a header are secret by nature.
func Header(name string) bool {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token", "x-vault-token":
		return true
	}
	return false
}

// parts gives the value and, of one with several lines (a PEM block), each line long enough to betray it.
func parts(value string) []string {
	list := []string{value}
	if trimmed := strings.TrimSpace(value); trimmed != value && trimmed != "" {
		list = append(list, trimmed)
	}
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); len(line) >= 8 && line != value && !strings.HasPrefix(line, "-----") {
			list = append(list, line)
		}
	}
	return list
}

func forms(v string) []string {
	list := []string{v, url.QueryEscape(v), url.PathEscape(v), percentAll(v)}
	for _, f := range list[1:] {
		list = append(list, lowerHex(f))
	}
	quoted := strconv.Quote(v)
	list = append(list, quoted[1:len(quoted)-1])
	if raw, err := json.Marshal(v); err == nil {
		list = append(list, string(raw[1:len(raw)-1]))
	}
	list = append(list, aligned(v)...)
	kept := list[:0]
	for _, f := range list {
		if f != "" {
			kept = append(kept, f)
		}
	}
	return kept
}

// aligned gives what base64 makes of v wherever v begins in the encoded text, without the characters
// that also depend on the neighbours of v.
func aligned(v string) []string {
	var list []string
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		list = append(list, enc.EncodeToString([]byte(v)))
		for before := range 3 {
			text := enc.EncodeToString([]byte(strings.Repeat("\x00", before) + v))
			start := (before*8 + 5) / 6
			end := (before + len(v)) * 8 / 6
			// A few characters would also be found where no secret is.
			if end-start >= 6 {
				list = append(list, text[start:end])
			}
		}
	}
	return list
}

func percentAll(v string) string {
	var b strings.Builder
	for i := range len(v) {
		c := v[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + strings.ToUpper(strconv.FormatInt(int64(c)+0x100, 16)[1:]))
	}
	return b.String()
}

func lowerHex(s string) string {
	return regexp.MustCompile(`%[0-9A-F]{2}`).ReplaceAllStringFunc(s, strings.ToLower)
}
