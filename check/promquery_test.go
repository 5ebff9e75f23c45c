package check

import "testing"

func TestPointlessQueries(t *testing.T) {
	for query, want := range map[string]bool{
		"vector(1)": true, "1": true, "1e3 > 0x1F": true, "time() > bool 0": true, "scalar(vector(1)) or vector(0)": true, "-Inf": true, "vector(1) # up": true,
		`label_replace(vector(1), "a", "up", "", "")`: true, "up or vector(1)": true, "sum(up) OR on() vector (0)": true, "up == bool 1": true,
		"up": false, "up offset 5m": false, `{job="api"}`: false, "time() - process_start_time_seconds": false, "vector(up)": false, "count(up) > 0": false,
		"sum by (job) (rate(a:b[5m]))": false, "absent(up)": false, `{"http.requests"}`: false, "1 - http.ok": false, "up{a='or vector(1)'}": false,
	} {
		if got := pointlessQuery(query, false); got != "" != want {
			t.Errorf("pointlessQuery(%s) = %q, want one: %t", query, got, want)
		}
	}
	for _, query := range []string{"up or vector(0)", "up == bool 1"} {
		if got := pointlessQuery(query, true); got != "" {
			t.Errorf("pointlessQuery(%s) with bounds = %q, want none", query, got)
		}
	}
}
