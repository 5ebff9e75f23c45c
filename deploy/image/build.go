package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"assay.rs/deploy/licenses"
	"assay.rs/deploy/release"
	"assay.rs/deploy/spdx"
	"github.com/google/go-containerregistry/pkg/compression"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// encoding is how layers are compressed, and what the tag of such images ends with.
type encoding struct {
	name, suffix string
	layer        func(opener tarball.Opener) (v1.Layer, error)
}

func encodings() []encoding {
	return []encoding{
		{"gzip", "", func(o tarball.Opener) (v1.Layer, error) {
			return tarball.LayerFromOpener(o, tarball.WithMediaType(types.OCILayer), tarball.WithCompressionLevel(9), tarball.WithCompressedCaching)
		}},
		{"zstd", "-zstd", func(o tarball.Opener) (v1.Layer, error) {
			return tarball.LayerFromOpener(zstandard(o), tarball.WithCompression(compression.ZStd), tarball.WithMediaType(types.OCILayerZStd))
		}},
	}
}

// imageSet is one binary in all encodings and platforms.
type imageSet struct {
	name    string
	indexes []index
}

// index joins the platforms of one encoding.
type index struct {
	encoding encoding
	images   []platformImage
}

type platformImage struct {
	platform  v1.Platform
	image     v1.Image
	referrers []v1.Image // what is said about the image: its SBOM and its provenance
}

func build(ctx context.Context, root string, b release.Binary, platforms []string, src release.Source) (*imageSet, error) {
	finder, err := licenses.NewFinder(ctx, root)
	if err != nil {
		return nil, err
	}
	set := &imageSet{name: b.Name}
	for _, e := range encodings() {
		set.indexes = append(set.indexes, index{encoding: e})
	}
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	for _, name := range platforms {
		platform, err := v1.ParsePlatform(name)
		if err != nil {
			return nil, fmt.Errorf("-platform %s: %w", name, err)
		}
		dir, err := os.MkdirTemp("", "assay-image")
		if err != nil {
			return nil, err
		}
		err = set.add(ctx, root, dir, strings.TrimSpace(string(goroot)), finder, b, *platform, src)
		if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
			return nil, fmt.Errorf("%s for %s: %w", b.Name, name, err)
		}
	}
	return set, nil
}

// add builds the binary for a platform and its image in each encoding.
func (s *imageSet) add(ctx context.Context, root, dir, goroot string, finder *licenses.Finder, b release.Binary, p v1.Platform, src release.Source) error {
	binary, err := b.Build(ctx, root, dir, release.Target{OS: p.OS, Arch: p.Architecture, Stamped: true, Version: src.Tag})
	if err != nil {
		return err
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	linked, err := finder.Linked(info)
	if err != nil {
		return err
	}
	files, err := rootFiles(binary, b.Name, goroot, src.Made)
	if err != nil {
		return err
	}
	opener := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil }
	for i := range s.indexes {
		layer, err := s.indexes[i].encoding.layer(opener)
		if err != nil {
			return err
		}
		image, err := imageOf(b, layer, p, src)
		if err != nil {
			return err
		}
		sbom, err := spdx.Document(b.Name, p.String(), src, spdx.Binary{Name: b.Name, Info: info, Linked: linked})
		if err != nil {
			return err
		}
		provenance, err := provenanceOf(b.Name, image, info, p, src)
		if err != nil {
			return err
		}
		pi := platformImage{platform: p, image: image}
		for _, said := range []statement{{spdx.MediaType, sbom}, provenance} {
			about, err := refer(image, said)
			if err != nil {
				return err
			}
			pi.referrers = append(pi.referrers, about)
		}
		s.indexes[i].images = append(s.indexes[i].images, pi)
	}
	return nil
}

// imageOf is the image with one layer.
func imageOf(b release.Binary, layer v1.Layer, p v1.Platform, src release.Source) (v1.Image, error) {
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(image, mutate.Addendum{
		Layer: layer, MediaType: mediaType(layer),
		History: v1.History{Created: v1.Time{Time: src.Made}, CreatedBy: "deploy/image", Comment: b.Name},
	})
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Variant = p.OS, p.Architecture, p.Variant
	config.Created = v1.Time{Time: src.Made}
	config.Config = v1.Config{
		Entrypoint: []string{"/usr/bin/" + b.Name},
		Env:        []string{"PATH=/usr/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"},
		User:       fmt.Sprintf("%d:%d", userID, userID),
		WorkingDir: "/",
		StopSignal: "SIGTERM",
		Labels:     labels(b, src),
	}
	image, err = mutate.ConfigFile(image, config)
	if err != nil {
		return nil, err
	}
	annotated, ok := mutate.Annotations(image, labels(b, src)).(v1.Image)
	if !ok {
		return nil, errors.New("an annotated image is no image")
	}
	return annotated, nil
}

func mediaType(layer v1.Layer) types.MediaType {
	t, err := layer.MediaType()
	if err != nil {
		return types.OCILayer
	}
	return t
}

// labels are those of the OCI image specification (https://github.com/opencontainers/image-spec/blob/main/annotations.md).
func labels(b release.Binary, src release.Source) map[string]string {
	const prefix = "org.opencontainers.image."
	return map[string]string{
		prefix + "title": b.Name, prefix + "description": b.Summary, prefix + "version": src.Version(), prefix + "revision": src.Revision,
		prefix + "created": src.Made.Format(time.RFC3339), prefix + "licenses": "Apache-2.0",
		prefix + "source": release.Repository, prefix + "url": "https://assay.rs", prefix + "documentation": "https://assay.rs/docs",
	}
}

// statement is a document about an image.
type statement struct {
	mediaType types.MediaType
	text      []byte
}

// refer makes the artifact by which a registry finds the statement from the image.
func refer(about v1.Image, said statement) (v1.Image, error) {
	subject, err := partial.Descriptor(about)
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), said.mediaType)
	image, err = mutate.Append(image, mutate.Addendum{Layer: static.NewLayer(said.text, said.mediaType), MediaType: said.mediaType})
	if err != nil {
		return nil, err
	}
	referring, ok := mutate.Subject(image, v1.Descriptor{MediaType: subject.MediaType, Size: subject.Size, Digest: subject.Digest}).(v1.Image)
	if !ok {
		return nil, errors.New("an image with a subject is no image")
	}
	return referring, nil
}
