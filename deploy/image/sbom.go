package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"assay.rs/deploy/release"
	v1 "github.com/google/go-containerregistry/pkg/v1"
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
	Name             string         `json:"name"`
	SPDXID           string         `json:"SPDXID"`
	VersionInfo      string         `json:"versionInfo"`
	DownloadLocation string         `json:"downloadLocation"`
	FilesAnalyzed    bool           `json:"filesAnalyzed"`
	LicenseConcluded string         `json:"licenseConcluded"`
	LicenseDeclared  string         `json:"licenseDeclared"`
	CopyrightText    string         `json:"copyrightText"`
	Checksums        []spdxChecksum `json:"checksums,omitempty"`
	ExternalRefs     []spdxRef      `json:"externalRefs,omitempty"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
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

// sbomOf lists the binary, the modules that are linked into it, and Go itself.
func sbomOf(name string, info *debug.BuildInfo, p v1.Platform, src release.Source) (statement, error) {
	const document, main = "SPDXRef-DOCUMENT", "SPDXRef-Package-main"
	doc := spdxDocument{
		SPDXVersion: "SPDX-2.3", DataLicense: "CC0-1.0", SPDXID: document, Name: name + "-" + src.Version(),
		DocumentNamespace: fmt.Sprintf("https://assay.rs/spdx/%s/%s/%s", name, strings.ReplaceAll(p.String(), "/", "-"), src.Revision),
		CreationInfo:      spdxCreation{Created: src.Made.Format(time.RFC3339), Creators: []string{"Tool: assay.rs/deploy/image"}},
	}
	add := func(id, path, version, license string, sum []byte) {
		pkg := spdxPackage{
			Name: path, SPDXID: id, VersionInfo: version, DownloadLocation: unknown, LicenseConcluded: license, LicenseDeclared: license, CopyrightText: unknown,
			ExternalRefs: []spdxRef{{"PACKAGE-MANAGER", "purl", "pkg:golang/" + path + "@" + version}},
		}
		if sum != nil {
			pkg.Checksums = []spdxChecksum{{"SHA256", hex.EncodeToString(sum)}}
		}
		doc.Packages = append(doc.Packages, pkg)
	}
	add(main, info.Main.Path, src.Version(), "Apache-2.0", nil)
	doc.Relationships = append(doc.Relationships, spdxRelationship{document, "DESCRIBES", main})
	add("SPDXRef-Package-stdlib", "stdlib", strings.TrimPrefix(info.GoVersion, "go"), "BSD-3-Clause", nil)
	doc.Relationships = append(doc.Relationships, spdxRelationship{main, "DEPENDS_ON", "SPDXRef-Package-stdlib"})
	for _, dep := range info.Deps {
		if dep.Replace != nil && dep.Replace.Version != "" {
			dep = dep.Replace
		}
		digest := sha256.Sum256([]byte(dep.Path + "@" + dep.Version))
		id := "SPDXRef-Package-" + hex.EncodeToString(digest[:8])
		license := unknown
		if strings.HasPrefix(dep.Path, "assay.rs/") {
			license = "Apache-2.0"
		}
		add(id, dep.Path, dep.Version, license, nil)
		doc.Relationships = append(doc.Relationships, spdxRelationship{main, "DEPENDS_ON", id})
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	return statement{"application/spdx+json", text}, err
}
