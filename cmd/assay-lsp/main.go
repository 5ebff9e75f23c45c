// Command assay-lsp is the language server for assay: scripts, and check files with the Lua inside.
//
// Without arguments it speaks LSP 3.18 on stdin and stdout. What it knows can be asked without an editor too:
//
//	assay-lsp hover FILE:LINE:COL
//	assay-lsp check FILE|FOLDER...
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/analysis/report"
	"assay.rs/cmd/assay-lsp/internal/server"
	"assay.rs/core/spec"
	"assay.rs/core/version"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

const usage = `usage:
  assay-lsp                      speaks LSP on stdin and stdout
  assay-lsp hover FILE:LINE:COL  prints what an editor shows for a name
  assay-lsp check PATH...        prints the diagnostics of files and folders; exit code 1 for warnings and errors
  assay-lsp version [--json]     prints version, commit, platform and Go

--catalog FILE before any of these adds the builtins of a program that embeds assay, as its own command catalog prints them.
`

// run executes the command line and gives the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var host []spec.Module
	if len(args) > 1 && args[0] == "--catalog" {
		var err error
		if host, err = readCatalog(args[1]); err != nil {
			return failed(stderr, err)
		}
		args = args[2:]
	}
	s, err := server.New(host...)
	if err != nil {
		return failed(stderr, err)
	}
	switch {
	case len(args) == 0 || args[0] == "--stdio":
		code, err := s.Serve(stdin, stdout)
		if err != nil {
			return failed(stderr, err)
		}
		return code
	case args[0] == "hover" && len(args) == 2:
		return hover(s, args[1], stdout, stderr)
	case args[0] == "check" && len(args) > 1:
		return check(s, args[1:], stdout, stderr)
	case (args[0] == "version" || args[0] == "--version") && len(args) == 1:
		return printed(stdout, stderr, version.Of("assay-lsp").String(), nil)
	case args[0] == "version" && len(args) == 2 && args[1] == "--json":
		text, err := version.Of("assay-lsp").JSON()
		return printed(stdout, stderr, text, err)
	case args[0] == "--help" || args[0] == "-h" || args[0] == "help":
		_, _ = io.WriteString(stdout, usage)
		return 0
	}
	_, _ = io.WriteString(stderr, usage)
	return 2
}

// readCatalog reads the modules that assay catalog has written into a file.
func readCatalog(name string) ([]spec.Module, error) {
	f, err := os.Open(name) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was read
	modules, err := spec.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return modules, nil
}

// printed writes the text as a line, unless making it failed.
func printed(stdout, stderr io.Writer, text string, err error) int {
	if err == nil {
		_, err = fmt.Fprintln(stdout, text)
	}
	if err != nil {
		return failed(stderr, err)
	}
	return 0
}

func failed(stderr io.Writer, err error) int {
	_, _ = fmt.Fprintf(stderr, "error: %v\n", err)
	return 2
}

func hover(s *server.Server, place string, stdout, stderr io.Writer) int {
	name, line, column, err := parsePlace(place)
	if err != nil {
		return failed(stderr, err)
	}
	d, err := document.Read(name)
	if err != nil {
		return failed(stderr, err)
	}
	return printed(stdout, stderr, s.Hover(d, line, column), nil)
}

// parsePlace reads FILE:LINE:COL; both count from 1.
func parsePlace(place string) (name string, line, column int, err error) {
	wrong := errors.New(strconv.Quote(place) + " is no FILE:LINE:COL")
	rest, col, ok := cutLast(place)
	if !ok {
		return "", 0, 0, wrong
	}
	name, lin, ok := cutLast(rest)
	line, err1 := strconv.Atoi(lin)
	column, err2 := strconv.Atoi(col)
	if !ok || err1 != nil || err2 != nil || line < 1 || column < 1 {
		return "", 0, 0, wrong
	}
	return name, line, column, nil
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func check(s *server.Server, paths []string, stdout, stderr io.Writer) int {
	names, err := document.Find(paths)
	if err != nil {
		return failed(stderr, err)
	}
	found := false
	for _, name := range names {
		d, err := document.Read(name)
		if err != nil {
			return failed(stderr, err)
		}
		findings := s.Findings(d)
		found = found || report.Fails(findings)
		if err := report.Write(stdout, "text", []report.File{{Document: d, Findings: findings}}); err != nil {
			return failed(stderr, err)
		}
	}
	if found {
		return 1
	}
	return 0
}
