// Package redact takes secrets out of texts before people see them.
//
// A [Redactor] knows secret values in the forms in which they travel: as they are, in base64 at each alignment (and so
// inside a basic-auth header), as quoted Go text, as log records and shells have them; what URLs, JSON, HTML and
// quoted-printable encode is decoded first, twice at most. Where a
// text was cut, which a mark such as "..." says, a piece of a form goes as well. Apart from those, passwords in URLs go.
package redact

import (
	"encoding/json"
	"regexp"
	"sort"
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
	list     []string // the forms, the longest first
	plain    []string // the values and their parts, as they are
	corpus   string   // the forms, with what is no text between them

	userinfo, sensitive, written pattern
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

// Shortest is the length in bytes of the shortest value that can be a secret: shorter ones stand in ordinary words.
const Shortest = 4

// Add makes value a secret from now on. One that is shorter than [Shortest] is none.
func (r *Redactor) Add(value string) {
	if len(value) < Shortest {
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
		r.plain = append(r.plain, v)
		for _, f := range forms(v) {
			r.forms[f] = true
			r.longest = max(r.longest, len(f))
		}
	}
	list := make([]string, 0, len(r.forms))
	for f := range r.forms {
		list = append(list, f)
	}
	sort.Slice(list, func(i, j int) bool {
		return len(list[i]) > len(list[j]) || len(list[i]) == len(list[j]) && list[i] < list[j]
	})
	pairs := make([]string, 0, 2*len(list))
	for _, f := range list {
		pairs = append(pairs, f, Mask)
	}
	r.list = list
	r.replacer = strings.NewReplacer(pairs...)
	r.corpus = strings.Join(list, "\xff\x00\xff")
}

const userinfo = `([a-zA-Z][a-zA-Z0-9+.-]*://[^/?#\s"'@:]*):([^/?#\s"']+)@`

const sensitive = `(?i)("?\b(?:authorization|proxy-authorization|cookie|set-cookie)\b["']?\s*[:=]\s*)([^\r\n]+)`

// written is a credential written out: a value behind a name, but for a variable, which is no secret itself.
const written = `(?i)((?:passw[a-z]*|bearer|auth|token|secret|api[-_]?key|client_key)["']?\s*[:=]\s*\[?\s*)("[^"$][^"]*|'[^'$][^']*|[^\s"'{}\[\],&$][^\s"',}\]&]*)`

// Text returns s without secrets.
func (r *Redactor) Text(s string) string {
	if s == "" {
		return s
	}
	r.mu.RLock()
	replacer, corpus, plain, list := r.replacer, r.corpus, r.plain, r.list
	r.mu.RUnlock()
	if replacer != nil {
		spans := append(encodedSpans(s, plain), pieceSpans(s, corpus)...)
		if replacer.Replace(s) != s { // rarely, and much faster than looking for each form
			for _, form := range list {
				spans = append(spans, spansOf(s, form)...)
			}
		}
		s = masked(s, spans)
	}
	if strings.Contains(s, "://") && strings.Contains(s, "@") {
		s = r.userinfo.replace(s, userinfo, "$1:"+Mask+"@")
	}
	return s
}

// Line returns a line of a configuration file without secrets, credentials written out included.
func (r *Redactor) Line(s string) string {
	return r.written.replace(r.sensitive.replace(r.Text(s), sensitive, "${1}"+Mask), written, "${1}"+Mask)
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
