package server

import (
	"encoding/json"

	"assay.rs/analysis/document"
	"assay.rs/analysis/rules"
)

func (s *Server) formatting(d *document.Document, _ place, _ json.RawMessage) (any, error) {
	edits := []textEdit{}
	// What is broken is told by the diagnostics.
	if text, err := d.Formatted(); err == nil && text != d.Text {
		edits = append(edits, textEdit{s.span(d, 0, len(d.Text)), text})
	}
	return edits, nil
}

type diagnosticReport struct {
	Kind  string       `json:"kind"`
	Items []diagnostic `json:"items"`
}

// pulled are the diagnostics for a client that asks for them.
func (s *Server) pulled(d *document.Document, _ place, _ json.RawMessage) (any, error) {
	return diagnosticReport{"full", s.diagnostics(d)}, nil
}

func (s *Server) diagnostics(d *document.Document) []diagnostic {
	list := []diagnostic{}
	for _, f := range s.Findings(d) {
		list = append(list, s.diagnostic(d, f))
	}
	return list
}

func (s *Server) diagnostic(d *document.Document, f rules.Finding) diagnostic {
	out := diagnostic{Range: s.span(d, f.Start, f.End), Code: f.Code, Source: "assay", Message: f.Message}
	out.Severity = map[rules.Severity]int{rules.Error: 1, rules.Warning: 2, rules.Info: 3, rules.Hint: 4}[f.Severity]
	switch f.Code {
	case "unused-local":
		out.Tags = []int{1} // unnecessary
	case "deprecated":
		out.Tags = []int{2}
	}
	return out
}

func (s *Server) actions(d *document.Document, p place, params json.RawMessage) (any, error) {
	var asked codeActionParams
	if err := decode(params, &asked); err != nil {
		return nil, err
	}
	start, end := s.offset(d, asked.Range.Start), s.offset(d, asked.Range.End)
	list := []codeAction{}
	for _, f := range s.Findings(d) {
		if f.Fix == nil || f.End < start || f.Start > end {
			continue
		}
		edits := []textEdit{}
		for _, e := range f.Fix.Edits {
			edits = append(edits, textEdit{s.span(d, e.Start, e.End), e.Text})
		}
		list = append(list, codeAction{f.Fix.Title, "quickfix", []diagnostic{s.diagnostic(d, f)}, workspaceEdit{map[string][]textEdit{p.TextDocument.URI: edits}}})
	}
	return list, nil
}
