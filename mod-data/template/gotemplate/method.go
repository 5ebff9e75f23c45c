package gotemplate

import (
	"reflect"
	"time"

	"github.com/Masterminds/semver/v3"
)

// method is the method of a value that a template can call. The values with methods that templates meet are what
// functions of sprig give, and what their methods give; to look any other up by its name would make the linker
// keep every method of the program.
func method(v reflect.Value, name string) (callee, bool) {
	fn, ok := methods(v.Type())[name]
	if !ok && v.CanAddr() {
		v = v.Addr()
		fn, ok = methods(v.Type())[name]
	}
	return callee{name: name, fn: reflect.ValueOf(fn), bound: []reflect.Value{v}}, ok
}

// methods are those of a type, as functions of the receiver.
func methods(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[time.Time]():
		return methodsOfTime()
	case reflect.TypeFor[time.Duration]():
		return map[string]any{
			"Abs": time.Duration.Abs, "Hours": time.Duration.Hours, "Microseconds": time.Duration.Microseconds,
			"Milliseconds": time.Duration.Milliseconds, "Minutes": time.Duration.Minutes, "Nanoseconds": time.Duration.Nanoseconds,
			"Round": time.Duration.Round, "Seconds": time.Duration.Seconds, "String": time.Duration.String, "Truncate": time.Duration.Truncate,
		}
	case reflect.TypeFor[time.Month]():
		return map[string]any{"String": time.Month.String}
	case reflect.TypeFor[time.Weekday]():
		return map[string]any{"String": time.Weekday.String}
	case reflect.TypeFor[*time.Location]():
		return map[string]any{"String": (*time.Location).String}
	case reflect.TypeFor[semver.Version]():
		return map[string]any{
			"IncMajor": semver.Version.IncMajor, "IncMinor": semver.Version.IncMinor, "IncPatch": semver.Version.IncPatch,
			"Major": semver.Version.Major, "MarshalJSON": semver.Version.MarshalJSON, "MarshalText": semver.Version.MarshalText,
			"Metadata": semver.Version.Metadata, "Minor": semver.Version.Minor, "Patch": semver.Version.Patch,
			"Prerelease": semver.Version.Prerelease, "SetMetadata": semver.Version.SetMetadata, "SetPrerelease": semver.Version.SetPrerelease,
			"String": semver.Version.String, "Value": semver.Version.Value,
		}
	case reflect.TypeFor[*semver.Version]():
		return map[string]any{
			"Compare": (*semver.Version).Compare, "Equal": (*semver.Version).Equal, "GreaterThan": (*semver.Version).GreaterThan,
			"GreaterThanEqual": (*semver.Version).GreaterThanEqual, "LessThan": (*semver.Version).LessThan,
			"LessThanEqual": (*semver.Version).LessThanEqual, "Original": (*semver.Version).Original,
		}
	}
	return nil
}

func methodsOfTime() map[string]any {
	return map[string]any{
		"Add": time.Time.Add, "AddDate": time.Time.AddDate, "After": time.Time.After, "Before": time.Time.Before,
		"Compare": time.Time.Compare, "Day": time.Time.Day, "Equal": time.Time.Equal, "Format": time.Time.Format,
		"GoString": time.Time.GoString, "GobEncode": time.Time.GobEncode, "Hour": time.Time.Hour, "In": time.Time.In,
		"IsDST": time.Time.IsDST, "IsZero": time.Time.IsZero, "Local": time.Time.Local, "Location": time.Time.Location,
		"MarshalBinary": time.Time.MarshalBinary, "MarshalJSON": time.Time.MarshalJSON, "MarshalText": time.Time.MarshalText,
		"Minute": time.Time.Minute, "Month": time.Time.Month, "Nanosecond": time.Time.Nanosecond, "Round": time.Time.Round,
		"Second": time.Time.Second, "String": time.Time.String, "Sub": time.Time.Sub, "Truncate": time.Time.Truncate,
		"UTC": time.Time.UTC, "Unix": time.Time.Unix, "UnixMicro": time.Time.UnixMicro, "UnixMilli": time.Time.UnixMilli,
		"UnixNano": time.Time.UnixNano, "Weekday": time.Time.Weekday, "Year": time.Time.Year, "YearDay": time.Time.YearDay,
	}
}
