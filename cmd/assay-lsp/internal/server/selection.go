package server

import (
	"encoding/json"

	"assay.rs/analysis/document"
)

type selectionRange struct {
	Range  span            `json:"range"`
	Parent *selectionRange `json:"parent,omitempty"`
}

// selections are the ranges that an editor selects when asked to select more, from the innermost out.
func (s *Server) selections(d *document.Document, _ place, params json.RawMessage) (any, error) {
	var asked struct {
		Positions []position `json:"positions"`
	}
	if err := decode(params, &asked); err != nil {
		return nil, err
	}
	list := make([]*selectionRange, 0, len(asked.Positions))
	for _, p := range asked.Positions {
		list = append(list, s.selection(d, p))
	}
	return list, nil
}

func (s *Server) selection(d *document.Document, p position) *selectionRange {
	outer := &selectionRange{Range: s.span(d, 0, len(d.Text))}
	widen := func(r span) {
		if r != outer.Range {
			outer = &selectionRange{r, outer}
		}
	}
	if d.Check != nil { // the entries around it: keys with what belongs to them
		at := s.offset(d, p)
		for _, e := range d.Check.Entries {
			if e.Start <= at && at < e.BlockEnd {
				widen(s.span(d, e.Start, trimmedEnd(d.Text, e.Start, e.BlockEnd)))
				if at <= e.End {
					widen(s.span(d, e.Start, e.End))
				}
			}
		}
	}
	if c := s.cursor(d, p); c != nil {
		for _, id := range c.path {
			widen(s.nodeSpan(c, id))
		}
	}
	return outer
}
