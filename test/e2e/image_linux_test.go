package e2e

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// The images are built, pushed to a registry, pulled, unpacked, and run as a container engine would run them.
func TestImages(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(true)))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	table := buildImages(t, "-push", host+"/assay", "-insecure", "-tag", "test")
	if again := buildImages(t); again != table {
		t.Errorf("the same commit gives other images:\n%s\n%s", table, again)
	}
	for _, binary := range []string{"assay", "assay-check"} {
		for _, suffix := range []string{"", "-zstd"} {
			t.Run(binary+suffix, func(t *testing.T) {
				image := pull(t, host+"/assay/"+binary+":test"+suffix)
				checkConfig(t, image, binary)
				checkReferrers(t, host+"/assay/"+binary, image)
				c := container{root: unpack(t, image), image: image}
				got := c.run(t, "version")
				if !strings.HasPrefix(got.stdout, binary+" ") || got.code != 0 {
					t.Errorf("version: %+v", got)
				}
				if err := os.WriteFile(filepath.Join(c.root, "tmp", "checks.yaml"), []byte("checks: [{name: one, type: script, script: 'assert.eq(1, 1)'}]\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				got = c.run(t, "/tmp/checks.yaml")
				var doc document
				if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil || !doc.Passed || got.code != 0 {
					t.Errorf("checks: %+v", got)
				}
			})
		}
	}
	t.Run("scripts", func(t *testing.T) {
		c := container{root: unpack(t, pull(t, host+"/assay/assay:test")), image: pull(t, host+"/assay/assay:test")}
		for source, want := range map[string]string{
			`print(os.date("%H %Z", 0))`: "01 CET\n", // TZ is set
			`fs.write("/tmp/x", "y") print(fs.read("/tmp/x"), select(2, pcall(fs.write, "/x", "y")).code)`: "y\tfs.read_only\n",
			`print(pcall(http.get, "https://127.0.0.1:1/"))`:                                               "connection refused",
		} {
			if got := c.run(t, "exec", "-e", source); got.code != 0 || !strings.Contains(got.stdout, want) {
				t.Errorf("%s: %+v, want %q", source, got, want)
			}
		}
		if got := c.run(t, "exec", "--sandbox", "-e", `print("boxed")`); got.stdout != "boxed\n" || got.code != 0 {
			t.Errorf("sandbox: %+v", got)
		}
		script := filepath.Join(c.root, "tmp", "hello")
		if err := errors.Join(os.WriteFile(script, []byte("#!/usr/bin/assay run\nprint('hello', ...)\n"), 0o644), os.Chmod(script, 0o755)); err != nil {
			t.Fatal(err)
		}
		c.entrypoint = []string{"/tmp/hello"}
		if got := c.run(t, "you"); got.stdout != "hello\tyou\n" || got.code != 0 {
			t.Errorf("a script that names /usr/bin/assay: %+v", got)
		}
		c.entrypoint = nil
		c.serves(t)
	})
}

// buildImages gives the table that the command prints.
func buildImages(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"run", "./image", "-out", t.TempDir(), "-platform", "linux/amd64"}, args...)...)
	cmd.Dir, cmd.Env = filepath.Join(root, "deploy"), append(os.Environ(), "CGO_ENABLED=1") // the encoder of zstd is in C
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("build the images: %v\n%s", err, stderr.Bytes())
	}
	return string(out)
}

func pull(t *testing.T, ref string) v1.Image {
	t.Helper()
	tag, err := name.NewTag(ref, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	image, err := remote.Image(tag, remote.WithPlatform(v1.Platform{OS: "linux", Architecture: "amd64"}))
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func checkConfig(t *testing.T, image v1.Image, binary string) {
	t.Helper()
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	const prefix = "org.opencontainers.image."
	for _, label := range []string{"title", "description", "version", "revision", "created", "licenses", "source", "url", "documentation"} {
		if config.Config.Labels[prefix+label] == "" {
			t.Errorf("no label %s", label)
		}
	}
	if c := config.Config; c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/usr/bin/" + binary}) || config.OS != "linux" || config.Architecture != "amd64" {
		t.Errorf("config = %+v", config)
	}
}

func checkReferrers(t *testing.T, repository string, image v1.Image) {
	t.Helper()
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	ref, err := name.NewDigest(repository+"@"+digest.String(), name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	index, err := remote.Referrers(ref)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, m := range manifest.Manifests {
		kinds = append(kinds, m.ArtifactType)
	}
	slices.Sort(kinds)
	if want := []string{"application/spdx+json", "application/vnd.in-toto+json"}; !slices.Equal(kinds, want) {
		t.Errorf("referrers = %q, want %q", kinds, want)
	}
}

// unpack writes the files of an image below a folder, with their owners and modes.
func unpack(t *testing.T, image v1.Image) string {
	t.Helper()
	dir := t.TempDir()
	files := mutate.Extract(image)
	defer files.Close()
	for r := tar.NewReader(files); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir
		} else if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(header.Name))
		if header.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o755)
		} else {
			var data []byte
			if data, err = io.ReadAll(r); err == nil {
				err = os.WriteFile(path, data, 0o644)
			}
		}
		if err == nil {
			err = os.Chmod(path, header.FileInfo().Mode())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// container runs the program of an image as process 1 of namespaces of its own, as the image's user, with a root file
// system that cannot be written but for /tmp.
type container struct {
	root       string
	image      v1.Image
	entrypoint []string // in place of the image's
}

func (c container) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	config, err := c.image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	const enter = `set -e
mkdir -p "$1/dev" "$1/proc"
mount --bind "$1" "$1"
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
mount --bind "$1/tmp" "$1/tmp"
mount -o remount,bind,ro "$1"
root=$1; shift
exec chroot --userspec=65532:65532 --groups= "$root" "$@"`
	entrypoint := config.Config.Entrypoint
	if c.entrypoint != nil {
		entrypoint = c.entrypoint
	}
	all := append([]string{"--mount", "--pid", "--fork", "--kill-child", "sh", "-c", enter, "sh", c.root}, entrypoint...)
	cmd := exec.CommandContext(t.Context(), "unshare", append(all, args...)...)
	cmd.Env = append(slices.Clone(config.Config.Env), "PATH="+os.Getenv("PATH"), "TZ=Europe/Berlin")
	return cmd
}

func (c container) run(t *testing.T, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := c.command(t, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), cmd.ProcessState}
}

// serves runs a service as process 1, and ends it as Kubernetes does.
func (c container) serves(t *testing.T) {
	t.Helper()
	cmd := c.command(t, "exec", "-e", `http.serve(0, {GET = {["/"] = function() return {body = "hello"} end}}, {host = "127.0.0.1", on_listen = print})`)
	port := serving(t, cmd)
	res, err := http.Get("http://127.0.0.1:" + port + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "hello" {
		t.Errorf("GET / = %q, %v, want hello", body, err)
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	first, err := strconv.Atoi(strings.TrimSpace(string(children)))
	if err != nil {
		t.Fatalf("the children of unshare are %q, want one", children)
	}
	reapsOrphans(t, first)
	if err := syscall.Kill(first, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if state, err := cmd.Process.Wait(); err != nil || state.ExitCode() != 0 {
		t.Errorf("after SIGTERM: %v, %v, want an exit with 0", state, err)
	}
}

// reapsOrphans leaves a process behind in the namespace of process 1, whose number outside is init.
func reapsOrphans(t *testing.T, init int) {
	t.Helper()
	// The shell ends before what it started: that is handed to process 1.
	out, err := exec.CommandContext(t.Context(), "nsenter", "--target", strconv.Itoa(init), "--pid", "sh", "-c", "sleep 0.2 >&- 2>&- & echo ended").CombinedOutput()
	if err != nil || string(out) != "ended\n" {
		t.Fatalf("nsenter: %q, %v", out, err)
	}
	children := func() string {
		var all []string
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", init))
		for _, file := range tasks {
			text, _ := os.ReadFile(file)
			all = append(all, strings.Fields(string(text))...)
		}
		return strings.Join(all, " ")
	}
	if children() == "" {
		t.Fatal("the orphan was not handed to process 1")
	}
	for deadline := time.Now().Add(10 * time.Second); children() != ""; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process 1 leaves zombies: %s", children())
		}
	}
}
