// Package release builds the binaries the way they are shipped and measures them.
package release

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Binary is a command of the workspace and the most that it may weigh, in bytes:
// as it is, and compressed with gzip -9, which is about what an image pull costs.
type Binary struct {
	Name           string
	Summary        string // what it is, in packages, images and manuals
	Budget, Zipped int64
	Hot            []string // packages that are compiled with inlining; none is all
	Align          int      // of functions, in bytes, where the processor asks for no more
	Image          bool     // it is shipped as an image too
	Completes      bool     // it prints completions for shells
}

// Binaries are all that are shipped.
func Binaries() []Binary {
	return []Binary{
		{
			Name: "assay", Summary: "Lua runtime for Kubernetes: checks, scripts and small services in one static binary",
			Budget: 24_000_000, Zipped: 9_600_000, Hot: append(hot(), hotInScripts()...), Align: 16, Image: true, Completes: true,
		},
		{
			Name: "assay-check", Summary: "Checks with retry, backoff and timeout, one JSON document and an exit code",
			Budget: 12_000_000, Zipped: 4_800_000, Hot: hot(), Align: 1, Image: true, Completes: true,
		},
		{
			Name: "assay-lsp", Summary: "Language server for assay: scripts, and check files with the Lua inside",
			Budget: 6_000_000, Zipped: 2_400_000, Align: 16,
		},
	}
}

// fips is where crypto has its arithmetic; what calls it is cold.
const fips = "crypto/internal/fips140/"

// hot is where a run of checks spends its time. Inlined copies of what is cold are a tenth of the slim
// binary; a `go install` of it has them.
func hot() []string {
	return []string{
		"runtime", "internal/runtime/gc/...", "internal/runtime/maps", "internal/bytealg", "sync/...", "strconv", "unicode/utf8",
		fips + "aes/...", fips + "sha256", fips + "sha3", fips + "sha512", "github.com/yuin/gopher-lua", "math", "assay.rs/core/internal/...",
	}
}

// hotInScripts is where scripts spend time besides: calls, text, compiling, serving and requests, databases, data.
func hotInScripts() []string {
	return []string{
		"strings", "bytes", "bufio", "io", "slices", "sort", "maps", "context", "errors", "reflect", "time",
		"internal/strconv", "internal/sync", "internal/abi", "internal/stringslite", "internal/byteorder", "internal/godebug", "internal/chacha8rand",
		"internal/runtime/...", fips + "bigmod", fips + "edwards25519/...", fips + "mlkem", fips + "nistec", "cmp", "iter", "math/bits", "unicode/...", "regexp/...", "vendor/golang.org/x/net/http/httpguts",
		"assay.rs/core", "assay.rs/core/compile", "assay.rs/core/syntax",
		"assay.rs/mod-serve/...", "assay.rs/mod-http/...", "net", "net/http/...", "net/textproto", "net/url",
		"github.com/go-chi/chi/v5", "nhooyr.io/websocket",
		"assay.rs/mod-db", "modernc.org/sqlite/...", "modernc.org/libc/...",
		"assay.rs/mod-data/jq", "assay.rs/mod-data/yaml",
	}
}

// compilerFlags switch inlining off for all packages but the hot ones.
func (b Binary) compilerFlags() []string {
	if len(b.Hot) == 0 {
		return nil
	}
	flags := []string{"-gcflags=all=-l"}
	for _, pattern := range b.Hot {
		flags = append(flags, "-gcflags="+pattern+"=")
	}
	return flags
}

// align is how functions are aligned: only amd64 runs instructions that start anywhere.
func (b Binary) align(t Target) int {
	arch := t.Arch
	if t.OS == "" {
		arch = runtime.GOARCH
	}
	if arch == "amd64" {
		return b.Align
	}
	return max(b.Align, 4)
}

// Target says what a binary is built for. The zero value is this machine.
type Target struct {
	OS, Arch string
	Symbols  bool   // leaves symbols in: they are what a person asks who wants to know what was linked
	Stamped  bool   // fails when the commit cannot be written into the binary
	Version  string // what the binary says of itself; a build in a workspace has none of its own
}

// Build writes the binary into dir and returns its name.
func (b Binary) Build(ctx context.Context, root, dir string, t Target) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, b.Name)
	ldflags := fmt.Sprintf("-funcalign=%d", b.align(t))
	if !t.Symbols {
		ldflags += " -s -w"
	}
	if t.Version != "" {
		ldflags += " -X assay.rs/core/version.stamped=" + t.Version
	}
	args := append([]string{"build", "-trimpath", "-ldflags", ldflags, "-o", name}, b.compilerFlags()...)
	if t.Stamped {
		args = append(args, "-buildvcs=true")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./cmd/"+b.Name)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if t.OS != "" {
		cmd.Env = append(cmd.Env, "GOOS="+t.OS, "GOARCH="+t.Arch)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", b.Name, err, out)
	}
	return name, nil
}

// Sizes measures a built binary.
func Sizes(name string) (plain, zipped int64, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, 0, err
	}
	zipped, err = Zipped(data)
	return int64(len(data)), zipped, err
}

// Zipped is how many bytes gzip -9 makes of the data.
func Zipped(data []byte) (int64, error) {
	var n counter
	z, err := gzip.NewWriterLevel(&n, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	_, err = z.Write(data)
	return int64(n), errors.Join(err, z.Close())
}

// Over says by how much the sizes are over the budget of b; nil when they are not.
func (b Binary) Over(plain, zipped int64) error {
	if plain > b.Budget || zipped > b.Zipped {
		return fmt.Errorf("%s: %d bytes, %d with gzip -9; the budget is %d and %d", b.Name, plain, zipped, b.Budget, b.Zipped)
	}
	return nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
