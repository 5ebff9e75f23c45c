package main

import (
	"context"
	"fmt"
	"os"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// joined is the index as a registry has it.
func (x index) joined() v1.ImageIndex {
	var adds []mutate.IndexAddendum
	for _, i := range x.images {
		adds = append(adds, mutate.IndexAddendum{Add: i.image, Descriptor: v1.Descriptor{Platform: &i.platform}})
	}
	return mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), adds...)
}

// write makes an OCI layout of the images in place of what is there.
func (s *imageSet) write(path layout.Path, tag string) error {
	if err := os.RemoveAll(string(path)); err != nil {
		return err
	}
	path, err := layout.Write(string(path), empty.Index)
	if err != nil {
		return err
	}
	for _, x := range s.indexes {
		named := layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": tag + x.encoding.suffix})
		if err := path.AppendIndex(x.joined(), named); err != nil {
			return err
		}
		for _, i := range x.images {
			for _, r := range i.referrers {
				if err := path.AppendImage(r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// push uploads the images, what refers to them, and then the tags, so that a tag never names what is not there.
func (s *imageSet) push(ctx context.Context, repository, tag string, insecure bool) error {
	var strict []name.Option
	if insecure {
		strict = append(strict, name.Insecure)
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)}
	for _, x := range s.indexes {
		for _, i := range x.images {
			for _, image := range append([]v1.Image{i.image}, i.referrers...) {
				digest, err := image.Digest()
				if err != nil {
					return err
				}
				ref, err := name.NewDigest(repository+"@"+digest.String(), strict...)
				if err != nil {
					return err
				}
				if err := remote.Write(ref, image, options...); err != nil {
					return err
				}
			}
		}
		ref, err := name.NewTag(repository+":"+tag+x.encoding.suffix, strict...)
		if err != nil {
			return err
		}
		if err := remote.WriteIndex(ref, x.joined(), options...); err != nil {
			return err
		}
	}
	return nil
}

// print shows a line for each image, and one for each index.
func (s *imageSet) print() error {
	for _, x := range s.indexes {
		for _, i := range x.images {
			digest, err := i.image.Digest()
			if err != nil {
				return err
			}
			size, err := pullSize(i.image)
			if err != nil {
				return err
			}
			fmt.Printf("%-12s %-12s %-6s %12d  %s\n", s.name, i.platform.String(), x.encoding.name, size, digest)
		}
		digest, err := x.joined().Digest()
		if err != nil {
			return err
		}
		fmt.Printf("%-12s %-12s %-6s %12s  %s\n", s.name, "index", x.encoding.name, "", digest)
	}
	return nil
}

// pullSize is what an engine downloads: manifest, configuration and layers.
func pullSize(image v1.Image) (int64, error) {
	manifest, err := image.Manifest()
	if err != nil {
		return 0, err
	}
	size, err := image.Size()
	if err != nil {
		return 0, err
	}
	size += manifest.Config.Size
	for _, l := range manifest.Layers {
		size += l.Size
	}
	return size, nil
}
