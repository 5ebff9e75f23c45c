// Command sbom writes the bill of materials (SPDX 2.3) of the binaries in an archive of a release.
//
//	go -C deploy run ./sbom -archive dist/assay_0.1.0_linux_amd64.tar.gz -out dist/assay_0.1.0_linux_amd64.tar.gz.spdx.json
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strings"

	"assay.rs/deploy/licenses"
	"assay.rs/deploy/release"
	"assay.rs/deploy/spdx"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "sbom: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("sbom", flag.ContinueOnError)
	archive := flags.String("archive", "", "archive of a release: .tar.gz or .zip")
	out := flags.String("out", "", "file to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *archive == "" || *out == "" {
		return errors.New("-archive and -out are needed")
	}
	root, err := release.WorkspaceRoot(ctx)
	if err != nil {
		return err
	}
	src, err := release.ReadSource(ctx, root)
	if err != nil {
		return err
	}
	finder, err := licenses.NewFinder(ctx, root)
	if err != nil {
		return err
	}
	var found []spdx.Binary
	platform := ""
	err = eachFile(*archive, func(name string, body []byte) error {
		if !isBinary(name) {
			return nil
		}
		info, err := buildinfo.Read(bytes.NewReader(body))
		if err != nil {
			return fmt.Errorf("%s in %s: %w", name, *archive, err)
		}
		linked, err := finder.Linked(info)
		if err != nil {
			return err
		}
		values := map[string]string{}
		for _, s := range info.Settings {
			values[s.Key] = s.Value
		}
		platform = values["GOOS"] + "/" + values["GOARCH"]
		found = append(found, spdx.Binary{Name: strings.TrimSuffix(path.Base(name), ".exe"), Info: info, Linked: linked})
		return nil
	})
	if err != nil {
		return err
	}
	if len(found) != len(release.Binaries()) {
		return fmt.Errorf("%s holds %d of the %d binaries", *archive, len(found), len(release.Binaries()))
	}
	text, err := spdx.Document(filepath.Base(*archive), platform, src, found...)
	if err != nil {
		return err
	}
	return os.WriteFile(*out, text, 0o644)
}

// isBinary reports whether a file of an archive is a program. Completions have the names of programs too, in folders.
func isBinary(name string) bool {
	for _, b := range release.Binaries() {
		if name := path.Clean(name); name == b.Name || name == b.Name+".exe" {
			return true
		}
	}
	return false
}

// eachFile calls do with each regular file of the archive.
func eachFile(archive string, do func(name string, body []byte) error) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	if strings.HasSuffix(archive, ".zip") {
		return eachZipped(f, do)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		if h.Typeflag != tar.TypeReg || !isBinary(h.Name) {
			continue
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		if err := do(h.Name, body); err != nil {
			return err
		}
	}
}

func eachZipped(f *os.File, do func(name string, body []byte) error) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	for _, entry := range z.File {
		r, err := entry.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		body, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		if err := do(entry.Name, body); err != nil {
			return err
		}
	}
	return nil
}
