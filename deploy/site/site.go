package main

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
)

// site is all pages, by the path of their file in the repository.
type site struct {
	root     string
	markdown goldmark.Markdown
	pages    map[string]*page
	order    []string // of pages, as the navigation has them
	anchors  []anchor

	playground bool // the page to try assay in is in playground/
}

// anchor is a link to a part of a page.
type anchor struct{ from, to, fragment string }

// page is a Markdown file, or any other file that one links to.
type page struct {
	file     string // in the repository, with slashes
	title    string
	section  string // of the navigation; empty for a page that it does not list
	body     template.HTML
	headings []heading
	text     string // what the search finds
}

type heading struct {
	Level    int
	ID, Text string
}

func newSite(root string) *site {
	return &site{
		root:  root,
		pages: map[string]*page{},
		markdown: goldmark.New(
			goldmark.WithExtensions(extension.GFM, extension.DefinitionList),
			goldmark.WithParserOptions(parser.WithAutoHeadingID()),
			goldmark.WithRendererOptions(html.WithUnsafe()), // the files are our own
		),
	}
}

// sections are the parts of the navigation, with the folder or the files of each.
func sections() []struct{ title, folder string } {
	return []struct{ title, folder string }{
		{"Learn", "docs/learn"}, {"How to", "docs/how-to"}, {"Reference", "docs/reference"}, {"Explain", "docs/explain"}, {"Extend", "docs/extend"},
	}
}

// read reads every page, and renders it.
func (s *site) read() error {
	for _, section := range sections() {
		files, err := filepath.Glob(filepath.Join(s.root, filepath.FromSlash(section.folder), "*.md"))
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("%s has no page", section.folder)
		}
		for _, file := range files {
			if err := s.add(path.Join(section.folder, filepath.Base(file)), section.title); err != nil {
				return err
			}
		}
	}
	if err := s.add("docs/README.md", ""); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(s.root, "*.md"))
	if err != nil {
		return err
	}
	for _, file := range files {
		section := "Project"
		if filepath.Base(file) == "README.md" {
			section = ""
		}
		if err := s.add(filepath.Base(file), section); err != nil {
			return err
		}
	}
	// A page may link to a file that is no page yet: the list grows.
	for i := 0; i < len(s.order); i++ {
		if err := s.render(s.pages[s.order[i]]); err != nil {
			return err
		}
	}
	return s.checkAnchors()
}

// checkAnchors looks for the parts of pages that links lead to.
func (s *site) checkAnchors() error {
	var errs []error
	for _, a := range s.anchors {
		if !strings.Contains(string(s.pages[a.to].body), ` id="`+template.HTMLEscapeString(a.fragment)+`"`) {
			errs = append(errs, fmt.Errorf("%s: the link to %s leads to no part of it: #%s", a.from, a.to, a.fragment))
		}
	}
	return errors.Join(errs...)
}

func (s *site) add(file, section string) error {
	if s.pages[file] != nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(file))); err != nil {
		return err
	}
	s.pages[file] = &page{file: file, section: section, title: path.Base(file)}
	s.order = append(s.order, file)
	return nil
}

// address is where the page of a file is in the site.
func address(file string) string {
	switch file {
	case "README.md":
		return "about.html"
	case "docs/README.md":
		return "docs/index.html"
	}
	if name, ok := strings.CutSuffix(file, ".md"); ok {
		if base := path.Base(name); base == "README" {
			return path.Join(path.Dir(name), "index.html")
		}
		return strings.ToLower(name) + ".html"
	}
	return path.Join("files", file) + ".html"
}

// write renders all pages into the folder, in place of what is there.
func (s *site) write(out string) error {
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	layout, err := template.ParseFS(assets, "assets/*.html")
	if err != nil {
		return err
	}
	for _, file := range s.order {
		p := s.pages[file]
		if err := s.execute(layout, "page.html", out, address(file), p); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	recording, err := s.recording()
	if err != nil {
		return err
	}
	if err := s.execute(layout, "landing.html", out, "index.html", &page{title: "assay", body: recording}); err != nil {
		return err
	}
	for _, name := range []string{"style.css", "search.js", "icon.svg"} {
		text, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(out, name), text); err != nil {
			return err
		}
	}
	index, err := s.index()
	if err != nil {
		return err
	}
	return errors.Join(
		writeFile(filepath.Join(out, "search-index.js"), index),
		s.copyImages(out),
	)
}

// view is what the layout shows.
type view struct {
	Title, File, Root string // Root leads from the page to the top of the site
	Body              template.HTML
	Headings          []heading
	Navigation        []group
	Playground        bool
}

type group struct {
	Title string
	Links []link
	Open  bool
}

type link struct {
	Title, Address string
	Here           bool
}

func (s *site) execute(layout *template.Template, name, out, at string, p *page) error {
	v := view{Title: p.title, File: p.file, Root: strings.Repeat("../", strings.Count(at, "/")), Body: p.body, Headings: p.headings}
	titles := []string{}
	for _, section := range sections() {
		titles = append(titles, section.title)
	}
	for _, title := range append(titles, "Project") {
		g := group{Title: title}
		for _, file := range s.order {
			if q := s.pages[file]; q.section == title {
				g.Links = append(g.Links, link{q.title, v.Root + address(file), q == p})
				g.Open = g.Open || q == p
			}
		}
		v.Navigation = append(v.Navigation, g)
	}
	var text bytes.Buffer
	if err := layout.ExecuteTemplate(&text, name, v); err != nil {
		return err
	}
	return writeFile(filepath.Join(out, filepath.FromSlash(at)), text.Bytes())
}

// copyImages copies the pictures of docs/ to where their pages expect them.
func (s *site) copyImages(out string) error {
	return filepath.WalkDir(filepath.Join(s.root, "docs"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".svg", ".png"}, filepath.Ext(name)) {
			return err
		}
		rel, err := filepath.Rel(s.root, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return writeFile(filepath.Join(out, rel), text)
	})
}

func writeFile(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}
