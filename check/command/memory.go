package command

import (
	"context"
	"io/fs"
	"log/slog"

	"assay.rs/core"
	"assay.rs/core/cgroup"
)

// usualMemory is what a script may hold unless --memory says otherwise, where the process has enough.
const usualMemory = 64 << 20

// FitMemory fits the process into the memory that its container has. root is the root of the file system.
func FitMemory(root fs.FS) {
	if limit, ok := cgroup.Memory(root); ok {
		core.FitMemory(limit)
	}
}

// ScriptMemory is what a script may hold unless --memory says otherwise: 64 MB, or a quarter of the memory of the
// container, in whole MB.
func ScriptMemory() int64 { return max(core.Fitted(usualMemory, 4)>>20, 1) << 20 }

// TellMemory logs, for who debugs, how the memory is divided. script is what a script may hold.
func TellMemory(ctx context.Context, log *slog.Logger, script int64) {
	if log == nil {
		return
	}
	if limit, ok := core.FitsMemory(); ok {
		log.DebugContext(ctx, "memory", "container", limit, "script", script)
		return
	}
	log.DebugContext(ctx, "memory", "container", "no limit", "script", script)
}
