package main

import (
	"encoding/json"
	"runtime/debug"
	"time"

	"assay.rs/deploy/release"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// The in-toto statement (https://in-toto.io/Statement/v1) with the predicate of SLSA 1.0 (https://slsa.dev/provenance/v1).
type inTotoStatement struct {
	Type          string          `json:"_type"`
	Subject       []inTotoSubject `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     slsaPredicate   `json:"predicate"`
}

type inTotoSubject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

type slsaPredicate struct {
	BuildDefinition slsaDefinition `json:"buildDefinition"`
	RunDetails      slsaRun        `json:"runDetails"`
}

type slsaDefinition struct {
	BuildType            string            `json:"buildType"`
	ExternalParameters   map[string]string `json:"externalParameters"`
	InternalParameters   map[string]string `json:"internalParameters"`
	ResolvedDependencies []slsaDependency  `json:"resolvedDependencies"`
}

type slsaDependency struct {
	URI    string            `json:"uri"`
	Digest map[string]string `json:"digest"`
}

type slsaRun struct {
	Builder  map[string]string `json:"builder"`
	Metadata map[string]string `json:"metadata"`
}

// provenanceOf says from which commit and with which settings the image was built. Who signs it vouches for it.
func provenanceOf(name string, image v1.Image, info *debug.BuildInfo, p v1.Platform, src release.Source) (statement, error) {
	digest, err := image.Digest()
	if err != nil {
		return statement{}, err
	}
	settings := map[string]string{"go": info.GoVersion}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	text, err := json.MarshalIndent(inTotoStatement{
		Type:          "https://in-toto.io/Statement/v1",
		Subject:       []inTotoSubject{{name, map[string]string{digest.Algorithm: digest.Hex}}},
		PredicateType: "https://slsa.dev/provenance/v1",
		Predicate: slsaPredicate{
			BuildDefinition: slsaDefinition{
				BuildType:          release.Repository + "/deploy/image",
				ExternalParameters: map[string]string{"source": release.Repository, "platform": p.String()},
				InternalParameters: settings,
				ResolvedDependencies: []slsaDependency{
					{"git+" + release.Repository + "@" + src.Version(), map[string]string{"gitCommit": src.Revision}},
				},
			},
			RunDetails: slsaRun{
				Builder:  map[string]string{"id": release.Repository + "/deploy/image"},
				Metadata: map[string]string{"startedOn": src.Made.Format(time.RFC3339)},
			},
		},
	}, "", "  ")
	return statement{"application/vnd.in-toto+json", text}, err
}
