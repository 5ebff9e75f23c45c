package report

import (
	"fmt"
	"strconv"
	"strings"

	"assay.rs/check"
)

// metrics writes Prometheus' text format, version 0.0.4, as node_exporter's textfile collector reads it. A check
// that was skipped has no assay_check_up: it was not measured. assay_check_run_up tells of the run as a whole.
func metrics(r *check.Report) []byte {
	var b strings.Builder
	end := float64(r.Started.UnixMilli()+r.Duration) / 1000
	family(&b, "assay_check_run_up", "Whether the run passed: 1 or 0.")
	fmt.Fprintf(&b, "assay_check_run_up{file=%s} %d\n", label(r.File), digit(r.Passed))
	family(&b, "assay_check_run_duration_seconds", "How long the run took.")
	fmt.Fprintf(&b, "assay_check_run_duration_seconds{file=%s} %s\n", label(r.File), inSeconds(r.Duration))
	list := entries(r)
	labels := seriesLabels(r, list)
	each := func(name, text string, sample func(check.Result) (string, bool)) {
		family(&b, name, text)
		for i, e := range list {
			if value, ok := sample(e.Result); ok && !e.run {
				fmt.Fprintf(&b, "%s{%s} %s\n", name, labels[i], value)
			}
		}
	}
	measured := func(c check.Result) bool { return c.Status != check.StatusSkipped }
	each("assay_check_up", "Whether the check passed, or only warned: 1 or 0.", func(c check.Result) (string, bool) {
		return strconv.Itoa(digit(!bad(c.Status))), measured(c)
	})
	each("assay_check_duration_seconds", "How long all attempts of the check and the waits between them took.", func(c check.Result) (string, bool) {
		return inSeconds(c.Total), measured(c)
	})
	each("assay_check_attempts", "Attempts of the check.", func(c check.Result) (string, bool) {
		return strconv.Itoa(c.Attempts), measured(c)
	})
	each("assay_check_last_run_timestamp_seconds", "When the run ended, in seconds since 1970.", func(c check.Result) (string, bool) {
		return strconv.FormatFloat(end, 'f', 3, 64), measured(c)
	})
	return []byte(b.String())
}

func family(b *strings.Builder, name, help string) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
}

func digit(v bool) int {
	if v {
		return 1
	}
	return 0
}

// seriesLabels are the labels of each entry. Two of the same would make a reader refuse the whole file: redaction can
// make names alike, which are told apart by a number then.
func seriesLabels(r *check.Report, list []entry) []string {
	seen := map[string]int{}
	labels := make([]string, len(list))
	for i, e := range list {
		name, file := e.Name, fileOf(r, e.Result)
		key := file + "\x00" + name
		if seen[key]++; seen[key] > 1 {
			name = fmt.Sprintf("%s (%d)", name, seen[key])
		}
		labels[i] = fmt.Sprintf("name=%s,type=%s,file=%s", label(name), label(e.Type), label(file))
	}
	return labels
}

func label(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
