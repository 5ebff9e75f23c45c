package format_test

import (
	"math"
	"strings"
	"testing"

	"assay.rs/core/internal/format"
)

// sprintf writes one value by a format with one conversion.
func sprintf(t *testing.T, layout string, value any) string {
	t.Helper()
	var out []byte
	for rest := layout; rest != ""; {
		text, spec, after, err := format.Next(rest)
		if err != nil {
			return err.Error()
		}
		out = append(out, text...)
		rest = after
		if spec.Verb == 0 {
			continue
		}
		switch value := value.(type) {
		case int:
			out = spec.AppendInteger(out, int64(value))
		case float64:
			out = spec.AppendFloat(out, value)
		case string:
			if spec.Verb == 'q' {
				out = format.AppendQuoted(out, value)
			} else {
				out = spec.AppendText(out, value)
			}
		}
	}
	return string(out)
}

// What C's printf gives.
func TestAppend(t *testing.T) {
	for _, test := range []struct {
		layout string
		value  any
		want   string
	}{
		{"100%%: %d", 7, "100%: 7"},
		{"%5d|", 42, "   42|"},
		{"%-5d|", 42, "42   |"},
		{"%05d", -42, "-0042"},
		{"%+d", 42, "+42"},
		{"% d", 42, " 42"},
		{"%.3d", -7, "-007"},
		{"%08.3d", 7, "     007"},
		{"%.0d|", 0, "|"},
		{"%d", math.MinInt64, "-9223372036854775808"},
		{"%u", -1, "18446744073709551615"},
		{"%x", 255, "ff"},
		{"%#x", 255, "0xff"},
		{"%#X", 255, "0XFF"},
		{"%#08x", 255, "0x0000ff"},
		{"%#x", 0, "0"},
		{"%#o", 8, "010"},
		{"%#.3o", 8, "010"},
		{"%#.0o", 0, "0"},
		{"%e", 12345.678, "1.234568e+04"},
		{"%.0e", 5.0, "5e+00"},
		{"%#.0e", 5.0, "5.e+00"},
		{"%E", 1e-100, "1.000000E-100"},
		{"%f", 0.5, "0.500000"},
		{"%.0f", 2.5, "2"},
		{"%#.0f", 2.5, "2."},
		{"%10.2f|", -1.005, "     -1.00|"},
		{"%010.2f|", -1.005, "-000001.00|"},
		{"%g", 100000.0, "100000"},
		{"%g", 1e6, "1e+06"},
		{"%g", 0.0001, "0.0001"},
		{"%g", 0.00001, "1e-05"},
		{"%.3g", 1234.0, "1.23e+03"},
		{"%.0g", 1234.0, "1e+03"},
		{"%#g", 1.0, "1.00000"},
		{"%#.3g", 1234.0, "1.23e+03"},
		{"%#.4g", 1234.0, "1234."},
		{"%#.1g", 1e9, "1.e+09"},
		{"%G", 1e-10, "1E-10"},
		{"%a", 1.0, "0x1p+0"},
		{"%a", 0.1, "0x1.999999999999ap-4"},
		{"%.1a", 0.1, "0x1.ap-4"},
		{"%#a", 1.0, "0x1.p+0"},
		{"%A", -1e100, "-0X1.249AD2594C37DP+332"},
		{"%012a", 1.0, "0x0000001p+0"},
		{"%5.1f", math.Inf(-1), " -inf"},
		{"%05f", math.Inf(1), "  inf"},
		{"%+F", 1.0, "invalid conversion '%+F' to 'format'"},
		{"%G", math.NaN(), "NAN"},
		{"%f", math.Copysign(0, -1), "-0.000000"},
		{"%s", "text", "text"},
		{"%6.2s|", "text", "    te|"},
		{"%-6s|", "text", "text  |"},
		{"%.s|", "text", "|"},
		{"%3c|", "x", "  x|"},
		{"%q", "a\"b\\c\nd\r\x00e", "\"a\\\"b\\\\c\\\nd\\r\\000e\""},
		{"%v", 1, "invalid conversion '%v' to 'format'"},
		{"%-5T", 1, "invalid conversion '%-5T' to 'format'"},
		{"%[1]d", 1, "invalid conversion '%[' to 'format'"},
		{"%", 1, "invalid conversion '%' to 'format'"},
		{"%5", 1, "invalid conversion '%5' to 'format'"},
		{"%123d", 1, "invalid format (width or precision too long)"},
		{"%.123d", 1, "invalid format (width or precision too long)"},
		{"%------d", 1, "invalid format (repeated flags)"},
	} {
		if got := sprintf(t, test.layout, test.value); got != test.want {
			t.Errorf("format(%q, %v) = %q, want %q", test.layout, test.value, got, test.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "-0", 1: "1", -1: "-1", 99: "99", 100: "100", 1.5: "1.5", 0.1: "0.1", 0.1 + 0.2: "0.3", 1e15: "1000000000000000",
		1 << 53: "9007199254740992", 1 << 62: "4611686018427387904", -1 << 63: "-9223372036854775808", 1 << 63: "9.2233720368548e+18",
		1e100: "1e+100", 1e-5: "1e-05", 123456789.125: "123456789.125", 1.0 / 3: "0.33333333333333", math.Inf(1): "inf", math.Inf(-1): "-inf",
	} {
		if got := format.Number(n); got != want {
			t.Errorf("Number(%g) = %s, want %s", n, got, want)
		}
	}
	if got := format.Number(math.NaN()); got != "nan" {
		t.Errorf("Number(NaN) = %s, want nan", got)
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "10": 10, "-10": -10, "+10": 10, " \t\n10\v\f\r ": 10, "010": 10, "1.5": 1.5, "1.": 1, ".5": 0.5, "1e3": 1000, "1E+3": 1000, "1e-3": 0.001,
		"0x10": 16, "0Xff": 255, "-0xff": -255, "0x.8": 0.5, "0x1p4": 16, "0xA.8p1": 21, "0x8.": 8, "1e400": math.Inf(1), "-1e400": math.Inf(-1), "1e-400": 0,
		"9007199254740993": 9007199254740992, "18446744073709551616": 18446744073709551616, "0xffffffffffffffffff": 4722366482869645213695, "12345678901234567": 12345678901234567,
	} {
		if got, ok := format.ParseNumber(text); !ok || got != want {
			t.Errorf("ParseNumber(%q) = %g, %v, want %g", text, got, ok, want)
		}
	}
	if n, ok := format.ParseNumber("-0"); !ok || !math.Signbit(n) {
		t.Errorf(`ParseNumber("-0") = %g, %v, want -0`, n, ok)
	}
	for _, text := range []string{
		"", " ", "-", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "1.5.5", "1 2", "1x", "x", "0x", "0xg", "0x.", "0x1p", "0x1e+", "--1", "+-1", "- 1",
		"inf", "nan", "infinity", "1_000", "0b11", "0o17", "1e1.5", "0x1p0x1", "1\x00", "\x001", "１",
	} {
		if got, ok := format.ParseNumber(text); ok {
			t.Errorf("ParseNumber(%q) = %g, want nothing", text, got)
		}
	}
}

func TestParseInteger(t *testing.T) {
	for _, test := range []struct {
		text string
		base int
		want float64
		ok   bool
	}{
		{"11", 2, 3, true},
		{"-zZ", 36, -1295, true},
		{" ff ", 16, 255, true},
		{"0xff", 16, 255, true},
		{"777", 8, 511, true},
		{"12", 2, 0, false},
		{"", 10, 0, false},
		{"-", 10, 0, false},
		{"1.0", 10, 0, false},
		{"g", 16, 0, false},
		{"0x", 16, 0, false},
		{strings.Repeat("9", 1000), 10, math.Inf(1), true},
	} {
		if got, ok := format.ParseInteger(test.text, test.base); got != test.want || ok != test.ok {
			t.Errorf("ParseInteger(%.20q, %d) = %g, %v, want %g, %v", test.text, test.base, got, ok, test.want, test.ok)
		}
	}
}

func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"%5.1f", "%-08.3d|%%", "%#x", "%q%s", "%.99g", "%a"} {
		f.Add(seed, 1.5, int64(-7), "x")
	}
	f.Fuzz(func(t *testing.T, layout string, n float64, whole int64, text string) {
		rest := layout
		for rest != "" {
			_, spec, after, err := format.Next(rest)
			if err != nil || len(after) >= len(rest) {
				return
			}
			rest = after
			var got []byte
			switch spec.Verb {
			case 0, 'q':
				continue
			case 's', 'c':
				got = spec.AppendText(nil, text)
			case 'd', 'i', 'u', 'o', 'x', 'X':
				got = spec.AppendInteger(nil, whole)
			default:
				got = spec.AppendFloat(nil, n)
			}
			if len(got) < spec.Width || len(got) > max(spec.Width, 500+len(text)) {
				t.Errorf("a conversion of %q gives %q", layout, got)
			}
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"1e5", "0x1p-3", " 12 ", "-.5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := format.ParseNumber(text)
		if !ok || math.IsInf(n, 0) {
			return
		}
		again, ok := format.ParseNumber(format.Number(n))
		if !ok || math.Abs(again-n) > math.Abs(n)*1e-13 {
			t.Errorf("ParseNumber(%q) = %g; written and read again it is %g, %v", text, n, again, ok)
		}
	})
}
