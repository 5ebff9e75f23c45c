package jinja

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// format is text % values: the conversions d i u s r x X o e E f F g G c % with flags, width and precision.
func (r *run) format(s string, values []value) (value, error) {
	var made strings.Builder
	named, next := (*dict)(nil), 0
	if len(values) == 1 {
		named, _ = values[0].(*dict)
	}
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			break
		}
		if err := r.spend(1, i); err != nil {
			return nil, err
		}
		made.WriteString(s[:i])
		spec, rest, err := cutConversion(s[i+1:])
		if err != nil {
			return nil, err
		}
		s = rest
		if spec.verb == '%' {
			made.WriteByte('%')
			continue
		}
		var v value
		switch {
		case spec.key != "" && named != nil:
			v = named.m[spec.key]
		case spec.key != "":
			return nil, errors.New("%(name) wants a dict")
		case next >= len(values):
			return nil, fmt.Errorf("not enough values: %d", len(values))
		default:
			v = values[next]
			next++
		}
		if err := r.convert(&made, spec, v); err != nil {
			return nil, err
		}
	}
	if next < len(values) && named == nil {
		return nil, fmt.Errorf("%d values for %d conversions", len(values), next)
	}
	made.WriteString(s)
	return made.String(), r.spend(1, len(s))
}

// conversion is what stands behind a percent sign.
type conversion struct {
	key   string
	flags string // with width and precision, as fmt takes them
	wide  int
	verb  byte
}

func cutConversion(s string) (conversion, string, error) {
	var c conversion
	if inner, ok := strings.CutPrefix(s, "("); ok {
		if c.key, s, ok = strings.Cut(inner, ")"); !ok {
			return c, "", errors.New("a '%(' does not end")
		}
	}
	n := 0
	for n < len(s) && strings.IndexByte("#0- +123456789.", s[n]) >= 0 {
		n++
	}
	if n == len(s) || n > 20 {
		return c, "", errors.New("a '%' without a conversion")
	}
	c.flags, c.verb = s[:n], s[n]
	for part := range strings.SplitSeq(strings.Trim(c.flags, "#- +"), ".") {
		width, err := strconv.Atoi("0" + part)
		if err != nil || width > 10_000 {
			return c, "", fmt.Errorf("the width %s is too large", part)
		}
		c.wide = max(c.wide, width)
	}
	return c, s[n+1:], nil
}

func (r *run) convert(made *strings.Builder, c conversion, v value) error {
	if err := r.spend(1, c.wide+32); err != nil {
		return err
	}
	switch c.verb {
	case 's', 'r':
		s, err := r.text(v)
		if c.verb == 'r' {
			var b strings.Builder
			err = r.repr(&b, v, 0)
			s = b.String()
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(made, "%"+c.flags+"s", s)
		return r.spend(1, len(s))
	case 'd', 'i', 'u', 'x', 'X', 'o', 'c':
		n, ok := whole(v)
		if f, isFloat := v.(float64); isFloat {
			n, ok = int64(f), true
		}
		if !ok {
			return fmt.Errorf("'%%%c' wants a number, got %s", c.verb, r.subject(v))
		}
		verb := string(c.verb)
		if c.verb == 'i' || c.verb == 'u' {
			verb = "d"
		}
		fmt.Fprintf(made, "%"+c.flags+verb, n)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		f, ok := float(v)
		if !ok {
			return fmt.Errorf("'%%%c' wants a number, got %s", c.verb, r.subject(v))
		}
		fmt.Fprintf(made, "%"+c.flags+string(c.verb), f)
	default:
		return fmt.Errorf("unknown conversion '%%%c'", c.verb)
	}
	return nil
}
