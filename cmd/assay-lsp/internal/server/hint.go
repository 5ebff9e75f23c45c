package server

import (
	"encoding/json"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/core/syntax"
)

type inlayHint struct {
	Position    position `json:"position"`
	Label       string   `json:"label"`
	Kind        int      `json:"kind,omitempty"`
	PaddingLeft bool     `json:"paddingLeft"`
}

const hintType = 1

// hints are the types of locals that hold an object or a record, and how long a check takes at worst.
func (s *Server) hints(d *document.Document, _ place, params json.RawMessage) (any, error) {
	var asked struct {
		Range span `json:"range"`
	}
	if err := decode(params, &asked); err != nil {
		return nil, err
	}
	start, end := s.offset(d, asked.Range.Start), s.offset(d, asked.Range.End)
	list := []inlayHint{}
	add := func(at int, label string, kind int) {
		if start <= at && at <= end {
			list = append(list, inlayHint{s.position(d, at), label, kind, kind != hintType})
		}
	}
	for _, chunk := range d.Chunks {
		c := &cursor{Info: s.infer(d, chunk), document: d, chunk: chunk}
		for i := range c.Bindings.Variables[1:] {
			v := &c.Bindings.Variables[i+1]
			if c.Tree.Node(v.Node).Kind != syntax.Declared {
				continue
			}
			switch t := c.Of(v.Node); t.Kind {
			case types.Object, types.Fields:
				add(chunk.Outer(int(c.Tree.Tokens[c.Tree.Node(v.Node).Token].End)), ": "+typeText(t), hintType)
			default:
			}
		}
	}
	if d.Check != nil && s.knows(d.Check) {
		for _, e := range d.Check.Entries {
			if !isCheckName(d.Check, e) {
				continue
			}
			if worst, ok := worstCase(d.Check, e.Parent, e.Item); ok {
				add(e.ValueStart+len(e.Value), "at most "+worst.String(), 0)
			}
		}
	}
	return list, nil
}
