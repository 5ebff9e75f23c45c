package luatest

import (
	"encoding/json"
	"io"
)

// outcome is a result as JSON has it. A file that does not run has no name.
type outcome struct {
	File     string  `json:"file"`
	Line     int     `json:"line"`
	Name     string  `json:"name"`
	Status   string  `json:"status"` // passed or failed
	Seconds  float64 `json:"seconds"`
	Error    string  `json:"error,omitempty"`
	Output   string  `json:"output,omitempty"`
	Asserted bool    `json:"asserted"` // it has called assert
}

// WriteJSON writes results as an array, for programs that show them.
func WriteJSON(w io.Writer, results []Result) error {
	list := []outcome{}
	for _, r := range results {
		if r.Empty {
			continue
		}
		o := outcome{File: r.File, Line: r.Line, Name: r.Name, Status: "passed", Seconds: r.Took.Seconds(), Output: r.cleaned(r.Output), Asserted: !r.Idle}
		if r.Err != nil {
			o.Status, o.Error = "failed", r.message()
		}
		list = append(list, o)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}
