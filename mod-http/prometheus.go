package http

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	nethttp "net/http"
	"net/url"
	"strconv"
	"strings"

	"assay.rs/core"
	"assay.rs/core/spec"
)

var (
	errPromHTTP  = core.NewCode("prometheus.http", "The server answered with a status other than 2xx.")
	errPromQuery = core.NewCode("prometheus.query", "The answer is not that of a query that succeeded.")
)

// Prometheus is the table prometheus: a query in one call. It shares the client of [New].
func Prometheus(cfg Config) core.Module {
	m := &module{cfg, newTables()}
	return core.Module{Name: "prometheus", Doc: "Asks Prometheus, and whatever has its HTTP API.", Funcs: []core.Func{
		core.Fn3(core.Doc{
			Name: "query",
			Text: "Gives the value of a PromQL query at this moment. One series, or a scalar, is a number; a value that is no " +
				"number (`NaN`, `+Inf`) is its text. None or several series are an array of tables with `metric`, the labels, and " +
				"`value`; a range of values has `values`, an array of `{time, value}`, instead.",
			Needs: core.Net, Level: core.Check, Raises: append(codes(), errPromHTTP, errPromQuery),
			Examples: []string{
				`assert.gt(prometheus.query(URL, 'sum(up{job="api"})'), 0)`,
				`for _, series in ipairs(prometheus.query(URL, "up")) do print(series.metric.job, series.value) end` + "\n--> =api 1\n--> =db 0",
			},
		},
			core.Arg("url", addressType(), "The server, without `/api/v1`."),
			core.Arg("promql", core.String(), "The query."),
			core.Opt("options", m.tables.options, call{}, "How to make the request."),
			core.Returns(queryResultType(), "A number, a text, or an array of series."),
			m.query),
	}}
}

// longQuery is from where on a query is sent in a body: longer URLs are refused on the way.
const longQuery = 4000

func (m *module) query(c core.Call, to address, promql string, o call) (any, error) {
	if strings.TrimSpace(promql) == "" {
		return nil, errNoQuery
	}
	if o.body.given || o.form.given || len(o.parts) > 0 {
		return nil, errQueryBody
	}
	base, query, asked := strings.Cut(to.url, "?")
	to.url = strings.TrimSuffix(strings.TrimRight(base, "/"), "/api/v1") + "/api/v1/query"
	if asked {
		to.url += "?" + query
	}
	r := o.at(to)
	r.method, r.harmless = nethttp.MethodGet, true
	ask := url.Values{"query": {promql}}
	if len(promql) > longQuery {
		r.method, r.form = nethttp.MethodPost, formOf(ask)
	} else {
		r.Query = mergeMap(r.Query, ask)
	}
	answer, err := m.do(c, nil, r)
	if err != nil {
		return nil, err
	}
	return queryResult(answer)
}

// queryAnswer is the answer of /api/v1/query: https://prometheus.io/docs/prometheus/latest/querying/api/.
type queryAnswer struct {
	Status string `json:"status"`
	Kind   string `json:"errorType"`
	Error  string `json:"error"`
	Data   struct {
		Kind   string          `json:"resultType"`
		Result json.RawMessage `json:"result"`
	} `json:"data"`
}

// series is one of a vector or a matrix.
type series struct {
	Metric map[string]string `json:"metric"`
	Value  *sample           `json:"value"`
	Values []sample          `json:"values"`
}

// sample is a value at a time: [time, "value"].
type sample struct {
	at   float64
	text string
}

func (s *sample) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&s.at, &s.text})
}

// value is a number, or the text of what Lua's tonumber would not take.
func (s sample) value() any {
	n, err := strconv.ParseFloat(s.text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return s.text
	}
	return n
}

// queryResult is what an answer says, as Go data.
func queryResult(r *Response) (any, error) {
	var answer queryAnswer
	err := json.Unmarshal(r.Body, &answer)
	switch {
	case !r.OK() && err == nil && cmp.Or(answer.Error, answer.Kind) != "":
		return nil, errPromHTTP.Errorf("HTTP %d: %s", r.Status, clip(cmp.Or(answer.Error, answer.Kind)))
	case !r.OK() && len(r.Body) == 0:
		return nil, errPromHTTP.With(fmt.Errorf("HTTP %d", r.Status), "is this the URL of Prometheus?")
	case !r.OK():
		return nil, errPromHTTP.With(fmt.Errorf("HTTP %d: %s", r.Status, excerpt(r.Body)), "is this the URL of Prometheus?")
	case err == nil && answer.Status == "error":
		text := cmp.Or(answer.Error, answer.Kind, fmt.Sprintf("HTTP %d, and an error without a text", r.Status))
		return nil, errPromQuery.Errorf("%s", clip(text))
	case err != nil || answer.Status != "success" || answer.Data.Result == nil:
		return nil, unexpected(r)
	}
	switch answer.Data.Kind {
	case "scalar", "string":
		var only sample
		if err := json.Unmarshal(answer.Data.Result, &only); err != nil {
			return nil, unexpected(r)
		}
		return only.value(), nil
	case "vector", "matrix":
		var all []series
		if err := json.Unmarshal(answer.Data.Result, &all); err != nil {
			return nil, unexpected(r)
		}
		return values(all, answer.Data.Kind == "matrix")
	}
	return nil, unexpected(r)
}

func unexpected(r *Response) error {
	return errPromQuery.With(errors.New("unexpected response format: "+excerpt(r.Body)), "is this the URL of Prometheus?")
}

// values are the one value of a vector, or all series.
func values(all []series, ranges bool) (any, error) {
	list := make([]any, len(all))
	for i, s := range all {
		entry := map[string]any{"metric": anyMap(s.Metric)}
		switch {
		case ranges:
			points := make([]any, len(s.Values))
			for j, v := range s.Values {
				points[j] = []any{v.at, v.value()}
			}
			entry["values"] = points
		case s.Value == nil:
			return nil, errPromQuery.With(errors.New("a series has no value"),
				"of a native histogram take a number, as with histogram_quantile")
		case len(all) == 1:
			return s.Value.value(), nil
		default:
			entry["value"] = s.Value.value()
		}
		list[i] = entry
	}
	return list, nil
}

func anyMap(labels map[string]string) map[string]any {
	all := make(map[string]any, len(labels))
	for name, value := range labels {
		all[name] = value
	}
	return all
}

// queryResultType is Go data that is given to Lua.
func queryResultType() core.Type[any] {
	anything := spec.Type{Kind: spec.Scalar, Name: "any"}
	described := core.AnyOf("number", "string")
	described.Of = append(described.Of, spec.Type{Kind: spec.List, Elem: &spec.Type{Kind: spec.Map, Elem: &anything}})
	return core.Custom(described, nil, func(c core.Call, result any) core.Value {
		v, err := c.Value(result)
		if err != nil {
			return core.Nil() // only for types that a result has not
		}
		return v
	})
}

var (
	errNoQuery   = errors.New("argument 'promql' is empty")
	errQueryBody = errors.New("options 'body', 'form' and 'multipart' have no place in a query")
)
