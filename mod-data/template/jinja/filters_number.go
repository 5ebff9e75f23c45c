package jinja

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

func (l *library) addNumberFilters() {
	l.filter("abs", "", func(r *run, v value, _ *bound) (value, error) {
		switch n := v.(type) {
		case int64:
			if n == math.MinInt64 {
				return nil, errOverflow
			}
			return max(n, -n), nil
		case float64:
			return math.Abs(n), nil
		}
		return nil, fmt.Errorf("a number expected, got %s", r.subject(v))
	})
	l.filter("int", "default base", intFilter)
	l.filter("float", "default", func(_ *run, v value, a *bound) (value, error) {
		if f, ok := float(v); ok {
			return f, nil
		}
		if s, ok := str(v); ok {
			if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
				return f, nil
			}
		}
		if a.has[0] {
			return a.values[0], nil
		}
		return 0.0, nil
	})
	l.filter("round", "precision method", roundFilter)
	l.filter("filesizeformat", "binary", filesizeFilter)
}

func intFilter(_ *run, v value, a *bound) (value, error) {
	otherwise := value(int64(0))
	if a.has[0] {
		otherwise = a.values[0]
	}
	if n, ok := whole(v); ok {
		return n, nil
	}
	f, ok := v.(float64)
	if s, isText := str(v); isText {
		s = strings.TrimSpace(s)
		base := int(a.int(1, 10))
		digits := strings.ToLower(s)
		if prefix, ok := map[int]string{2: "0b", 8: "0o", 16: "0x"}[base]; ok {
			digits = strings.Replace(digits, prefix, "", 1)
		}
		if base >= 2 && base <= 36 {
			if n, err := strconv.ParseInt(digits, base, 64); err == nil {
				return n, nil
			}
		}
		parsed, err := strconv.ParseFloat(s, 64)
		f, ok = parsed, err == nil
	}
	if !ok || math.IsNaN(f) || math.Abs(f) >= 1<<63 {
		return otherwise, nil
	}
	return int64(f), nil
}

func roundFilter(r *run, v value, a *bound) (value, error) {
	f, ok := float(v)
	if !ok {
		return nil, fmt.Errorf("a number expected, got %s", r.subject(v))
	}
	precision := a.int(0, 0)
	if precision < -300 || precision > 300 {
		return nil, errors.New("the precision must be between -300 and 300")
	}
	if n, ok := whole(v); ok && precision >= 0 && a.str(1, "common") == "common" {
		return n, nil
	}
	scale := math.Pow(10, float64(precision))
	switch method := a.str(1, "common"); method {
	case "common":
		if precision >= 0 {
			rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', int(precision), 64), 64)
			return rounded, err
		}
		f = math.RoundToEven(f*scale) / scale
		if _, ok := whole(v); ok {
			return int64(f), nil
		}
		return f, nil
	case "ceil":
		return math.Ceil(f*scale) / scale, nil
	case "floor":
		return math.Floor(f*scale) / scale, nil
	default:
		return nil, fmt.Errorf("unknown method '%s': use common, ceil or floor", method)
	}
}

func filesizeFilter(r *run, v value, a *bound) (value, error) {
	f, ok := float(v)
	if s, isText := str(v); isText {
		parsed, err := strconv.ParseFloat(s, 64)
		f, ok = parsed, err == nil
	}
	if !ok {
		return nil, fmt.Errorf("a number expected, got %s", r.subject(v))
	}
	base, units := 1000.0, []string{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}
	if a.bool(0, false) {
		base, units = 1024, []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	}
	switch {
	case f == 1:
		return "1 Byte", nil
	case f < base:
		return strconv.FormatFloat(math.Trunc(f), 'f', 0, 64) + " Bytes", nil
	}
	i := 0
	for f /= base; f >= base && i < len(units)-1; i++ {
		f /= base
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + units[i], nil
}
