package release

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// A release compiles the binaries with the flags that their sizes are measured with.
func TestReleaseBuildsWhatIsMeasured(t *testing.T) {
	root, err := WorkspaceRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Builds []struct {
			Main, Binary            string
			Env                     []string
			Flags, Ldflags, Gcflags []string
		}
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	if len(config.Builds) != len(Binaries()) {
		t.Fatalf("%d builds, want one for each of %d binaries", len(config.Builds), len(Binaries()))
	}
	for i, b := range Binaries() {
		c := config.Builds[i]
		if c.Binary != b.Name || c.Main != "./cmd/"+b.Name || !slices.Equal(c.Env, []string{"CGO_ENABLED=0"}) || !slices.Equal(c.Flags, []string{"-trimpath", "-buildvcs=true"}) {
			t.Errorf("%s: %+v", b.Name, c)
		}
		var got []string
		for _, f := range c.Gcflags {
			got = append(got, "-gcflags="+f)
		}
		if want := b.compilerFlags(); !slices.Equal(got, want) {
			t.Errorf("%s: gcflags %q, want %q", b.Name, got, want)
		}
		for _, arch := range []string{"amd64", "arm64"} {
			var got strings.Builder
			linker, err := template.New("ldflags").Parse(strings.Join(c.Ldflags, "\n"))
			if err == nil {
				err = linker.Execute(&got, map[string]string{"Arch": arch, "Tag": "v1.2.3"})
			}
			if err != nil {
				t.Fatal(err)
			}
			want := "-s -w -funcalign=" + strconv.Itoa(b.align(Target{OS: "linux", Arch: arch})) + " -X assay.rs/core/version.stamped=v1.2.3"
			if got.String() != want {
				t.Errorf("%s for %s: ldflags %q, want %q", b.Name, arch, got.String(), want)
			}
		}
	}
}
