package check

import "testing"

func TestDecimalsCompareExactly(t *testing.T) {
	for _, c := range []struct {
		got   any
		want  string
		order int
	}{
		{int64(9007199254740993), "9007199254740992", 1},
		{int64(9223372036854775806), "9223372036854775807", -1},
		{"12.50", "12.5", 0},
		{0.1, "0.1", 0},
		{float64(9007199254740992), "9007199254740993", -1},
		{uint64(18446744073709551615), "18446744073709551615", 0},
		{"1e3", "1000", 0},
		{" 7 ", "7", 0},
		{"-0.5", "-0.50", 0},
	} {
		got, want := decimalOf(c.got, ""), parseDecimal(c.want)
		if got == nil || want == nil || got.exact.Cmp(want.exact) != c.order {
			t.Errorf("%v against %s: %v, %v; want %d", c.got, c.want, got, want, c.order)
		}
	}
	for _, v := range []any{nil, true, "", "x", "NaN", "Inf", "1/3", "0x10", "1e999999999", "1_000", "--1", "1e", []any{1}} {
		if got := decimalOf(v, ""); got != nil {
			t.Errorf("decimalOf(%v) = %s, want none", v, got)
		}
	}
}

func TestSQLiteIsReadAlone(t *testing.T) {
	for url, want := range map[string]string{
		"sqlite://a.db": "sqlite://a.db?mode=ro", "sqlite:///a.db?mode=ro": "sqlite:///a.db?mode=ro",
		"postgres://h/d?mode=rw": "postgres://h/d?mode=rw",
	} {
		if got, err := readOnly(url); got != want || err != nil {
			t.Errorf("readOnly(%s) = %s, %v; want %s", url, got, err, want)
		}
	}
	for _, url := range []string{"sqlite://a.db?mode=rwc", "sqlite://a.db?mode=rw", "sqlite:a.db?mode=", "sqlite://a.db?mode=ro&mode=rwc", "sqlite://a.db?%6dode=rwc", "sqlite::memory:", "sqlite://:memory:", "sqlite://file::memory:?cache=shared", "sqlite:"} {
		if got, err := readOnly(url); err == nil {
			t.Errorf("readOnly(%s) = %s, want an error", url, got)
		}
	}
}
