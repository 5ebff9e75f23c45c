// Package spdx writes the bill of materials of a binary: what it is linked from, under which licences.
package spdx

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"assay.rs/deploy/licenses"
	"assay.rs/deploy/release"
)

// The parts of SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/) that a Go binary has.
type spdxDocument struct {
	SPDXVersion       string             `json:"spdxVersion"`
	DataLicense       string             `json:"dataLicense"`
	SPDXID            string             `json:"SPDXID"`
	Name              string             `json:"name"`
	DocumentNamespace string             `json:"documentNamespace"`
	CreationInfo      spdxCreation       `json:"creationInfo"`
	Packages          []spdxPackage      `json:"packages"`
	Relationships     []spdxRelationship `json:"relationships"`
}

type spdxCreation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type spdxPackage struct {
	Name             string    `json:"name"`
	SPDXID           string    `json:"SPDXID"`
	VersionInfo      string    `json:"versionInfo"`
	DownloadLocation string    `json:"downloadLocation"`
	FilesAnalyzed    bool      `json:"filesAnalyzed"`
	LicenseConcluded string    `json:"licenseConcluded"`
	LicenseDeclared  string    `json:"licenseDeclared"`
	CopyrightText    string    `json:"copyrightText"`
	ExternalRefs     []spdxRef `json:"externalRefs,omitempty"`
}

type spdxRef struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type spdxRelationship struct {
	Element string `json:"spdxElementId"`
	Type    string `json:"relationshipType"`
	Related string `json:"relatedSpdxElement"`
}

const unknown = "NOASSERTION"

// MediaType is that of SPDX in JSON.
const MediaType = "application/spdx+json"

// Binary is what the document is about.
type Binary struct {
	Name   string
	Info   *debug.BuildInfo
	Linked []licenses.Module
}

// Document lists the binaries, the modules that are linked into them, and Go itself. Platform is as in linux/amd64.
func Document(name, platform string, src release.Source, binaries ...Binary) ([]byte, error) {
	const document = "SPDXRef-DOCUMENT"
	doc := spdxDocument{
		SPDXVersion: "SPDX-2.3", DataLicense: "CC0-1.0", SPDXID: document, Name: name + "-" + src.Version(),
		DocumentNamespace: fmt.Sprintf("https://assay.rs/spdx/%s/%s/%s", name, strings.ReplaceAll(platform, "/", "-"), src.Revision),
		CreationInfo:      spdxCreation{Created: src.Made.Format(time.RFC3339), Creators: []string{"Tool: assay.rs/deploy/spdx"}},
	}
	known := map[string]bool{}
	add := func(path, version, license string) string {
		digest := sha256.Sum256([]byte(path + "@" + version))
		id := "SPDXRef-Package-" + hex.EncodeToString(digest[:8])
		if !known[id] {
			known[id] = true
			doc.Packages = append(doc.Packages, spdxPackage{
				Name: path, SPDXID: id, VersionInfo: version, DownloadLocation: unknown, LicenseConcluded: license, LicenseDeclared: license, CopyrightText: unknown,
				ExternalRefs: []spdxRef{{"PACKAGE-MANAGER", "purl", "pkg:golang/" + path + "@" + version}},
			})
		}
		return id
	}
	relate := func(from, how, to string) {
		doc.Relationships = append(doc.Relationships, spdxRelationship{from, how, to})
	}
	for _, b := range binaries {
		main := add("assay.rs/cmd/"+b.Name, src.Version(), assayLicense)
		relate(document, "DESCRIBES", main)
		for _, dep := range b.Info.Deps {
			if strings.HasPrefix(dep.Path, "assay.rs/") {
				relate(main, "DEPENDS_ON", add(dep.Path, src.Version(), assayLicense))
			}
		}
		for _, m := range b.Linked {
			relate(main, "DEPENDS_ON", add(m.Path, m.Version, m.ID))
		}
	}
	return json.MarshalIndent(doc, "", "  ")
}

const assayLicense = "Apache-2.0"
