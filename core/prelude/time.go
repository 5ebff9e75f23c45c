package prelude

import (
	"errors"
	"fmt"
	"math"
	"time"

	"assay.rs/core"
	"assay.rs/core/internal/literal"
)

func sleepFunc() core.Func {
	return core.Fn1(core.Doc{
		Name: "sleep", Text: "Suspends this task, while others go on.",
		Needs: core.Clock | core.Wait, Level: core.Check,
		Examples: []string{`sleep(0.01)  sleep("10ms")`},
	},
		core.Arg("seconds", core.Duration(), "How long, in seconds or as text; not negative."), core.ReturnsNothing(), sleep)
}

func sleep(c core.Call, d time.Duration) (core.None, error) {
	return core.None{}, c.Clock().Sleep(c.Context(), d)
}

const layoutText = "Directives as in os.date, in UTC: %Y %m %d %H %M %S and %f (microseconds), %y %j %e %I %p, %a %A %b %B, " +
	"%z %Z, %s (seconds since 1970), %F (%Y-%m-%d), %T (%H:%M:%S), %D (%m/%d/%y), %R (%H:%M), %%."

const parseText = layoutText + " When left out, the common forms are read: RFC 3339, with a space for the T too, its date alone or its date and time " +
	"without a zone; the dates of HTTP headers and of mail (Sun, 06 Nov 1994 08:49:37 GMT or +0100); those of openssl (Nov  6 08:49:37 1994 GMT)."

const formatText = layoutText + " RFC 3339 when left out." + " Written, not read: %V %G %g (the week of ISO 8601 and its year), %U %W (the week from Sunday, from Monday), " +
	"%u %w (the day of the week, 1 to 7 from Monday, 0 to 6 from Sunday), %C, %c %x %X %r %h %n %t."

func timeModule() core.Module {
	start := time.Now()
	call := core.Fn0(core.Doc{
		Name: "time", Text: "Gives the time of day.", Needs: core.Clock, Level: core.Check,
		Examples: []string{`assert.gt(time(), 1.7e9)`},
	},
		core.Returns(core.Number(), "Seconds since 1970-01-01 00:00 UTC, with a fraction."),
		func(c core.Call) (float64, error) { return unix(c.Clock().Now()), nil })
	return core.Module{
		Name: "time", Doc: "The time of day, and times as text.", Call: &call,
		Funcs: []core.Func{
			core.Fn0(core.Doc{
				Name: "monotonic", Text: "Gives a time that only goes forward, whatever happens to the clock. Differences tell how long something took.",
				Needs: core.Clock, Level: core.Check,
				Examples: []string{"local start = time.monotonic()\nsleep(0.01)\nassert.ge(time.monotonic() - start, 0.01)"},
			},
				core.Returns(core.Number(), "Seconds since some point in the past, with a fraction."),
				func(c core.Call) (float64, error) { return c.Clock().Now().Sub(start).Seconds(), nil }),
			core.Fn2(core.Doc{
				Name: "format", Text: "Writes a time as text, in UTC.", Needs: core.Pure, Level: core.Check,
				Examples: []string{`assert.eq(time.format(0), "1970-01-01T00:00:00Z")  assert.eq(time.format(86400, "%d.%m.%Y"), "02.01.1970")`},
			},
				core.Arg("t", core.Number(), "Seconds since 1970."),
				core.Opt("layout", core.Nullable(core.String()), nil, formatText),
				core.Returns(core.String(), "The text."), formatTime),
			core.Fn2(core.Doc{
				Name: "parse", Text: "Reads a time. Text without a zone is in UTC; text that does not follow the layout raises.", Needs: core.Pure, Level: core.Check,
				Examples: []string{`assert.eq(time.parse("1970-01-01T01:00:00.5+01:00"), 0.5)  assert.eq(time.parse("02.01.1970", "%d.%m.%Y"), 86400)`, `assert.eq(time.parse("1970-01-02"), 86400)  assert.eq(time.parse("Fri, 02 Jan 1970 00:00:00 GMT"), 86400)`},
			},
				core.Arg("text", core.String(), "The text."),
				core.Opt("layout", core.Nullable(core.String()), nil, parseText),
				core.Returns(core.Number(), "Seconds since 1970, with a fraction."), parseTime),
		},
	}
}

// unix is seconds since 1970 to the microsecond: more digits a float64 does not have.
func unix(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// Years that four digits can write.
const (
	minUnix = -62167219200 // 0000-01-01
	maxUnix = 253402300800 // 10000-01-01
)

const maxLayout = 4 << 10 // bytes

var (
	errLayout = errors.New("argument 2 'layout': longer than 4 KB")
	errTime   = errors.New("argument 1 't': seconds within the years 0 to 9999 expected")
)

func formatTime(_ core.Call, seconds float64, layout *string) (string, error) {
	if !(seconds >= minUnix && seconds < maxUnix) { // NaN is refused too
		return "", errTime
	}
	t := time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC()
	if layout == nil {
		return t.Format(time.RFC3339Nano), nil
	}
	if len(*layout) > maxLayout {
		return "", errLayout
	}
	return formatLayout(t, *layout)
}

func parseTime(_ core.Call, text string, layout *string) (float64, error) {
	if layout != nil {
		if len(*layout) > maxLayout {
			return 0, errLayout
		}
		t, err := strptime(text, *layout)
		return unix(t), err
	}
	for _, form := range commonForms() {
		if t, err := time.Parse(form, text); err == nil {
			return unix(t), nil
		}
	}
	return 0, fmt.Errorf("%s is not a time as RFC 3339 has it, such as 2006-01-02T15:04:05Z, nor another common form: give its layout, such as \"%%d.%%m.%%Y\"",
		literal.Quote(text))
}

// commonForms are those that need no layout. Names of zones other than GMT are not among them: package time would read
// each as UTC.
func commonForms() []string {
	return []string{
		time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
		"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC1123Z, "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC, // RFC 9110, 5.6.7
		"Jan _2 15:04:05 2006 GMT",
	}
}
