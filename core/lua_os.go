package core

import (
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/strftime"
)

// osLibrary is what Lua's os has on time.
func osLibrary() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"clock":    osClock,
		"date":     osDate,
		"difftime": osDifftime,
		"time":     osTime,
	}
}

// osClock is the seconds since the runtime was made. The processor's time would be that of all scripts.
func osClock(L *lua.LState) int {
	vm := currentThread(L).vm
	L.Push(lua.LNumber(vm.now().Sub(vm.rt.made).Seconds()))
	return 1
}

func osDifftime(L *lua.LState) int {
	L.Push(lua.LNumber(numberArg(L, 1) - optNumberArg(L, 2, 0)))
	return 1
}

// osTime is time(), or time(table) of a local date. What is out of range counts on: the 32nd of January
// is the 1st of February. The table then has the fields of the date that it is, as since Lua 5.3.
func osTime(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(currentThread(L).vm.now().Unix()))
		return 1
	}
	date := tableArg(L, 1)
	field := func(name string, otherwise int) int { return dateField(L, date, name, otherwise) }
	year, month, day := field("year", required), field("month", required), field("day", required)
	hour, minute, second := field("hour", 12), field("min", 0), field("sec", 0)
	at := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.Local)
	if isDST := date.RawGetString("isdst"); isDST != lua.LNil {
		at = summerTime(at, lua.LVAsBool(isDST))
	}
	setDate(date, at)
	L.Push(lua.LNumber(at.Unix()))
	return 1
}

// summerTime is the time when the clocks of a place that has summer time, or has not, as wanted, show what those of
// at show: an hour away from at, unless at is what is wanted. Where it is never as wanted it is at.
func summerTime(at time.Time, wanted bool) time.Time {
	if at.IsDST() == wanted {
		return at
	}
	start, end := at.ZoneBounds()
	var other time.Time // the nearest one with the other clocks
	for _, bound := range []time.Time{start, end} {
		if bound.IsZero() { // there is no change on that side
			continue
		}
		if bound.Equal(start) {
			bound = bound.Add(-time.Second)
		}
		if bound.IsDST() == wanted && (other.IsZero() || at.Sub(bound).Abs() < at.Sub(other).Abs()) {
			other = bound
		}
	}
	if other.IsZero() {
		return at
	}
	_, here := at.Zone()
	_, there := other.Zone()
	return at.Add(time.Duration(here-there) * time.Second)
}

// required is the default of a field that has none.
const required = -1 << 40

// maxField bounds the fields of a date, as C's int does.
const maxField = 1<<31 - 1

func dateField(L *lua.LState, date *lua.LTable, name string, otherwise int) int {
	v := date.RawGetString(name)
	if v == lua.LNil {
		if otherwise == required {
			L.RaiseError("field '%s' missing in date table", name)
		}
		return otherwise
	}
	n, ok := bits64(v)
	if s, isText := v.(lua.LString); isText {
		var f float64
		f, ok = parseNumber(string(s))
		n = int64(f)
	}
	switch {
	case !ok:
		L.RaiseError("field '%s' is not an integer", name)
	case n > maxField || n < -maxField:
		L.RaiseError("field '%s' is out-of-bound", name)
	}
	return int(n)
}

// maxDate is the last second that has a date: in about a thousand million years.
const maxDate = 1 << 55

// osDate is date(format, time). A format that starts with ! is of UTC, *t gives a table.
func osDate(L *lua.LState) int {
	format := "%c"
	if L.Get(1) != lua.LNil {
		format = textArg(L, 1)
	}
	at := currentThread(L).vm.now()
	if L.Get(2) != lua.LNil {
		seconds := integerArg(L, 2)
		if seconds > maxDate || seconds < -maxDate {
			L.ArgError(2, "time out-of-bounds")
		}
		at = time.Unix(int64(seconds), 0)
	}
	format, utc := strings.CutPrefix(format, "!")
	if utc {
		at = at.UTC()
	}
	if strings.HasPrefix(format, "*t") {
		L.Push(dateTable(L, at))
		return 1
	}
	t := currentThread(L)
	t.charge(4 * len(format))
	t.spend(len(format))
	s, bad := strftime.Format(at, format)
	if bad != "" {
		L.ArgError(1, "invalid conversion specifier '"+bad+"'")
	}
	L.Push(lua.LString(s))
	return 1
}

func dateTable(L *lua.LState, at time.Time) *lua.LTable {
	date := L.CreateTable(0, 9)
	setDate(date, at)
	return date
}

func setDate(date *lua.LTable, at time.Time) {
	for name, n := range map[string]int{
		"year": at.Year(), "month": int(at.Month()), "day": at.Day(), "hour": at.Hour(), "min": at.Minute(), "sec": at.Second(),
		"wday": int(at.Weekday()) + 1, "yday": at.YearDay(),
	} {
		date.RawSetString(name, lua.LNumber(n))
	}
	date.RawSetString("isdst", lua.LBool(at.IsDST()))
}
