package command

import (
	"fmt"
	"strconv"
	"strings"
)

// Size is a flag for a number of bytes: 64MB, 512k, 1GiB. Units are powers of 1024, with or without i.
type Size int64

func (s *Size) String() string {
	if *s > 0 && *s%(1<<20) == 0 {
		return strconv.FormatInt(int64(*s>>20), 10) + "MB"
	}
	return strconv.FormatInt(int64(*s), 10)
}

// Type is the word for the value in the help.
func (s *Size) Type() string { return "size" }

// Set reads a size.
func (s *Size) Set(text string) error {
	number := strings.TrimRight(strings.ToLower(text), "ib")
	shift := 0
	for unit, bits := range map[string]int{"k": 10, "m": 20, "g": 30} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number, shift = rest, bits
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > 1<<62>>shift {
		return fmt.Errorf("write it like 64MB or 1GB")
	}
	*s = Size(n << shift)
	return nil
}
