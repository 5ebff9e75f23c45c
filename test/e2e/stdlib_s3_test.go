package e2e

import (
	"path/filepath"
	"testing"

	"assay.rs/test/servers"
)

// assay.s3 signs, lists and takes any key as a real server wants it.
func TestS3Module(t *testing.T) {
	script := filepath.Join(root, "test", "e2e", "testdata", "s3.lua")
	if r := run(t, filepath.Join(built, "assay"), script, servers.S3(t), servers.S3Region, servers.S3Key, servers.Password); r.code != 0 {
		t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}
