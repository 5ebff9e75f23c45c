package gotemplate

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// dates are the functions of sprig that take what is no date for the present. Here they take times and
// numbers of seconds, with a fraction or without one, and refuse the rest.
func (s *set) dates() map[string]any {
	all := make(map[string]any)
	theirs := sprig.GenericFuncMap()
	for _, name := range []string{"date", "dateInZone", "date_in_zone"} {
		inZone, ok := theirs["dateInZone"].(func(format string, date any, zone string) string)
		if !ok {
			continue
		}
		format := func(format string, date any, zone ...string) (string, error) {
			t, err := moment(date)
			if err != nil {
				return "", err
			}
			return inZone(format, t, append(zone, "Local")[0]), nil
		}
		if name == "date" {
			all[name] = func(layout string, date any) (string, error) { return format(layout, date) }
			all["htmlDate"] = func(date any) (string, error) { return format(time.DateOnly, date) }
			all["htmlDateInZone"] = func(date any, zone string) (string, error) { return format(time.DateOnly, date, zone) }
			continue
		}
		all[name] = func(layout string, date any, zone string) (string, error) { return format(layout, date, zone) }
	}
	return all
}

// moment is the time that a value means.
func moment(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v, nil
	case *time.Time:
		if v != nil {
			return *v, nil
		}
	}
	switch n := reflect.ValueOf(v); {
	case n.IsValid() && n.CanInt():
		return time.Unix(n.Int(), 0), nil
	case n.IsValid() && n.CanFloat() && math.Abs(n.Float()) < 1<<53:
		whole, fraction := math.Modf(n.Float())
		return time.Unix(int64(whole), int64(fraction*1e9)), nil
	}
	return time.Time{}, fmt.Errorf("a time or a number of seconds expected, got %T: now is one, and toDate reads text", v)
}
