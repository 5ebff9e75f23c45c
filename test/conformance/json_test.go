package conformance

import (
	"strings"
	"testing"
)

// TestJSONTestSuite: what must be accepted is, what must be refused is, by json.parse. What must be accepted
// is the same value for yaml.parse.
func TestJSONTestSuite(t *testing.T) {
	var cases []struct{ Name, Input string }
	nodePackage(t, "json-test-suite", "m.parsing", &cases)
	var names, texts []string
	for _, c := range cases {
		if !strings.HasPrefix(c.Name, "i_") {
			names, texts = append(names, c.Name), append(texts, c.Input)
		}
	}
	if len(names) < 250 {
		t.Fatalf("%d cases in the suite, want hundreds", len(names))
	}
	right, yaml, accepted := 0, 0, 0
	for i, got := range answers(t, texts, `
for i, text in ipairs(cases) do
	local keep = {null = "keep"}
	local ok, v = pcall(json.parse, text, keep)
	if not ok then
		assert(v.code == "json.syntax" or v.code == "json.limit", tostring(v))
		print(i, "refused")
	else
		local same, y = pcall(yaml.parse, text, keep)
		print(i, same and json.encode(json.array({y})) == json.encode(json.array({v})) and "both" or "json: " .. tostring(y))
	end
end
`) {
		switch strings.HasPrefix(names[i], "y_") {
		case true:
			accepted++
			if got != "refused" {
				right++
			}
			// Two equal keys are an error in YAML.
			if duplicate := strings.Contains(names[i], "duplicated_key"); got == "both" || duplicate && strings.Contains(got, "duplicate key") {
				yaml++
			} else {
				t.Errorf("%s: %q: %s", names[i], texts[i], got)
			}
		default:
			if got == "refused" {
				right++
			} else {
				t.Errorf("%s: %q is accepted", names[i], texts[i])
			}
		}
	}
	tally(t, "JSONTestSuite", right, len(names))
	tally(t, "JSONTestSuite by yaml.parse", yaml, accepted)
}
