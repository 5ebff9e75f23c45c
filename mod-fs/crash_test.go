package fs_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/mod-fs"
)

// writing is the environment variable that makes a process of this test write the file that it names.
const writing = "ASSAY_TEST_WRITES"

func TestMain(m *testing.M) {
	if file := os.Getenv(writing); file != "" {
		fmt.Fprintln(os.Stderr, writeForever(file))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// contentSize is how much a write takes: enough to be interrupted.
const contentSize = 200_000

// writeForever writes a file in turn full of a and full of b, and prints a line after each time.
func writeForever(file string) error {
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), fs.New()), Policy: core.FullPolicy()})
	if err != nil {
		return err
	}
	chunk, err := core.Compile("writer.lua", []byte(fmt.Sprintf(`
		local file, a, b = ..., ("a"):rep(%[1]d), ("b"):rep(%[1]d)
		while true do
			fs.write(file, a) print("a")
			fs.write(file, b) print("b")
		end`, contentSize)))
	if err != nil {
		return err
	}
	vm := rt.Open(core.Host{Stdout: os.Stdout})
	defer vm.Close()
	return vm.Run(context.Background(), chunk, file)
}

// tmpfs mounts a file system in memory that is full after size bytes.
func tmpfs(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := mount(dir, size); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("mount a tmpfs: %v", err)
		}
		t.Skipf("mount a tmpfs: %v: run this test as root on Linux", err)
	}
	t.Cleanup(func() {
		if err := unmount(dir); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return dir
}

// The process is killed while it writes: the file is wholly what one of the writes made it.
func TestWriteSurvivesKill(t *testing.T) {
	const kills = 200
	dir := tmpfs(t, 64<<20)
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, bytes.Repeat([]byte("a"), contentSize), 0o640); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cut := 0
	for i := range kills {
		killWriter(t, self, file, rand.IntN(8))
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != contentSize || len(bytes.Trim(got, "a")) > 0 && len(bytes.Trim(got, "b")) > 0 {
			t.Fatalf("after kill %d the file has %d bytes, of them %d a and %d b", i, len(got), bytes.Count(got, []byte("a")), bytes.Count(got, []byte("b")))
		}
		left, err := filepath.Glob(filepath.Join(dir, ".assay-*"))
		if err != nil {
			t.Fatal(err)
		}
		cut += len(left)
		for _, l := range left {
			if err := os.Remove(l); err != nil {
				t.Fatal(err)
			}
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode = %v, %v, want 0640", info.Mode(), err)
	}
	if cut == 0 {
		t.Errorf("none of %d kills hit a write: this test shows nothing", kills)
	}
	t.Logf("%d of %d kills hit a write", cut, kills)
}

// killWriter kills a process of writeForever after some writes.
func killWriter(t *testing.T, self, file string, writes int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), writing+"="+file)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); writes >= 0 && lines.Scan(); writes-- {
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || writes >= 0 {
		t.Fatalf("the writer ended by itself: %s\n%s", cmd.ProcessState, &stderr)
	}
}

func TestWriteToFullDisk(t *testing.T) {
	dir := tmpfs(t, 1<<20)
	t.Chdir(dir)
	kit().Script(t, "full.lua", `
		local old = ("o"):rep(600000)
		fs.write("f", old)
		for i, f in ipairs{
			function() fs.write("f", ("n"):rep(600000)) end,
			function() fs.write("new", ("n"):rep(600000)) end,
			function() fs.copy("f", "copy") end,
		} do
			local ok, e = pcall(f)
			print(ok, e)
			assert.eq(e.code, "fs.full")
		end
		--> =false fs.write: write f: no space left on device
		--> =false fs.write: write new: no space left on device
		--> =false fs.copy: write copy: no space left on device
		assert.eq(fs.read("f"), old)
		assert.eq(#fs.list("."), 1)
		fs.write("f", ("n"):rep(300000))
		assert.eq(fs.read("f"), ("n"):rep(300000))
		local u = disk.usage(".")
		assert.eq(u.total, 2^20)
		assert.ge(u.used, 300000)
		assert.eq(select(2, pcall(fs.append, "f", ("n"):rep(1000000))).code, "fs.full")`)
}

// A file that is mounted by itself cannot be replaced: Kubernetes mounts the termination log so.
func TestWriteToMountedFile(t *testing.T) {
	dir := tmpfs(t, 1<<20)
	for _, name := range []string{"real", "mounted"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old and longer"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := bind(filepath.Join(dir, "real"), filepath.Join(dir, "mounted")); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unmount(filepath.Join(dir, "mounted")); err != nil {
			t.Error(err)
		}
	}()
	t.Chdir(dir)
	kit().Script(t, "mounted.lua", `
		fs.write("source", "copied")
		fs.copy("source", "mounted")
		print(fs.read("real"), fs.read("mounted"))
		--> =copied copied
		fs.remove("source")
		fs.write("mounted", "new")
		print(fs.read("real"), fs.read("mounted"), #fs.list("."))
		--> =new new 2`)
}
