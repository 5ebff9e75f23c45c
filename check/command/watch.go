package command

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"slices"
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

// Watch runs, and again whenever one of the files that the last run named has changed, until ctx ends. Folders are files
// too: they change with the names in them. It gives the code of the last run.
func Watch(ctx context.Context, log *slog.Logger, run func(watching func(files []string)) int) int {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		before := map[string]stamp{}
		code := run(func(files []string) { before = stamps(files) })
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

// watch is [Watch] for check files: what a plan was read from, and paths, which may be folders that get another file.
func watch(ctx context.Context, paths []string, log *slog.Logger, run func(loaded func(*check.Plan)) int) int {
	return Watch(ctx, log, func(watching func(files []string)) int {
		return run(func(p *check.Plan) {
			files := slices.Clone(paths)
			if p != nil {
				files = append(files, p.Requirements().Files...)
			}
			watching(files)
		})
	})
}

func stamps(files []string) map[string]stamp {
	all := make(map[string]stamp, len(files))
	for _, path := range files {
		all[path] = stampOf(path)
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
