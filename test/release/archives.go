package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// artefact is a line of dist/artifacts.json.
type artefact struct {
	Name, Path, Type, GOOS, GOARCH string
	Extra                          struct{ Format string }
}

// archives are made by goreleaser, and packages.
func (d *dry) archives() error {
	if d.dist == "" {
		if err := d.snapshot(); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(filepath.Join(d.dist, "artifacts.json"))
	if err != nil {
		return err
	}
	var all []artefact
	if err := json.Unmarshal(text, &all); err != nil {
		return fmt.Errorf("artifacts.json: %w", err)
	}
	kinds := map[string]int{}
	for _, a := range all {
		var use func(artefact, string) (string, error)
		switch a.Type {
		case "Archive":
			use = d.archive
		case "Linux Package":
			use = d.linuxPackage
		case "Checksum":
			use = d.checksums
		case "SBOM":
			use = d.bill
		default:
			continue
		}
		kinds[a.Type]++
		file := filepath.Join(d.dist, filepath.Base(a.Path))
		d.add(a.Name, file, func() (string, error) { return use(a, file) })
	}
	for kind, want := range map[string]int{"Archive": 6, "Linux Package": 6, "Checksum": 1, "SBOM": 6} {
		if kinds[kind] != want {
			return fmt.Errorf("artifacts.json has %d of type %s, want %d", kinds[kind], kind, want)
		}
	}
	return nil
}

func (d *dry) snapshot() error {
	if _, err := d.output(d.clone, "goreleaser", "check"); err != nil {
		return err
	}
	cmd := d.command(d.clone, "goreleaser", "release", "--snapshot", "--clean", "--skip=sign")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("goreleaser: %w", err)
	}
	d.dist = filepath.Join(d.workspace.Root, "dist", "release")
	if err := os.RemoveAll(d.dist); err != nil {
		return err
	}
	return os.CopyFS(d.dist, os.DirFS(filepath.Join(d.clone, "dist")))
}

// archive unpacks the archive, and runs the programs where nothing else is.
func (d *dry) archive(a artefact, file string) (string, error) {
	root, err := os.MkdirTemp(d.scratch, "root")
	if err != nil {
		return "", err
	}
	into := filepath.Join(root, "opt", "assay")
	if err := unpack(file, into); err != nil {
		return "", err
	}
	for _, name := range []string{"LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "man/assay.1.gz", "completions/bash/assay"} {
		if _, err := os.Stat(filepath.Join(into, name)); err != nil {
			return "", err
		}
	}
	how, err := d.programs(root, "/opt/assay", a.GOOS, a.GOARCH)
	return "unpacked; " + how, err
}

// linuxPackage installs the package in an empty root, runs the programs and removes it.
func (d *dry) linuxPackage(a artefact, file string) (string, error) {
	root, err := os.MkdirTemp(d.scratch, "root")
	if err != nil {
		return "", err
	}
	var install, remove func() error
	switch a.Extra.Format {
	case "deb":
		install, remove = d.deb(root, file)
	case "rpm":
		install, remove = d.rpm(root, file)
	case "apk":
		install, remove = func() error { return unpack(file, root) }, nil
	default:
		return "", fmt.Errorf("a package of unknown format %q", a.Extra.Format)
	}
	if err := install(); err != nil {
		return "", err
	}
	for _, name := range []string{"share/man/man1/assay.1.gz", "share/man/man5/checks.yaml.5.gz", "share/bash-completion/completions/assay", "share/doc/assay/NOTICE"} {
		if _, err := os.Stat(filepath.Join(root, "usr", name)); err != nil {
			return "", err
		}
	}
	how, err := d.programs(root, "/usr/bin", a.GOOS, a.GOARCH)
	if err != nil {
		return "", err
	}
	if remove == nil {
		return "unpacked, for apk is not in Debian; " + how, nil
	}
	if err := remove(); err != nil {
		return "", err
	}
	if left := assayFiles(root); len(left) > 0 {
		return "", fmt.Errorf("removing the package leaves %s", strings.Join(left, " "))
	}
	return "installed in an empty root; " + how + "; removed without a rest", nil
}

func (d *dry) deb(root, file string) (install, remove func() error) {
	state := filepath.Join(root, "var", "lib", "dpkg")
	dpkg := func(args ...string) error {
		_, err := d.output("", "dpkg", append([]string{"--root=" + root, "--force-not-root", "--log=/dev/null", "--force-architecture"}, args...)...)
		return err
	}
	install = func() error {
		for _, dir := range []string{"info", "updates", "triggers"} {
			if err := os.MkdirAll(filepath.Join(state, dir), 0o755); err != nil {
				return err
			}
		}
		return errors.Join(os.WriteFile(filepath.Join(state, "status"), nil, 0o644), dpkg("--install", file))
	}
	return install, func() error { return dpkg("--purge", "assay") }
}

func (d *dry) rpm(root, file string) (install, remove func() error) {
	rpm := func(args ...string) error {
		_, err := d.output("", "rpm", append([]string{"--root", root, "--dbpath", "/var/lib/rpm"}, args...)...)
		return err
	}
	install = func() error {
		return errors.Join(rpm("--initdb"), rpm("--install", "--nodeps", "--nosignature", "--ignorearch", "--ignoreos", file))
	}
	return install, func() error { return rpm("--erase", "--nodeps", "assay") }
}

// assayFiles are the files below root that belong to assay.
func assayFiles(root string) []string {
	var left []string
	_ = fs.WalkDir(os.DirFS(root), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !strings.HasPrefix(name, "var/lib/") && strings.Contains(path.Base(name), "assay") {
			left = append(left, name)
		}
		return nil
	})
	return left
}

const quickstart = "checks: [{name: one, type: script, script: 'assert.eq(#\"ok\", 2)'}]\n"

// programs runs the programs in a folder of a root, and tells how.
func (d *dry) programs(root, dir, goos, goarch string) (string, error) {
	if goos != "linux" {
		return d.inspected(root, dir, goos, goarch)
	}
	how := "run in a chroot with nothing else"
	var emulator []string
	if goarch != "amd64" {
		const qemu = "/usr/bin/qemu-aarch64-static"
		if err := copyFile(qemu, filepath.Join(root, filepath.Base(qemu))); err != nil {
			return "", err
		}
		emulator, how = []string{"/" + filepath.Base(qemu)}, how+" but qemu"
	}
	if err := errors.Join(os.MkdirAll(filepath.Join(root, "tmp"), 0o755), os.WriteFile(filepath.Join(root, "tmp", "checks.yaml"), []byte(quickstart), 0o644)); err != nil {
		return "", err
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"assay", "version"}, "assay " + d.version},
		{[]string{"assay", "/tmp/checks.yaml"}, `"passed": true`},
		{[]string{"assay", "exec", "-e", `print(crypto.hash("x", "sha256"):sub(1, 8))`}, "2d711642"},
		{[]string{"assay", "exec", "--sandbox", "-e", "print(1 + 1)"}, "2\n"},
		{[]string{"assay-check", "version"}, "assay-check " + d.version},
		{[]string{"assay-check", "/tmp/checks.yaml"}, `"passed": true`},
		{[]string{"assay-lsp", "version"}, "assay-lsp " + d.version},
	} {
		if len(emulator) > 0 && slices.Contains(c.args, "--sandbox") {
			continue // it starts itself anew, which needs the emulator to be registered with the kernel
		}
		args := append([]string{root}, emulator...)
		args = append(append(args, path.Join(dir, c.args[0])), c.args[1:]...)
		got, err := d.output("", "chroot", args...)
		if err != nil {
			return "", err
		}
		if !strings.Contains(got, c.want) {
			return "", fmt.Errorf("%s printed %q, want %q", strings.Join(c.args, " "), got, c.want)
		}
	}
	return how, nil
}

// inspected reads what the programs for another system say of themselves.
func (d *dry) inspected(root, dir, goos, goarch string) (string, error) {
	suffix := ""
	if goos == "windows" {
		suffix = ".exe"
	}
	for _, name := range []string{"assay", "assay-check", "assay-lsp"} {
		file := filepath.Join(root, dir, name+suffix)
		info, err := buildinfo.ReadFile(file)
		if err != nil {
			return "", err
		}
		said := map[string]string{}
		for _, s := range info.Settings {
			said[s.Key] = s.Value
		}
		if said["GOOS"] != goos || said["GOARCH"] != goarch || said["vcs.revision"] == "" || said["vcs.modified"] != "false" {
			return "", fmt.Errorf("%s is built for %s/%s, of commit %q, modified: %s", name, said["GOOS"], said["GOARCH"], said["vcs.revision"], said["vcs.modified"])
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if !bytes.Contains(text, []byte(d.version)) {
			return "", fmt.Errorf("%s does not know its version %s", name, d.version)
		}
	}
	return "not run: no such system here; built for it, of a clean commit", nil
}

// checksums compares the list with the files.
func (d *dry) checksums(_ artefact, file string) (string, error) {
	_, err := d.output(d.dist, "sha256sum", "--check", "--strict", "--quiet", filepath.Base(file))
	return "sha256sum --check", err
}

// bill reads a bill of materials.
func (d *dry) bill(_ artefact, file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var doc struct {
		SPDXVersion string
		Packages    []struct{ Name, VersionInfo, LicenseConcluded string }
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return "", err
	}
	if doc.SPDXVersion != "SPDX-2.3" || len(doc.Packages) < 10 {
		return "", fmt.Errorf("%s with %d packages", doc.SPDXVersion, len(doc.Packages))
	}
	return fmt.Sprintf("read: %s, %d packages", doc.SPDXVersion, len(doc.Packages)), nil
}

// unpack writes the files of a zip, or of a tar in gzip, below a folder. An apk is several of the latter.
func unpack(file, into string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if filepath.Ext(file) == ".zip" {
		files, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		return os.CopyFS(into, files)
	}
	for rest := bytes.NewReader(data); rest.Len() > 0; {
		z, err := gzip.NewReader(rest)
		if err != nil {
			return err
		}
		z.Multistream(false)
		if err := unpackTar(tar.NewReader(z), into); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, z); err != nil {
			return err
		}
	}
	return nil
}

func unpackTar(files *tar.Reader, into string) error {
	for {
		header, err := files.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case header.Typeflag != tar.TypeReg || !filepath.IsLocal(header.Name):
			continue
		}
		data, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		name := filepath.Join(into, header.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, data, header.FileInfo().Mode().Perm())); err != nil {
			return err
		}
	}
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}
