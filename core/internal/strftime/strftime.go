// Package strftime writes times by a format of % conversions, for os.date and time.format.
package strftime

import (
	"fmt"
	"strings"
	"time"
)

// Format is strftime in the C locale: the conversions of C89, and those of C99 without a modifier.
// bad is the first conversion that there is not.
func Format(at time.Time, format string) (s, bad string) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(format, "%")
		out.WriteString(before)
		if !found {
			return out.String(), ""
		}
		if rest == "" {
			return "", "%"
		}
		piece, ok := Conversion(at, rest[0])
		if !ok {
			return "", "%" + rest[:1]
		}
		out.WriteString(piece)
		format = rest[1:]
	}
}

// Conversion is one conversion of [Format], named by its letter, unless there is none of that name.
func Conversion(at time.Time, c byte) (string, bool) {
	if layout := dateLayout(c); layout != "" {
		return at.Format(layout), true
	}
	year, week := at.ISOWeek()
	switch c {
	case '%', 'n', 't':
		return map[byte]string{'%': "%", 'n': "\n", 't': "\t"}[c], true
	case 'C':
		return fmt.Sprintf("%02d", at.Year()/100), true
	case 'G':
		return fmt.Sprint(year), true
	case 'g':
		return fmt.Sprintf("%02d", year%100), true
	case 's':
		return fmt.Sprint(at.Unix()), true
	case 'U':
		return fmt.Sprintf("%02d", (at.YearDay()+6-int(at.Weekday()))/7), true
	case 'u':
		return fmt.Sprint((int(at.Weekday())+6)%7 + 1), true
	case 'V':
		return fmt.Sprintf("%02d", week), true
	case 'W':
		return fmt.Sprintf("%02d", (at.YearDay()+6-(int(at.Weekday())+6)%7)/7), true
	case 'w':
		return fmt.Sprint(int(at.Weekday())), true
	case 'Y':
		return fmt.Sprint(at.Year()), true
	}
	return "", false
}

// dateLayout is a conversion that package time has too.
func dateLayout(c byte) string {
	layouts := map[byte]string{
		'A': "Monday", 'a': "Mon", 'B': "January", 'b': "Jan", 'c': "Mon Jan _2 15:04:05 2006", 'D': "01/02/06", 'd': "02",
		'e': "_2", 'F': "2006-01-02", 'H': "15", 'h': "Jan", 'I': "03", 'j': "002", 'M': "04", 'm': "01", 'p': "PM", 'R': "15:04",
		'r': "03:04:05 PM", 'S': "05", 'T': "15:04:05", 'X': "15:04:05", 'x': "01/02/06", 'y': "06", 'Z': "MST", 'z': "-0700",
	}
	return layouts[c]
}
