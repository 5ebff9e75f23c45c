package command

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestUnknownZoneIsTold(t *testing.T) {
	for _, tt := range []struct {
		zone string
		told bool
	}{
		{"", false},
		{"UTC", false},
		{":UTC", false},
		{"Nowhere/Atlantis", true},
		{"CET-1CEST", true},
		{"/no/such/file", true},
		{t.TempDir(), false},
	} {
		var log bytes.Buffer
		WarnZone(slog.New(slog.NewTextHandler(&log, nil)), func(string) (string, bool) { return tt.zone, true })
		if got := strings.Contains(log.String(), "TZ"); got != tt.told {
			t.Errorf("TZ=%q: told = %v, want %v: %s", tt.zone, got, tt.told, log.String())
		}
	}
}
