package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// userID is the user that the images run as: it owns nothing and has no name on a node.
const userID = 65532

// rootFiles makes the file system of an image as a tar file.
func rootFiles(binary, name, goroot string, made time.Time) ([]byte, error) {
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	roots, err := authorities()
	if err != nil {
		return nil, err
	}
	user := fmt.Sprintf("nonroot:x:%d:%d:nonroot:/:/sbin/nologin\n", userID, userID)
	group := fmt.Sprintf("nonroot:x:%d:\n", userID)
	var out bytes.Buffer
	t := archive{tar.NewWriter(&out), made}
	err = errors.Join(
		t.folder("etc", 0o755), t.file("etc/group", 0o644, []byte(group)), t.file("etc/passwd", 0o644, []byte(user)),
		t.folder("etc/ssl", 0o755), t.folder("etc/ssl/certs", 0o755), t.file("etc/ssl/certs/ca-certificates.crt", 0o644, roots),
		t.folder("tmp", 0o1777),
		t.folder("usr", 0o755), t.folder("usr/bin", 0o755), t.file("usr/bin/"+name, 0o755, program),
		t.folder("usr/share", 0o755), t.zones(filepath.Join(goroot, "lib", "time", "zoneinfo.zip")),
		t.w.Close(),
	)
	return out.Bytes(), err
}

// zones writes the time zones that Go comes with, where programs look for them.
func (t archive) zones(file string) error {
	list, err := zip.OpenReader(file)
	if err != nil {
		return fmt.Errorf("the time zones of Go: %w", err)
	}
	defer list.Close()
	made := map[string]bool{}
	for _, entry := range list.File { // files alone, in order
		name := path.Join("usr/share/zoneinfo", entry.Name)
		if err := t.folders(path.Dir(name), made); err != nil {
			return err
		}
		data, err := fs.ReadFile(list, entry.Name)
		if err != nil {
			return err
		}
		if err := t.file(name, 0o644, data); err != nil {
			return err
		}
	}
	return nil
}

// folders writes a folder below usr/share and those that it is in, once.
func (t archive) folders(name string, made map[string]bool) error {
	if name == "usr/share" || made[name] {
		return nil
	}
	made[name] = true
	if err := t.folders(path.Dir(name), made); err != nil {
		return err
	}
	return t.folder(name, 0o755)
}

// archive writes entries that all have one time and belong to root.
type archive struct {
	w    *tar.Writer
	made time.Time
}

func (t archive) folder(name string, mode int64) error {
	return t.w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, ModTime: t.made, Format: tar.FormatUSTAR})
}

func (t archive) file(name string, mode int64, data []byte) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(data)), ModTime: t.made, Format: tar.FormatUSTAR}
	if err := t.w.WriteHeader(header); err != nil {
		return err
	}
	_, err := t.w.Write(data)
	return err
}

// authorities is the CA bundle of Mozilla as the Go project publishes it, pinned by go.sum. Authorities that are
// trusted for a part of certificates alone are left out: a PEM file cannot say which part.
func authorities() ([]byte, error) {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue
		}
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return nil, err
		}
	}
	if out.Len() == 0 {
		return nil, fmt.Errorf("the CA bundle: %w", fs.ErrNotExist)
	}
	return out.Bytes(), nil
}
