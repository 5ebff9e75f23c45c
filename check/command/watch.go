package command

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"time"

	"assay.rs/check"
)

// stamp is what changes with a file.
type stamp struct {
	size     int64
	modified time.Time
}

// watchEvery is how often files are looked at: an editor's save is seen at once, as people go.
const watchEvery = 300 * time.Millisecond

// watch runs, and again whenever a file that the last run was read from has changed, until ctx ends. It gives the code
// of the last run.
func watch(ctx context.Context, paths []string, log *slog.Logger, run func(loaded func(*check.Plan)) int) int {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		before := map[string]stamp{}
		code := run(func(p *check.Plan) { before = stamps(paths, p) })
		if ctx.Err() != nil {
			return code
		}
		for changed := ""; changed == ""; {
			select {
			case <-ctx.Done():
				return code
			case <-ticker.C:
			}
			if changed = difference(before); changed != "" {
				log.Info("changed: running again", "file", changed)
			}
		}
	}
}

// stamps are those of the files of a plan and of paths, which may be folders that get another file.
func stamps(paths []string, p *check.Plan) map[string]stamp {
	all := map[string]stamp{}
	for _, path := range paths {
		all[path] = stampOf(path)
	}
	if p != nil {
		for _, path := range p.Requirements().Files {
			all[path] = stampOf(path)
		}
	}
	return all
}

// difference is a file that is not as before, or empty.
func difference(before map[string]stamp) string {
	for path := range maps.Keys(before) {
		if stampOf(path) != before[path] {
			return path
		}
	}
	return ""
}

// stampOf is the zero value for a file that is not there.
func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime()}
}
