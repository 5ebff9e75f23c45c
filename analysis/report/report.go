// Package report writes findings for people and for the programs that show them.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/analysis/rules"
)

// File is a document with what was found in it.
type File struct {
	Document *document.Document
	Findings []rules.Finding
}

// Formats are the names that Write knows.
func Formats() []string { return []string{"text", "json", "sarif", "github"} }

// Write writes findings in a format: text is a line each, json an array, sarif a log of SARIF 2.1.0, github the
// commands by which annotations appear in a pull request.
func Write(w io.Writer, format string, files []File) error {
	switch format {
	case "json":
		return encode(w, places(files))
	case "sarif":
		return encode(w, sarif(files))
	}
	var b strings.Builder
	for _, p := range places(files) {
		if format == "github" {
			fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,endLine=%d,endColumn=%d,title=%s::%s\n", level(p.Severity, "notice"), property(p.File), p.Line, p.Column, p.EndLine, p.EndColumn, property(p.Code), data(p.Message))
		} else {
			fmt.Fprintf(&b, "%s:%d:%d: %s: %s [%s]\n", p.File, p.Line, p.Column, p.Severity, p.Message, p.Code)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// place is a finding as json has it; lines and columns count from 1, columns in bytes.
type place struct {
	File      string         `json:"file"`
	Line      int            `json:"line"`
	Column    int            `json:"column"`
	EndLine   int            `json:"end_line"`
	EndColumn int            `json:"end_column"`
	Severity  rules.Severity `json:"severity"`
	Code      string         `json:"code"`
	Message   string         `json:"message"`
	Fixable   bool           `json:"fixable"`
}

func places(files []File) []place {
	list := []place{}
	for _, file := range files {
		for _, f := range file.Findings {
			start, end := file.Document.Position(f.Start), file.Document.Position(f.End)
			list = append(list, place{
				File: file.Document.Name, Line: start.Line, Column: start.Column, EndLine: end.Line, EndColumn: end.Column,
				Severity: f.Severity, Code: f.Code, Message: f.Message, Fixable: f.Fix != nil && f.Fix.Safe,
			})
		}
	}
	return list
}

// level is a severity in the words of a format, which has one for what is no warning.
func level(s rules.Severity, mild string) string {
	if s == rules.Error || s == rules.Warning {
		return string(s)
	}
	return mild
}

// Fails reports whether one of the findings is a reason to fail: a warning or an error.
func Fails(findings []rules.Finding) bool {
	return slices.ContainsFunc(findings, func(f rules.Finding) bool { return f.Severity == rules.Error || f.Severity == rules.Warning })
}

// encode writes JSON without touching what HTML would care about.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// object is an object of JSON.
type object map[string]any

// sarif is the log of a run in SARIF 2.1.0.
func sarif(files []File) object {
	results, ids := []object{}, []string{}
	for _, p := range places(files) {
		if !slices.Contains(ids, p.Code) {
			ids = append(ids, p.Code)
		}
		results = append(results, object{
			"ruleId": p.Code, "level": level(p.Severity, "note"), "message": object{"text": p.Message},
			"locations": []object{{"physicalLocation": object{
				"artifactLocation": object{"uri": filepath.ToSlash(p.File)},
				"region":           object{"startLine": p.Line, "startColumn": p.Column, "endLine": p.EndLine, "endColumn": p.EndColumn},
			}}},
		})
	}
	slices.Sort(ids)
	described := []object{}
	for _, id := range ids {
		described = append(described, object{"id": id})
	}
	return object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []object{{"tool": object{"driver": object{"name": "assay", "rules": described}}, "results": results}},
	}
}

// data escapes the text of a command of GitHub Actions, property that of one of its properties.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
