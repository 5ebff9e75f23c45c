package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// render makes HTML of the page's file.
func (s *site) render(p *page) error {
	source, err := os.ReadFile(filepath.Join(s.root, filepath.FromSlash(p.file)))
	if err != nil {
		return err
	}
	if !strings.HasSuffix(p.file, ".md") {
		p.body = template.HTML("<h1>" + template.HTMLEscapeString(p.file) + "</h1><pre><code>" + template.HTMLEscapeString(string(source)) + "</code></pre>")
		return nil
	}
	tree := s.markdown.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(headingIDs{}))))
	err = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			p.heading(n, source)
		case *ast.Link:
			to, err := s.resolve(p, string(n.Destination))
			if err != nil {
				return ast.WalkStop, err
			}
			n.Destination = []byte(to)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", p.file, err)
	}
	var body bytes.Buffer
	if err := s.markdown.Renderer().Render(&body, source, tree); err != nil {
		return err
	}
	p.body = template.HTML(body.String())
	p.text = plain(body.String())
	return nil
}

func (p *page) heading(n *ast.Heading, source []byte) {
	words := plain(string(n.Lines().Value(source)))
	words = strings.NewReplacer("`", "", "*", "").Replace(words)
	if n.Level == 1 {
		p.title = words
		return
	}
	id, ok := n.AttributeString("id")
	if bytes, isBytes := id.([]byte); ok && isBytes && n.Level == 2 {
		p.headings = append(p.headings, heading{n.Level, string(bytes), words})
	}
}

// headingIDs makes the identifiers of headings as code hosts do, which the links of the files are written for.
type headingIDs map[string]int

func (ids headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(string(value)))
	n := ids[id]
	ids[id]++
	if n > 0 {
		id += "-" + strconv.Itoa(n)
	}
	return []byte(id)
}

func (ids headingIDs) Put(value []byte) { ids[string(value)]++ }

// resolve is where a link of the page leads in the site. What it names becomes a page.
func (s *site) resolve(p *page, to string) (string, error) {
	if fragment, ok := strings.CutPrefix(to, "#"); ok {
		s.anchors = append(s.anchors, anchor{p.file, p.file, fragment})
		return to, nil
	}
	if to == "" || strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
		return to, nil
	}
	name, fragment, _ := strings.Cut(to, "#")
	file := path.Join(path.Dir(p.file), name)
	info, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(file)))
	if err != nil {
		return "", fmt.Errorf("the link to %s leads nowhere", to)
	}
	if info.IsDir() {
		readme := path.Join(file, "README.md")
		if _, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(readme))); err != nil {
			readme, err = s.listing(file)
			if err != nil {
				return "", err
			}
		}
		file = readme
	}
	if err := s.add(file, ""); err != nil {
		return "", err
	}
	if fragment != "" {
		s.anchors = append(s.anchors, anchor{p.file, file, fragment})
		fragment = "#" + fragment
	}
	up := strings.Repeat("../", strings.Count(address(p.file), "/"))
	return up + address(file) + fragment, nil
}

// listing is the first file of a folder without a README.
func (s *site) listing(folder string) (string, error) {
	entries, err := os.ReadDir(filepath.Join(s.root, filepath.FromSlash(folder)))
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(entries, func(e os.DirEntry) bool { return !e.IsDir() })
	if i < 0 {
		return "", fmt.Errorf("%s has no file to show", folder)
	}
	return path.Join(folder, entries[i].Name()), nil
}

// plain is the text of HTML.
func plain(s string) string {
	s = tags.ReplaceAllString(s, " ")
	s = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", `"`, "&#39;", "'").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

var tags = regexp.MustCompile(`<[^>]*>`)

// index is what the search reads: a script rather than JSON, so that it works from a folder, too.
func (s *site) index() ([]byte, error) {
	type entry struct {
		Title   string   `json:"t"`
		Address string   `json:"a"`
		Heads   []string `json:"h,omitempty"`
		Text    string   `json:"x"`
	}
	var entries []entry
	for _, file := range s.order {
		p := s.pages[file]
		if p.text == "" {
			continue
		}
		e := entry{Title: p.title, Address: address(file), Text: p.text}
		for _, h := range p.headings {
			e.Heads = append(e.Heads, h.ID+" "+h.Text)
		}
		entries = append(entries, e)
	}
	data, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	return append(append([]byte("window.pages="), data...), ";\n"...), nil
}

// recording is the picture of a run, line by line.
func (s *site) recording() (template.HTML, error) {
	picture, err := os.ReadFile(filepath.Join(s.root, "docs", "failing-run.svg"))
	if err != nil {
		return "", err
	}
	n := -1
	moving := lines.ReplaceAllStringFunc(string(picture), func(tag string) string {
		n++
		return fmt.Sprintf(`<text style="animation-delay:%dms" `, 400*min(n, 2)+250*n) + strings.TrimPrefix(tag, "<text ")
	})
	return template.HTML(moving), nil
}

var lines = regexp.MustCompile(`<text `)
