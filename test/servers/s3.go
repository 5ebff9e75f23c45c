package servers

import (
	"context"
	"net/http"
	"testing"
)

// What a server of S3 takes.
const (
	S3Region = "eu-central-1"
	S3Key    = "testkey"
)

// S3 runs versitygw, which keeps objects as files, and returns its URL. The secret of [S3Key] is [Password].
func S3(t testing.TB) string {
	t.Helper()
	name := program(t, "versitygw", "the Go module github.com/versity/versitygw")
	addr := loopback(freePort(t))
	p := start(t, "env", "ROOT_ACCESS_KEY="+S3Key, "ROOT_SECRET_KEY="+Password,
		name, "--port", addr, "--region", S3Region, "--health", "/healthz", "posix", "--sidecar", t.TempDir(), t.TempDir())
	p.waitUntil(t, func(ctx context.Context) error { return answers(ctx, http.DefaultClient, "http://"+addr+"/healthz") })
	return "http://" + addr
}
