package server

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/core/syntax"
)

type documentLink struct {
	Range  span   `json:"range"`
	Target string `json:"target"`
}

// links are the files that a document names: modules that a script requires, and in a check file what it includes
// and reads. A name without a file is no link.
func (s *Server) links(d *document.Document, _ place, _ json.RawMessage) (any, error) {
	list := []documentLink{}
	for _, chunk := range d.Chunks {
		c := &cursor{Info: s.infer(d, chunk), document: d, chunk: chunk}
		c.Tree.Walk(c.Tree.Root, func(id syntax.NodeID) bool {
			if module, ok := c.requires(id); ok {
				if path, _, ok := document.Required(d.Name, module); ok {
					list = append(list, documentLink{s.nodeSpan(c, id), uriOf(path)})
				}
			}
			return true
		})
	}
	if d.Check == nil {
		return list, nil
	}
	for _, e := range d.Check.Entries {
		switch e.Key {
		case "include", "vars_file", "from_file", "file", "ca_cert_file", "client_cert_file", "client_key_file", "bearer_file":
			path := filepath.Join(filepath.Dir(d.Name), filepath.FromSlash(unquoted(e.Value)))
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && e.Value != "" {
				list = append(list, documentLink{s.span(d, e.ValueStart, e.ValueStart+len(e.Value)), uriOf(path)})
			}
		}
	}
	return list, nil
}

// requires is the module that a string literal asks require for.
func (c *cursor) requires(id syntax.NodeID) (string, bool) {
	if c.Tree.Node(id).Kind != syntax.StringLiteral {
		return "", false
	}
	call := c.Parent(id)
	return c.Text(id), c.Tree.Node(call).Kind == syntax.Call && c.Callee(call).Name == "require"
}

func unquoted(value string) string { return strings.Trim(value, `"'`) }
