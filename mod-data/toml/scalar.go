package toml

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// word takes a number, a date, a time, or a word such as true.
func (s *scanner) word() string {
	start := s.pos
	for s.pos < len(s.text) && (bareByte(s.text[s.pos]) || strings.IndexByte("+.:", s.text[s.pos]) >= 0) {
		s.pos++
	}
	word := s.text[start:s.pos]
	// A blank may stand between a date and its time.
	if rest := s.text[s.pos:]; len(word) == len(time.DateOnly) && word[4] == '-' && len(rest) > 1 && rest[0] == ' ' && digit(rest[1]) {
		s.pos++
		return word + " " + s.word()
	}
	return word
}

// scalar is the value of a word: bool, int64, float64, or the text of a date or a time.
func (s *scanner) scalar() (any, error) {
	at := s.pos
	word := s.word()
	unsigned := strings.TrimLeft(word, "+-")
	switch {
	case word == "":
		return nil, s.fail(at, "a value expected, got %s", s.got())
	case word == "true" || word == "false":
		return word == "true", nil
	case len(word)-len(unsigned) <= 1 && (unsigned == "inf" || unsigned == "nan"):
		return special(word, unsigned), nil
	case len(word) > 4 && word[4] == '-' && digits(word[:4]) || len(word) > 2 && word[2] == ':' && digits(word[:2]):
		if text, ok := moment(word); ok {
			return text, nil
		}
		return nil, s.fail(at, "%s is no date or time that TOML knows", shown(word))
	case len(word)-len(unsigned) > 1 || unsigned == "" || !digit(unsigned[0]):
		return nil, s.fail(at, "%s is no value: text wants quotes", shown(word))
	}
	n, err := number(word, unsigned)
	if err != nil {
		return nil, s.fail(at, "%s %s", shown(word), err)
	}
	return n, nil
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// shown keeps a message readable when a word is long.
func shown(word string) string {
	const limit = 40
	if len(word) > limit {
		word = word[:limit] + "…"
	}
	return "'" + word + "'"
}

func special(word, unsigned string) float64 {
	switch {
	case unsigned == "nan":
		return math.NaN()
	case word[0] == '-':
		return math.Inf(-1)
	default:
		return math.Inf(1)
	}
}

var (
	errNumber = errors.New("is no number that TOML knows")
	errRange  = errors.New("does not fit into 64 bits")
)

// number reads an integer or a float.
func number(word, unsigned string) (any, error) {
	if base, ok := map[string]int{"0x": 16, "0o": 8, "0b": 2}[unsigned[:min(2, len(unsigned))]]; ok {
		digits, valid := plainDigits(unsigned[2:], base)
		if !valid || word != unsigned {
			return nil, errNumber
		}
		return integer(digits, base)
	}
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(unsigned), "e")
	whole, fraction, hasFraction := strings.Cut(mantissa, ".")
	whole, valid := plainDigits(whole, 10)
	if !valid || len(whole) > 1 && whole[0] == '0' {
		return nil, errNumber
	}
	sign := word[:len(word)-len(unsigned)]
	if !hasFraction && !hasExponent {
		return integer(sign+whole, 10)
	}
	text := sign + whole
	if hasFraction {
		if fraction, valid = plainDigits(fraction, 10); !valid {
			return nil, errNumber
		}
		text += "." + fraction
	}
	if hasExponent {
		power := strings.TrimLeft(exponent, "+-")
		digits, valid := plainDigits(power, 10)
		if !valid || len(exponent)-len(power) > 1 {
			return nil, errNumber
		}
		text += "e" + exponent[:len(exponent)-len(power)] + digits
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, errNumber
	}
	return f, nil
}

func integer(text string, base int) (any, error) {
	n, err := strconv.ParseInt(text, base, 64)
	if err != nil {
		return nil, errRange
	}
	return n, nil
}

// plainDigits is s without the underscores between its digits, of which there must be one.
func plainDigits(s string, base int) (string, bool) {
	plain := strings.ReplaceAll(s, "_", "")
	if plain == "" || s[0] == '_' || s[len(s)-1] == '_' || strings.Contains(s, "__") {
		return "", false
	}
	for i := range len(plain) {
		if _, err := strconv.ParseUint(plain[i:i+1], base, 8); err != nil {
			return "", false
		}
	}
	return plain, true
}

// moment is a date, a time, or both, as RFC 3339 writes it: seconds are there, and T and Z are capital.
func moment(word string) (string, bool) {
	date, clock := "", word
	if word[2] != ':' {
		date, clock = word[:min(len(word), len(time.DateOnly))], word[min(len(word), len(time.DateOnly)):]
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return "", false
		}
		if clock == "" {
			return date, true
		}
		if strings.IndexByte("Tt ", clock[0]) < 0 {
			return "", false
		}
		date, clock = date+"T", clock[1:]
	}
	offset := ""
	if i := strings.IndexAny(clock, "Zz+-"); i >= 0 {
		clock, offset = clock[:i], strings.ToUpper(clock[i:])
	}
	clock, fraction, hasFraction := strings.Cut(clock, ".")
	if len(clock) == len("15:04") && !hasFraction {
		clock += ":00"
	}
	if _, err := time.Parse(time.TimeOnly, clock); err != nil || len(clock) != len(time.TimeOnly) {
		return "", false
	}
	if hasFraction {
		if _, err := strconv.ParseUint("1"+fraction[:min(len(fraction), 9)], 10, 64); err != nil || fraction == "" || strings.Trim(fraction, "0123456789") != "" {
			return "", false
		}
		clock += "." + fraction
	}
	if date == "" && offset != "" || offset != "" && offset != "Z" && !validOffset(offset) {
		return "", false
	}
	return date + clock + offset, true
}

func validOffset(offset string) bool {
	_, err := time.Parse("15:04", offset[1:])
	return err == nil && len(offset) == len("+15:04")
}
