package rules

import "slices"

// Severity says how bad a finding is.
type Severity string

// The severities. An Error is certain to fail when the code runs. What is Off is not reported; of an Info and a Hint
// people are told, but nothing fails for them.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
	Hint    Severity = "hint"
	Off     Severity = "off"
)

// Severities are the names of severities, from the mildest.
func Severities() []string { return []string{"off", "hint", "info", "warning", "error"} }

// severities are how bad the findings of each code are, unless .assay.toml says otherwise.
func severities() map[string]Severity {
	return map[string]Severity{
		"accidental-global":   Warning,
		"deprecated":          Warning,
		"ignored-result":      Warning,
		"jq":                  Error,
		"literal":             Error,
		"missing-key":         Error,
		"missing-parameter":   Error,
		"promql":              Error,
		"redundant-parameter": Warning,
		"sandbox-level":       Error,
		"secret-literal":      Warning,
		"syntax":              Error,
		"undefined-field":     Error,
		"undefined-global":    Error,
		"unknown-capture":     Error,
		"unknown-check":       Error,
		"unknown-key":         Error,
		"unknown-option":      Error,
		"unused-local":        Warning,
		"wrong-type":          Error,
	}
}

// Codes are the codes of all rules in order.
func Codes() []string {
	var codes []string
	for code := range severities() {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// Adjusted are findings with the severities that severity gives for their codes; "" leaves one as it is. Those that
// are off are left out.
func Adjusted(findings []Finding, severity func(code string) Severity) []Finding {
	var kept []Finding
	for _, f := range findings {
		if s := severity(f.Code); s != "" {
			f.Severity = s
		}
		if f.Severity != Off {
			kept = append(kept, f)
		}
	}
	return kept
}
