package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"assay.rs/test/internal/workspace"
)

// images are built, and those of this processor pulled from a registry, unpacked and run.
func (d *dry) images() error {
	cmd := d.command(filepath.Join(d.clone, "deploy"), "go", "run", "./image", "-out", filepath.Join(d.scratch, "image"), "-tag", d.version)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1") // the encoder of zstd is in C
	table, err := d.outputOf(cmd)
	if err != nil {
		return err
	}
	ran := false
	var runErr error
	for line := range strings.Lines(table) {
		// Name, platform, compression, size and digest; an index has no size.
		f := strings.Fields(line)
		if len(f) != 5 {
			continue
		}
		r := row{artefact: strings.Join(f[:3], " "), digest: strings.TrimPrefix(f[4], "sha256:")}
		if r.bytes, err = strconv.ParseInt(f[3], 10, 64); err != nil {
			return fmt.Errorf("the table of images has %q: %w", line, err)
		}
		d.try(r, func() (string, error) {
			if f[1] != "linux/amd64" {
				return "not run: the same files as in the archive", nil
			}
			if !ran {
				ran = true
				_, runErr = d.output(d.clone, "go", "test", "-count=1", "-run", "^TestImages$", "./test/e2e")
			}
			return "pulled from a registry, run as process 1 without a root to write: TestImages", runErr
		})
	}
	if !ran {
		return fmt.Errorf("no image for linux/amd64 in\n%s", table)
	}
	return nil
}

// chart is packed, and the manifests that it makes are read by Kubernetes in ./test/run kubernetes.
func (d *dry) chart() error {
	source := filepath.Join(d.clone, "deploy", "chart")
	if _, err := d.output(source, "helm", "package", "--destination", d.scratch, "."); err != nil {
		return err
	}
	packed, err := filepath.Glob(filepath.Join(d.scratch, "assay-*.tgz"))
	if err != nil || len(packed) != 1 {
		return fmt.Errorf("helm package made %q, %w", packed, err)
	}
	d.add(filepath.Base(packed[0]), packed[0], func() (string, error) {
		if _, err := d.output(source, "helm", "lint", "--strict", "."); err != nil {
			return "", err
		}
		values, err := filepath.Glob(filepath.Join(source, "ci", "*.yaml"))
		if err != nil || len(values) == 0 {
			return "", fmt.Errorf("no values to try in %s/ci: %w", source, err)
		}
		for _, file := range values {
			if _, err := d.output("", "helm", "template", "try", packed[0], "--kube-version", "1.30.0", "--values", file); err != nil {
				return "", err
			}
		}
		return fmt.Sprintf("helm lint --strict, helm template with %d sets of values", len(values)), nil
	})
	return nil
}

// pages are the manuals, and the completions of shells.
func (d *dry) pages() error {
	dir := filepath.Join(d.scratch, "manual")
	if _, err := d.output(filepath.Join(d.clone, "deploy"), "go", "run", "./manual", "-out", dir); err != nil {
		return err
	}
	manuals, err := filepath.Glob(filepath.Join(dir, "man", "*.gz"))
	if err != nil || len(manuals) != 4 {
		return fmt.Errorf("%d manuals, want 4: %w", len(manuals), err)
	}
	for _, file := range manuals {
		d.add(filepath.Base(file), file, func() (string, error) { return d.manual(file) })
	}
	for _, name := range []string{"assay", "assay-check"} {
		file := filepath.Join(dir, "completions", "bash", name)
		d.add("completions of "+name, file, func() (string, error) {
			_, err := d.output("", "bash", "-c", `source "$1" && complete -p "$2"`, "bash", file, name)
			return "read by bash", err
		})
	}
	return nil
}

func (d *dry) manual(file string) (string, error) {
	packed, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return "", err
	}
	cmd := d.command("", "mandoc", "-T", "lint", "-W", "error")
	cmd.Stdin = bytes.NewReader(text)
	_, err = d.outputOf(cmd)
	return "read by mandoc -T lint", err
}

// goInstall installs each command as one who has Go does, from a module proxy.
func (d *dry) goInstall() error {
	proxy := workspace.Proxy{Dir: filepath.Join(d.scratch, "proxy"), Version: d.version}
	for _, m := range d.workspace.Modules {
		if err := proxy.Add(d.workspace, m, nil); err != nil {
			return err
		}
	}
	env, err := proxy.Env(filepath.Join(d.scratch, "modcache"))
	if err != nil {
		return err
	}
	for _, name := range []string{"assay", "assay-check", "assay-lsp"} {
		target := workspace.Prefix + "/cmd/" + name + "@" + d.version
		d.try(row{artefact: "go install " + target}, func() (string, error) {
			cmd := d.command(d.scratch, "go", "install", "-trimpath", target)
			cmd.Env = append(env, "GOBIN="+d.scratch, "CGO_ENABLED=0")
			if _, err := d.outputOf(cmd); err != nil {
				return "", err
			}
			said, err := d.output("", filepath.Join(d.scratch, name), "version")
			if err == nil && !strings.HasPrefix(said, name+" "+d.version) {
				err = fmt.Errorf("it says of itself %q, want %s", said, d.version)
			}
			return "installed from a module proxy, with an empty module cache", err
		})
	}
	return nil
}
