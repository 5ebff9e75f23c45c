package rules

import (
	"slices"
	"strings"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/jq"
	"assay.rs/analysis/promql"
)

// checkKeys looks at what stands in a check file around its Lua.
func checkKeys(f *checkfile.File, s *checkfile.Schema) []Finding {
	var findings []Finding
	for _, p := range f.Problems(s, map[string]func(string) (int, string){"jq": jq.Mistake, "promql": promql.Mistake}) {
		found := Finding{Code: p.Code, Message: p.Message, Severity: severities()[p.Code], Start: p.Start, End: p.End}
		if p.Instead != "" {
			found.Fix = &Fix{Title: "replace by '" + p.Instead + "'", Safe: p.Code == "unknown-key", Edits: []Edit{{p.Start, p.End, p.Instead}}}
		}
		findings = append(findings, found)
	}
	quiet := quietLines(f.Source)
	return slices.DeleteFunc(append(findings, secrets(f)...), func(found Finding) bool {
		return quiet.silences(found.Code, 1+strings.Count(f.Source[:found.Start], "\n"))
	})
}

// quietLines reads "# assay: ignore CODE", which is for its line, or for the next when it stands alone.
func quietLines(source string) silence {
	var s silence
	number := 0
	for line := range strings.Lines(source) {
		number++
		before, codes, ok := strings.Cut(line, "# assay: ignore")
		if !ok {
			continue
		}
		at := number
		if strings.TrimSpace(before) == "" {
			at++
		}
		s = append(s, silencer{words(strings.TrimSpace(codes)), at, at})
	}
	return s
}
