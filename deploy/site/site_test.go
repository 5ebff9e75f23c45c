package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay.rs/deploy/release"
)

// The site of this repository is built, and each page in it works without a network: what it refers to is in the site.
func TestSite(t *testing.T) {
	root, err := release.WorkspaceRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	s := newSite(root)
	if err := s.read(); err != nil {
		t.Fatal(err)
	}
	if err := s.write(out); err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile(filepath.Join(out, "search-index.js"))
	if err != nil {
		t.Fatal(err)
	}
	reference := regexp.MustCompile(`<(?:link|script|img|source|iframe)\b[^>]*\b(?:href|src)="([^"#]*)`)
	link := regexp.MustCompile(`<a\b[^>]*\bhref="([^"#]*)`)
	for _, file := range append([]string{"index.html"}, addresses(s)...) {
		page, err := os.ReadFile(filepath.Join(out, file))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, m := range reference.FindAllSubmatch(page, -1) {
			if to := string(m[1]); strings.Contains(to, "//") {
				t.Errorf("%s loads %s from elsewhere", file, to)
			}
		}
		for _, m := range append(link.FindAllSubmatch(page, -1), reference.FindAllSubmatch(page, -1)...) {
			to := string(m[1])
			if to == "" || strings.Contains(to, ":") {
				continue
			}
			if _, err := os.Stat(filepath.Join(out, filepath.Dir(file), filepath.FromSlash(to))); err != nil {
				t.Errorf("%s links to %s, which the site does not have", file, to)
			}
		}
		if strings.HasPrefix(file, "docs/") && !strings.Contains(string(index), `"a":"`+file+`"`) {
			t.Errorf("the search does not know %s", file)
		}
	}
}

func addresses(s *site) []string {
	var all []string
	for _, file := range s.order {
		all = append(all, address(file))
	}
	return all
}

func TestLinksThatLeadNowhere(t *testing.T) {
	for text, want := range map[string]string{
		"[x](missing.md)":        "docs/learn/a.md: the link to missing.md leads nowhere",
		"[x](#nothing)":          "docs/learn/a.md: the link to docs/learn/a.md leads to no part of it: #nothing",
		"[x](../README.md#none)": "docs/learn/a.md: the link to docs/README.md leads to no part of it: #none",
		"[x](../README.md#here)": "",
	} {
		root := t.TempDir()
		for _, folder := range sections() {
			write(t, filepath.Join(root, folder.folder, "page.md"), "# Page\n")
		}
		write(t, filepath.Join(root, "docs/README.md"), "# Docs\n\n## Here\n")
		write(t, filepath.Join(root, "docs/learn/a.md"), "# A\n\n"+text+"\n")
		got := ""
		if err := newSite(root).read(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := writeFile(name, []byte(text)); err != nil {
		t.Fatal(err)
	}
}
