package command

import (
	"log/slog"
	"os"
	"strings"
	"time"
)

// WarnZone logs that TZ names a time zone which is not known here, such as one on a system without the files of time
// zones: local times are those of UTC then. lookup reads the environment; nil reads none.
func WarnZone(log *slog.Logger, lookup func(name string) (string, bool)) {
	if lookup == nil {
		return
	}
	zone, _ := lookup("TZ")
	name := strings.TrimPrefix(zone, ":")
	if strings.HasPrefix(name, "/") {
		if _, err := os.Stat(name); err == nil {
			return
		}
	} else if _, err := time.LoadLocation(name); err == nil {
		return
	}
	log.Warn("TZ is not a time zone that is known here: local times are those of UTC", "TZ", zone)
}
