//go:build !cgo

package main

import (
	"errors"
	"io"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func zstandard(tarball.Opener) tarball.Opener {
	return func() (io.ReadCloser, error) {
		return nil, errors.New("zstd layers need the reference encoder: install a C compiler and set CGO_ENABLED=1")
	}
}
