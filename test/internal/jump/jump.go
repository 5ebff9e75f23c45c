// Package jump builds an assay whose clock jumps: every two seconds the time of day is another one, up to an hour off in either
// direction, as when a machine is put to sleep, or corrected by NTP. Durations are what they were: the monotonic clock goes on.
package jump

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// clock takes the place of the runtime's own. %s reads the real one.
const clock = `package runtime

import _ "unsafe"

//go:linkname time_now time.now
func time_now() (sec int64, nsec int32, mono int64) {
	%s
	period := uint64(mono) / 2_000_000_000
	return sec + int64(period*2654435761%%(2*3600)) - 3600, nsec, mono
}
`

// sources are files of the Go runtime, changed.
func sources(folder string) (map[string]string, error) {
	if runtime.GOARCH != "amd64" {
		return map[string]string{"timestub.go": fmt.Sprintf(clock, "sec, nsec = walltime()\n\tmono = nanotime()")}, nil
	}
	// There, time.now is in assembly.
	const file, name = "time_linux_amd64.s", "TEXT time·now<"
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		return nil, err
	}
	changed := strings.Replace(string(text), name, "TEXT ·realClock<", 1)
	if changed == string(text) {
		return nil, fmt.Errorf("%s of this version of Go has no %q", file, name)
	}
	return map[string]string{file: changed, "timeasm.go": fmt.Sprintf(clock, "sec, nsec, mono = realClock()") +
		"\nfunc realClock() (sec int64, nsec int32, mono int64)\n"}, nil
}

// Build writes the binary into dir and gives its file.
func Build(ctx context.Context, root, dir string) (string, error) {
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(strings.TrimSpace(string(goroot)), "src", "runtime")
	files, err := sources(folder)
	if err != nil {
		return "", err
	}
	replaced := make(map[string]string)
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return "", err
		}
		replaced[filepath.Join(folder, name)] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	overlay, binary := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "assay-jumping")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", binary, "./cmd/assay")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build assay with a clock that jumps: %w\n%s", err, out)
	}
	return binary, nil
}
