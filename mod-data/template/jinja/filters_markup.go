package jinja

import (
	"errors"
	"fmt"
	"html"
	"strings"
)

func (l *library) addMarkupFilters() {
	l.filter("escape e", "", func(r *run, v value, _ *bound) (value, error) { return r.escapeValue(v) })
	l.filter("forceescape", "", func(r *run, v value, _ *bound) (value, error) {
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		return r.escapeValue(s)
	})
	l.filter("safe", "", func(r *run, v value, _ *bound) (value, error) {
		s, err := r.text(v)
		return safe(s), err
	})
	l.filter("striptags", "", func(r *run, v value, _ *bound) (value, error) {
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		return html.UnescapeString(strings.Join(strings.Fields(withoutTags(s)), " ")), r.spend(len(s), 3*len(s))
	})
	l.filter("xmlattr", "autospace", xmlattrFilter)
	l.filter("urlize", "trim_url_limit nofollow target rel extra_schemes", urlizeFilter)
}

// withoutTags is s without comments and tags.
func withoutTags(s string) string {
	var made strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			made.WriteString(s)
			return made.String()
		}
		made.WriteString(s[:i])
		end := ">"
		if strings.HasPrefix(s[i:], "<!--") {
			end = "-->"
		}
		_, rest, ok := strings.Cut(s[i:], end)
		if !ok {
			made.WriteString(s[i:])
			return made.String()
		}
		s = rest
	}
}

func xmlattrFilter(r *run, v value, a *bound) (value, error) {
	d, ok := v.(*dict)
	if !ok {
		return nil, fmt.Errorf("a dict expected, got %s", r.subject(v))
	}
	var attrs []string
	for _, key := range d.keys {
		item := d.m[key]
		if item == nil || kindOf(item) == "undefined" {
			continue
		}
		if strings.ContainsAny(key, " \t\n\f\r/>=") {
			return nil, errors.New("a key with blanks or one of / > = is no attribute")
		}
		escaped, err := r.escapeValue(item)
		if err != nil {
			return nil, err
		}
		name, err := r.escaped(key)
		if err != nil {
			return nil, err
		}
		attrs = append(attrs, name+`="`+string(escaped.(safe))+`"`)
	}
	made := strings.Join(attrs, " ")
	if a.bool(0, true) && made != "" {
		made = " " + made
	}
	if r.escape {
		return safe(made), nil
	}
	return made, nil
}
