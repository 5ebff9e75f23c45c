package server

import (
	"encoding/json"
	"strings"

	"assay.rs/analysis/document"
)

// maxFiles is how many files of a folder are read for symbols; further ones are left out.
const maxFiles = 2000

type symbolInformation struct {
	Name     string   `json:"name"`
	Kind     int      `json:"kind"`
	Location location `json:"location"`
}

// workspaceSymbols are the checks, functions and variables of all files whose names contain a text, those that are
// open as they stand in the editor.
func (s *Server) workspaceSymbols(params json.RawMessage) (any, error) {
	var asked struct {
		Query string `json:"query"`
	}
	if err := decode(params, &asked); err != nil {
		return nil, err
	}
	list := []symbolInformation{}
	seen := make(map[string]bool)
	add := func(uri string, d *document.Document) {
		seen[uri] = true
		symbols, err := s.symbols(d, place{}, nil)
		if all, ok := symbols.([]documentSymbol); ok && err == nil {
			list = append(list, matching(all, uri, strings.ToLower(asked.Query))...)
		}
	}
	for uri, d := range s.documents {
		add(uri, d.Document)
	}
	names, err := document.Find(s.folders)
	if err != nil {
		return list, nil //nolint:nilerr // a folder that is gone has no symbols
	}
	for _, name := range names[:min(len(names), maxFiles)] {
		if uri := uriOf(name); !seen[uri] {
			if d, err := document.Read(name); err == nil && (d.Check == nil || s.knows(d.Check)) {
				add(uri, d)
			}
		}
	}
	return list, nil
}

func matching(symbols []documentSymbol, uri, query string) []symbolInformation {
	var list []symbolInformation
	for _, sym := range symbols {
		if strings.Contains(strings.ToLower(sym.Name), query) {
			list = append(list, symbolInformation{sym.Name, sym.Kind, location{uri, sym.SelectionRange}})
		}
		list = append(list, matching(sym.Children, uri, query)...)
	}
	return list
}
