package jinja

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// onText is a filter that makes a text of a text, and keeps it safe. What it makes is not much larger.
func (l *library) onText(names string, apply func(s string) string) {
	l.filter(names, "", func(r *run, v value, _ *bound) (value, error) {
		return r.changed(v, func(s string) (string, error) { return apply(s), nil })
	})
}

// changed is v's text as change leaves it, safe when v is.
func (r *run) changed(v value, change func(s string) (string, error)) (value, error) {
	s, err := r.text(v)
	if err != nil {
		return nil, err
	}
	if err := r.spend(1+len(s)/16, 2*len(s)); err != nil {
		return nil, err
	}
	made, err := change(s)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(safe); ok {
		return safe(made), nil
	}
	return made, nil
}

func (l *library) addTextFilters() {
	l.onText("upper", strings.ToUpper)
	l.onText("lower", strings.ToLower)
	l.onText("capitalize", capitalize)
	l.filter("title", "", func(r *run, v value, _ *bound) (value, error) {
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		return title(s), r.spend(1+len(s)/16, 2*len(s)) // not safe: an escape such as &lt; would not survive
	})
	l.filter("string", "", func(r *run, v value, _ *bound) (value, error) {
		if _, ok := v.(safe); ok {
			return v, nil
		}
		return r.text(v)
	})
	l.filter("trim", "chars", func(r *run, v value, a *bound) (value, error) {
		return r.changed(v, func(s string) (string, error) {
			if !a.has[0] {
				return strings.TrimSpace(s), nil
			}
			return strings.Trim(s, a.str(0, "")), nil
		})
	})
	l.filter("replace", "old new count", replaceFilter)
	l.filter("center", "width", func(r *run, v value, a *bound) (value, error) {
		width := a.width(0, 80)
		if err := r.spend(1, width); err != nil {
			return nil, err
		}
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		return r.changed(s, func(s string) (string, error) {
			free := max(width-utf8.RuneCountInString(s), 0)
			left := free/2 + free&width&1 // as Python rounds
			return strings.Repeat(" ", left) + s + strings.Repeat(" ", free-left), nil
		})
	})
	l.filter("indent", "width first blank", indentFilter)
	l.filter("truncate", "length killwords end leeway", truncateFilter)
	l.filter("wordwrap", "width break_long_words wrapstring", wordwrapFilter)
	l.filter("wordcount", "", func(r *run, v value, _ *bound) (value, error) {
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		return int64(len(strings.FieldsFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' }))), r.spend(len(s)/16, 2*len(s))
	})
	l.filter("format", "...", func(r *run, v value, a *bound) (value, error) {
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		values := a.more
		if len(a.named) > 0 {
			d := newDict(len(a.named))
			for name, v := range a.named {
				d.set(name, v)
			}
			values = []value{d}
		}
		return r.format(s, values)
	})
	l.filter("urlencode", "", urlencodeFilter)
}

func capitalize(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.ToLower(s[size:])
}

func title(s string) string {
	begin := true
	return strings.Map(func(c rune) rune {
		inside := !begin
		begin = unicode.IsSpace(c) || strings.ContainsRune("-([{<", c)
		if inside {
			return unicode.ToLower(c)
		}
		return unicode.ToUpper(c)
	}, s)
}

func replaceFilter(r *run, v value, a *bound) (value, error) {
	a.need(0)
	a.need(1)
	most := a.int(2, -1)
	if a.err != nil {
		return nil, a.err
	}
	old, err := r.text(a.values[0])
	if err != nil {
		return nil, err
	}
	with, err := r.text(a.values[1])
	if err != nil {
		return nil, err
	}
	return r.changed(v, func(s string) (string, error) {
		n := int64(strings.Count(s, old))
		if most >= 0 {
			n = min(n, most)
		}
		if err := r.spendTimes(int64(len(with)), n); err != nil {
			return "", err
		}
		return strings.Replace(s, old, with, int(n)), nil
	})
}

func indentFilter(r *run, v value, a *bound) (value, error) {
	indent := ""
	if s, ok := str(a.values[0]); ok && a.has[0] {
		indent = s
	} else {
		indent = strings.Repeat(" ", a.width(0, 4))
	}
	first, blank := a.bool(1, false), a.bool(2, false)
	return r.changed(v, func(s string) (string, error) {
		if err := r.spendTimes(int64(len(indent)), int64(strings.Count(s, "\n")+1)); err != nil {
			return "", err
		}
		lines := strings.Split(s, "\n")
		for i, line := range lines {
			if i > 0 && (line != "" || blank) || i == 0 && first {
				lines[i] = indent + line
			}
		}
		return strings.Join(lines, "\n"), nil
	})
}

func truncateFilter(r *run, v value, a *bound) (value, error) {
	length, kill, end, leeway := a.width(0, 255), a.bool(1, false), a.str(2, "..."), a.width(3, 5)
	if n := utf8.RuneCountInString(end); a.err == nil && length < n {
		return nil, fmt.Errorf("the length must be at least that of the end, %d", n)
	}
	return r.changed(v, func(s string) (string, error) {
		if utf8.RuneCountInString(s) <= length+leeway {
			return s, nil
		}
		cut := string([]rune(s)[:length-utf8.RuneCountInString(end)])
		if i := strings.LastIndexByte(cut, ' '); !kill && i >= 0 {
			cut = cut[:i]
		}
		return cut + end, nil
	})
}

func wordwrapFilter(r *run, v value, a *bound) (value, error) {
	width, long, end := a.width(0, 79), a.bool(1, true), a.str(2, "\n")
	return r.changed(v, func(s string) (string, error) {
		if width == 0 {
			return "", fmt.Errorf("the width must be at least 1")
		}
		if err := r.spendTimes(int64(len(end)), int64(len(s)/width+1+strings.Count(s, "\n"))); err != nil {
			return "", err
		}
		var lines []string
		for line := range strings.SplitSeq(s, "\n") {
			lines = append(lines, wrapped(line, width, long)...)
		}
		return strings.Join(lines, end), nil
	})
}

// wrapped breaks a line between words, and inside of words that are longer than a line.
func wrapped(line string, width int, long bool) []string {
	var lines []string
	var now []rune
	for word := range strings.SplitSeq(line, " ") {
		letters := []rune(word)
		if len(now) > 0 && len(now)+1+len(letters) > width {
			lines, now = append(lines, string(now)), nil
		}
		if len(now) > 0 {
			now = append(now, ' ')
		}
		for long && len(letters) > width {
			lines, letters = append(lines, string(letters[:width])), letters[width:]
		}
		now = append(now, letters...)
	}
	return append(lines, string(now))
}

func urlencodeFilter(r *run, v value, _ *bound) (value, error) {
	if s, ok := str(v); ok {
		return urlencoded(s), r.spend(len(s), 3*len(s))
	}
	var pairs [][2]value
	switch v := v.(type) {
	case *dict:
		for _, key := range v.keys {
			pairs = append(pairs, [2]value{key, v.m[key]})
		}
	case *list:
		for _, item := range v.items {
			pair, ok := item.(*list)
			if !ok || len(pair.items) != 2 {
				return nil, fmt.Errorf("a pair expected, got %s", described(item))
			}
			pairs = append(pairs, [2]value{pair.items[0], pair.items[1]})
		}
	default:
		s, err := r.text(v)
		return urlencoded(s), err
	}
	var parts []string
	for _, pair := range pairs {
		var texts [2]string
		for i, part := range pair {
			s, err := r.text(part)
			if err == nil {
				err = r.spend(len(s), 3*len(s))
			}
			if err != nil {
				return nil, err
			}
			texts[i] = url.QueryEscape(s)
		}
		parts = append(parts, texts[0]+"="+texts[1])
	}
	return strings.Join(parts, "&"), nil
}

// urlencoded is s for the path of a URL; slashes stay.
func urlencoded(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(s), "+", "%20"), "%2F", "/")
}
