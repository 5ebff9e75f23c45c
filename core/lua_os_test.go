package core

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tests, wherever they run
)

func TestSummerTime(t *testing.T) {
	const layout = "2006-01-02 15:04:05"
	for _, tt := range []struct {
		zone, date string
		wanted     bool
		unix       int64
	}{
		{"Europe/Berlin", "2024-10-27 02:30:00", true, 1729989000}, // the hour that comes twice
		{"Europe/Berlin", "2024-10-27 02:30:00", false, 1729992600},
		{"Europe/Berlin", "2024-10-27 02:00:00", true, 1729987200},
		{"Europe/Berlin", "2024-10-27 02:00:00", false, 1729990800},
		{"Europe/Berlin", "2024-10-27 01:59:59", true, 1729987199},
		{"Europe/Berlin", "2024-10-27 03:00:00", false, 1729994400},
		{"Europe/Berlin", "2024-07-01 12:00:00", false, 1719831600}, // as C's mktime: 13:00 in summer
		{"Europe/Berlin", "2024-07-01 12:00:00", true, 1719828000},
		{"Europe/Berlin", "2024-01-01 12:00:00", true, 1704103200}, // 11:00 in winter
		{"Australia/Lord_Howe", "2024-04-07 01:45:00", true, 1712414700},
		{"Australia/Lord_Howe", "2024-04-07 01:45:00", false, 1712416500}, // half an hour
		{"UTC", "2024-07-01 12:00:00", true, 1719835200},
		{"Asia/Tokyo", "2024-07-01 12:00:00", true, 1719799200}, // had it in 1951 last
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.ParseInLocation(layout, tt.date, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := summerTime(at, tt.wanted).Unix(); got != tt.unix {
			t.Errorf("%s in %s, summer time %v: %d, want %d", tt.date, tt.zone, tt.wanted, got, tt.unix)
		}
	}
}
