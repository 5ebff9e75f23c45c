package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"assay.rs/deploy/release"
	"github.com/cpuguy83/go-md2man/v2/md2man"
)

// titled begins a page, in the Markdown that md2man reads: name, section, date, source, manual.
func titled(name string, section int, src release.Source, summary string) string {
	return fmt.Sprintf("%% %s %d %q %q %q\n\n# NAME\n\n%s - %s\n\n", strings.ToUpper(name), section,
		src.Made.Format("2006-01-02"), "assay "+src.Version(), "assay", name, summary)
}

// page is the manual of the program and its commands.
func (p program) page(ctx context.Context, src release.Source) (string, error) {
	text, err := p.output(ctx, "--help")
	if err != nil {
		return "", err
	}
	h := parseHelp(text)
	var page strings.Builder
	page.WriteString(titled(p.name, 1, src, p.summary))
	section(&page, "SYNOPSIS", verbatim(h.usage))
	section(&page, "DESCRIPTION", h.description)
	section(&page, "EXAMPLES", verbatim(h.examples))
	section(&page, "OPTIONS", definitions(h.flags))
	if len(h.commands) > 0 {
		page.WriteString("# COMMANDS\n\n")
	}
	for _, c := range h.commands {
		if c.name == "help" {
			continue
		}
		text, err := p.output(ctx, c.name, "--help")
		if err != nil {
			return "", err
		}
		ch := parseHelp(text)
		if c.name == "completion" {
			ch = help{description: ch.description, usage: ch.usage} // its own commands are the shells
		}
		fmt.Fprintf(&page, "## %s %s\n\n%s\n\n%s\n\n%s", p.name, c.name, ch.description, verbatim(ch.usage), definitions(ch.flags))
	}
	if len(h.commands) > 0 {
		section(&page, "EXIT STATUS", exitStatus)
	}
	section(&page, "SEE ALSO", "**assay**(1), **assay-check**(1), **assay-lsp**(1), **checks.yaml**(5), "+release.Repository)
	return page.String(), nil
}

const exitStatus = `**0**
: All checks passed; the script ended without an error.

**1**
: A check failed, or could not be judged; the script raised an error.

**2**
: The command line or the check file is wrong: nothing ran.

**129**, **130**, **131**, **143**
: After SIGHUP, SIGINT, SIGQUIT, SIGTERM.
`

func section(page *strings.Builder, title, text string) {
	if text = strings.TrimSpace(text); text != "" {
		fmt.Fprintf(page, "# %s\n\n%s\n\n", title, text)
	}
}

func verbatim(text string) string {
	if text == "" {
		return ""
	}
	return "```\n" + text + "\n```"
}

// item is a flag or a command, and what it is for.
type item struct{ name, text string }

func definitions(items []item) string {
	var list strings.Builder
	for _, i := range items {
		fmt.Fprintf(&list, "**%s**\n: %s\n\n", escape(i.name), escape(i.text))
	}
	return list.String()
}

// escape keeps Markdown from taking characters of plain text for its own.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "`", "\\`", "[", `\[`).Replace(text)
}

// help is what a program prints for --help.
type help struct {
	description, usage, examples string
	flags, commands              []item
}

// parseHelp reads sections that begin with a line such as "Flags:"; what stands before the first is the description.
func parseHelp(text string) help {
	var h help
	blocks := map[string][]string{}
	title := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if heading.MatchString(line) {
			title = line
			continue
		}
		if title != "" && line != "" && line[0] != ' ' {
			continue // a remark after the last section
		}
		blocks[title] = append(blocks[title], line)
	}
	h.description = describe(blocks[""])
	h.usage = dedent(append(blocks["Usage:"], blocks["usage:"]...))
	h.examples = dedent(blocks["Examples:"])
	h.commands = items(blocks["Available Commands:"])
	h.flags = append(items(blocks["Flags:"]), items(blocks["Global Flags:"])...)
	return h
}

var heading = regexp.MustCompile(`^([A-Z][a-z]+ ?)+:$|^usage:$`)

// describe keeps paragraphs, and shows indented lines as they are.
func describe(lines []string) string {
	var out strings.Builder
	indented := false
	for _, line := range lines {
		if code := strings.HasPrefix(line, "  "); code != indented {
			indented = code
			out.WriteString("```\n")
		}
		if indented {
			out.WriteString(line + "\n")
		} else {
			out.WriteString(escape(line) + "\n")
		}
	}
	if indented {
		out.WriteString("```\n")
	}
	return strings.TrimSpace(out.String())
}

func dedent(lines []string) string {
	var out []string
	for _, line := range lines {
		if line = strings.TrimPrefix(line, "  "); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// items reads lines of a name, at least two spaces or a column, and a text.
func items(lines []string) []item {
	var out []item
	for _, line := range lines {
		if m := entry.FindStringSubmatch(line); m != nil {
			out = append(out, item{m[1], m[2]})
		}
	}
	return out
}

var entry = regexp.MustCompile(`^\s+(\S.*?)\s{2,}(\S.*)$`)

// keysPage is the reference of the keys of check files; each row of its tables becomes a definition.
func keysPage(reference string, src release.Source) string {
	var page strings.Builder
	page.WriteString(titled("checks.yaml", 5, src, "files of checks, which assay and assay-check run"))
	page.WriteString("# DESCRIPTION\n\n")
	for line := range strings.Lines(reference) {
		line = strings.TrimRight(line, "\n")
		cells := strings.Split(line, " | ")
		switch {
		case strings.HasPrefix(line, "<!--"), strings.HasPrefix(line, "# "), strings.HasPrefix(line, "| ---"), strings.HasPrefix(line, "| key "):
		case strings.HasPrefix(line, "## "):
			fmt.Fprintf(&page, "# %s\n", strings.ToUpper(strings.TrimPrefix(line, "## ")))
		case strings.HasPrefix(line, "| ") && len(cells) >= 5:
			page.WriteString(keyItem(cells))
		default:
			page.WriteString(links.ReplaceAllString(line, "$1") + "\n")
		}
	}
	page.WriteString("\n# SEE ALSO\n\n**assay**(1), **assay-check**(1), " + release.Repository + "\n")
	return page.String()
}

var links = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// keyItem is a row of key, values, default, example and text.
func keyItem(cells []string) string {
	key := strings.Trim(strings.TrimPrefix(cells[0], "| "), "*")
	about := cells[1]
	if strings.TrimSpace(cells[2]) != "" {
		about += ", default " + cells[2]
	}
	if example := strings.TrimSpace(cells[3]); example != "" {
		about += ", as in " + example
	}
	text := strings.TrimSuffix(strings.Join(cells[4:], " | "), " |")
	return fmt.Sprintf("**%s**\n: (%s) %s\n\n", strings.Trim(key, "`"), about, text)
}

// writePage writes the page as roff, packed as Debian wants it: without a time.
func writePage(name, page string) error {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(md2man.Render([]byte(page))); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return writeFile(name, packed.Bytes())
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}
