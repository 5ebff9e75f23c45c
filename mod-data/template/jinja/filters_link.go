package jinja

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// links finds what urlize makes links of.
type links struct{ address, email *regexp.Regexp }

func newLinks() *links {
	const (
		port = `(?::[0-9]{1,5})?(?:[/?#]\S*)?$`
		name = `(?:https?://(?:[\pL\pN_%-]+\.)*[a-z]|www\.(?:[\pL\pN_%-]+\.)*[a-z]{2,63}|(?:https?://|www\.)(?:[\pL\pN_%-]+\.)*(?:[a-z]{2,63}|xn--[\pL\pN_%]{2,59}))`
		host = `(?:[\pL\pN_%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)`
		ip   = `https?://(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[(?:[0-9a-f]{0,4}:){2}(?:[0-9a-f]{0,4}:?){1,6}\])`
	)
	return &links{
		regexp.MustCompile(`(?i)^(?:` + name + `|` + host + `|` + ip + `)` + port),
		regexp.MustCompile(`^\S+@[\pL\pN_][\pL\pN_.-]*\.[\pL\pN_]+$`),
	}
}

// linking is how urlize writes a link.
type linking struct {
	*links
	attrs   string // rel and target
	limit   int    // of the text of a link, -1 without one
	schemes []string
}

func urlizeFilter(r *run, v value, a *bound) (value, error) {
	l := linking{links: newLinks(), limit: -1}
	if a.has[0] && a.values[0] != nil {
		l.limit = a.width(0, 0)
	}
	rel := strings.Fields(a.str(3, "") + " noopener")
	if a.bool(1, false) {
		rel = append(rel, "nofollow")
	}
	slices.Sort(rel)
	l.attrs = ` rel="` + html.EscapeString(strings.Join(slices.Compact(rel), " ")) + `"`
	if target := a.str(2, ""); target != "" {
		l.attrs += ` target="` + html.EscapeString(target) + `"`
	}
	if a.has[4] && a.values[4] != nil {
		items, err := r.iterate(a.values[4])
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			s, _ := str(item)
			l.schemes = append(l.schemes, s)
		}
	}
	escaped, err := r.escapeValue(v)
	if err != nil {
		return nil, err
	}
	s, _ := str(escaped)
	if err := r.spend(len(s), 3*len(s)+strings.Count(s, " ")*len(l.attrs)); err != nil {
		return nil, err
	}
	var made strings.Builder
	for s != "" {
		word := strings.TrimLeftFunc(s, isSpace)
		made.WriteString(s[:len(s)-len(word)])
		end := strings.IndexFunc(word, isSpace)
		if end < 0 {
			end = len(word)
		}
		made.WriteString(l.word(word[:end]))
		s = word[end:]
	}
	if r.escape {
		return safe(made.String()), nil
	}
	return made.String(), nil
}

// word makes a link of an escaped word that is one. Brackets around it and marks behind it stay outside.
func (l linking) word(word string) string {
	middle := word
	for trimmed := ""; trimmed != middle; {
		trimmed = middle
		middle = strings.TrimPrefix(strings.TrimLeft(middle, "(<"), "&lt;")
	}
	head := word[:len(word)-len(middle)]
	rest := middle
	for trimmed := ""; trimmed != middle; {
		trimmed = middle
		middle = strings.TrimSuffix(strings.TrimRight(middle, ")>.,\n"), "&gt;")
	}
	tail := rest[len(middle):]
	for _, pair := range [...][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}} {
		open := strings.Count(middle, pair[0])
		if open <= strings.Count(middle, pair[1]) {
			continue
		}
		for range min(open, strings.Count(tail, pair[1])) {
			end := strings.Index(tail, pair[1]) + len(pair[1])
			middle, tail = middle+tail[:end], tail[end:]
		}
	}
	return head + l.link(middle) + tail
}

func (l linking) link(s string) string {
	address, mail := s, strings.TrimPrefix(s, "mailto:")
	switch {
	case l.address.MatchString(s):
		if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
			address = "https://" + s
		}
	case mail != s && l.email.MatchString(mail),
		strings.Contains(s, "@") && !strings.HasPrefix(s, "www.") && !strings.Contains(s, ":") && l.email.MatchString(s):
		return `<a href="mailto:` + mail + `">` + mail + `</a>`
	case !slices.ContainsFunc(l.schemes, func(scheme string) bool { return s != scheme && strings.HasPrefix(s, scheme) }):
		return s
	}
	shown := s
	if l.limit >= 0 && utf8.RuneCountInString(s) > l.limit {
		shown = string([]rune(s)[:l.limit]) + "..."
	}
	return `<a href="` + address + `"` + l.attrs + `>` + shown + `</a>`
}
