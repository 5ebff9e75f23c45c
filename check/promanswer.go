package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// promResult is what a query gave: one or more series with at least one value each, or nothing.
type promResult struct {
	kind   string // vector, matrix, scalar, string
	series []promSeries
	doubts []string // warnings of the server: a store that did not answer, for one
}

type promSeries struct {
	labels string // {job="api"}, or empty
	values []float64
	texts  []string // as Prometheus wrote them
}

// parseAnswer reads an answer of /api/v1/query and query_range. Whatever is not a success in full is an error.
func parseAnswer(resp *response) (*promResult, error) {
	var answer struct {
		Status    string          `json:"status"`
		ErrorType string          `json:"errorType"`
		Error     string          `json:"error"`
		Data      json.RawMessage `json:"data"`
		Warnings  []string        `json:"warnings"`
		Partial   bool            `json:"isPartial"` // of VictoriaMetrics: a storage node did not answer
	}
	if resp.unreadable != nil {
		return nil, resp.unreadable
	}
	err := json.Unmarshal(resp.body, &answer)
	if resp.status < 200 || resp.status > 299 {
		if err == nil && answer.Error != "" {
			return nil, fmt.Errorf("HTTP status %d: %s", resp.status, reason(answer.ErrorType, answer.Error))
		}
		return nil, fmt.Errorf("HTTP status %d", resp.status)
	}
	if err != nil {
		return nil, fmt.Errorf("the answer is not that of Prometheus: %w", err)
	}
	if answer.Status != "success" {
		if answer.Status == "error" {
			return nil, fmt.Errorf(`HTTP status %d with "status": "error": %s`, resp.status, reason(answer.ErrorType, answer.Error))
		}
		return nil, errors.New(`the answer is not that of Prometheus: it has no "status": "success"`)
	}
	if key, found := contradiction(resp.body); found {
		return nil, fmt.Errorf("the answer is not that of Prometheus: the key %q stands twice in one object", clip(key))
	}
	var data struct {
		ResultType string          `json:"resultType"`
		Result     json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(answer.Data, &data); err != nil {
		return nil, fmt.Errorf("the answer has no data: %w", err)
	}
	r := &promResult{kind: data.ResultType, doubts: answer.Warnings}
	if answer.Partial {
		r.doubts = append(r.doubts, "the result is partial")
	}
	switch data.ResultType {
	case "scalar", "string":
		err = r.single(data.Result)
	case "vector", "matrix":
		err = r.many(data.Result)
	default:
		return nil, fmt.Errorf("the answer has the unknown result type %q", clip(data.ResultType))
	}
	if err != nil {
		return nil, fmt.Errorf("the answer is not that of Prometheus: %w", err)
	}
	return r, nil
}

// reason is what a server says of an error; some say nothing.
func reason(kind, text string) string {
	switch {
	case kind == "" && text == "":
		return "no reason is given"
	case kind == "" || text == "":
		return cut(kind+text, 300)
	}
	return kind + ": " + cut(text, 300)
}

func (r *promResult) single(raw json.RawMessage) error {
	var s promSeries
	if err := s.add(raw); err != nil {
		return err
	}
	r.series = []promSeries{s}
	return nil
}

// maxSeries is how many series a check judges: a query can count them, or give the greatest.
const maxSeries = 10_000

func (r *promResult) many(raw json.RawMessage) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if start, err := d.Token(); err != nil || start != json.Delim('[') {
		return errors.New("no result")
	}
	for d.More() {
		var e struct {
			Metric     map[string]string `json:"metric"`
			Value      json.RawMessage   `json:"value"`
			Values     []json.RawMessage `json:"values"`
			Histogram  json.RawMessage   `json:"histogram"`
			Histograms json.RawMessage   `json:"histograms"`
		}
		if err := d.Decode(&e); err != nil {
			return err
		}
		if len(r.series) == maxSeries {
			return fmt.Errorf("it has more than %d series: let the query aggregate them", maxSeries)
		}
		s := promSeries{labels: labels(e.Metric)}
		if e.Histogram != nil || e.Histograms != nil {
			return fmt.Errorf("series %s is a native histogram: take a number of it, as with histogram_quantile", s.labels)
		}
		values := e.Values
		if r.kind == "vector" {
			values = []json.RawMessage{e.Value}
		}
		for _, v := range values {
			if err := s.add(v); err != nil {
				return fmt.Errorf("series %s: %w", s.labels, err)
			}
		}
		if len(s.values) == 0 {
			return fmt.Errorf("series %s has no value", s.labels)
		}
		r.series = append(r.series, s)
	}
	return nil
}

// add reads [time, "value"].
func (s *promSeries) add(raw json.RawMessage) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(raw, &pair); err != nil || len(pair) != 2 {
		return errors.New("a sample is not [time, value]")
	}
	var text string
	if err := json.Unmarshal(pair[1], &text); err != nil {
		return errors.New("the value of a sample is not a string")
	}
	s.texts = append(s.texts, text)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xXpP_") {
		v = math.NaN() // a text: nothing to compare with
	}
	s.values = append(s.values, v)
	return nil
}

// labels writes a metric as PromQL does.
func labels(metric map[string]string) string {
	names := make([]string, 0, len(metric))
	for k := range metric {
		if k != "__name__" {
			names = append(names, k)
		}
	}
	sort.Strings(names)
	for i, k := range names {
		names[i] = k + "=" + strconv.Quote(metric[k])
	}
	return metric["__name__"] + "{" + strings.Join(names, ", ") + "}"
}

// value is the result in the document: a number for a single one, else a list of series.
func (r *promResult) value() any {
	if len(r.series) == 1 && len(r.series[0].values) == 1 && r.kind != "matrix" {
		return sample(r.series[0], 0)
	}
	const most = 100 // series in the document
	list := []any{}
	for i, s := range r.series {
		if i == most {
			break
		}
		values := []any{}
		for j := range min(len(s.values), most) {
			values = append(values, sample(s, j))
		}
		entry := map[string]any{"metric": s.labels, "value": values[0]}
		if r.kind == "matrix" {
			entry = map[string]any{"metric": s.labels, "values": values}
		}
		list = append(list, entry)
	}
	return list
}

// sample is a number where JSON has one, else the text that Prometheus sent: "NaN", "+Inf".
func sample(s promSeries, i int) any {
	if v := s.values[i]; !math.IsNaN(v) && !math.IsInf(v, 0) {
		return v
	}
	return s.texts[i]
}
