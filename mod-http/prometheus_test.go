package http

import (
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// answersQueries answers the query "up" with two series, others as their text says.
func answersQueries(w nethttp.ResponseWriter, r *nethttp.Request) {
	const one = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000.5,"3.5"]}]}}`
	answers := map[string]string{
		"up":     `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"api"},"value":[1,"1"]},{"metric":{"__name__":"up","job":"db"},"value":[1,"0"]}]}}`,
		"none":   `{"status":"success","data":{"resultType":"vector","result":[]}}`,
		"nan":    strings.Replace(one, "3.5\"", "NaN\"", 1),
		"inf":    strings.Replace(one, "3.5\"", "+Inf\"", 1),
		"scalar": `{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}`,
		"text":   `{"status":"success","data":{"resultType":"string","result":[1,"hello"]}}`,
		"range":  `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"api"},"values":[[1.5,"1"],[2.5,"NaN"]]}]}}`,
		"failed": `{"status":"error","errorType":"execution","error":"query timed out"}`,
		"other":  `{"status":"success","data":{}}`,
		"html":   `<html>`,
		"hist":   `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}}`,
	}
	query := r.FormValue("query")
	if query == "bad" {
		w.WriteHeader(nethttp.StatusBadRequest)
		_, _ = io.WriteString(w, `{"status":"error","errorType":"bad_data","error":"parse error"}`)
		return
	}
	if query == "down" {
		w.WriteHeader(nethttp.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "upstream\nis gone")
		return
	}
	answer, ok := answers[query]
	if !ok {
		answer = one
	}
	_, _ = io.WriteString(w, answer)
}

func TestPrometheusExamples(t *testing.T) {
	server := httptest.NewServer(nethttp.HandlerFunc(answersQueries))
	t.Cleanup(server.Close)
	coretest.Examples(t, []core.Module{Prometheus(Config{})}, map[string]any{"URL": server.URL})
}

func TestPrometheusQuery(t *testing.T) {
	server := httptest.NewServer(nethttp.HandlerFunc(answersQueries))
	t.Cleanup(server.Close)
	for _, test := range []struct{ query, want string }{
		{`"any"`, "number 3.5\n"},
		{`"up"`, "table api 1 db 0\n"},
		{`"none"`, "table 0\n"},
		{`"nan"`, "string NaN\n"},
		{`"inf"`, "string +Inf\n"},
		{`"scalar"`, "number 7\n"},
		{`"text"`, "string hello\n"},
		{`"range"`, "table api 1.5 1 2.5 NaN\n"},
		{`("x"):rep(5000)`, "number 3.5\n"},
		{`"bad"`, "prometheus.http prometheus.query: HTTP 400: parse error\n"},
		{`"down"`, "prometheus.http prometheus.query: HTTP 503: body \"upstream\\nis gone\"\n"},
		{`"failed"`, "prometheus.query prometheus.query: query timed out\n"},
		{`"other"`, "prometheus.query prometheus.query: unexpected response format: body \"{\\\"status\\\":\\\"success\\\",\\\"data\\\":{}}\"\n"},
		{`"html"`, "prometheus.query prometheus.query: unexpected response format: body \"<html>\"\n"},
		{`"hist"`, "prometheus.query prometheus.query: a series has no value\n"},
		{`" "`, "nil prometheus.query: argument 'promql' is empty\n"},
		{`"up", {body = "x"}`, "nil prometheus.query: options 'body', 'form' and 'multipart' have no place in a query\n"},
	} {
		kit := coretest.Kit{Modules: []core.Module{Prometheus(Config{})}, Globals: map[string]any{"URL": server.URL + "//"}}
		got := kit.Exec(t, "test.lua", `
			local ok, v = pcall(prometheus.query, URL, `+test.query+`)
			if not ok then print(v.code, tostring(v)) return end
			local all = {type(v)}
			if type(v) ~= "table" then all[2] = tostring(v) elseif #v == 0 then all[2] = "0" end
			for _, s in ipairs(type(v) == "table" and v or {}) do
				all[#all + 1] = s.metric.job
				all[#all + 1] = s.value and tostring(s.value)
				for _, point in ipairs(s.values or {}) do all[#all + 1] = point[1] all[#all + 1] = point[2] end
			end
			print(table.concat(all, " "))`)
		if printed := strings.ReplaceAll(got.Stdout, "\t", " "); got.Err != nil || printed != test.want || len(got.Undeclared) > 0 {
			t.Errorf("%s: printed %q, %v, %v, want %q", test.query, printed, got.Err, got.Undeclared, test.want)
		}
	}
}

func TestPrometheusRequest(t *testing.T) {
	server := record(t, answersQueries)
	promql := `sum(rate(http_requests_total{code=~"5..", path="/a&b"}[5m])) by (job) > 0`
	long := promql + strings.Repeat(" or up", 1000)
	for _, test := range []struct{ name, source, method, path, query string }{
		{"plain", `prometheus.query(URL, Q)`, "GET", "/api/v1/query", promql},
		{"slashes", `prometheus.query(URL .. "//", Q)`, "GET", "/api/v1/query", promql},
		{"below a path", `prometheus.query(URL .. "/prom/api/v1/", Q)`, "GET", "/prom/api/v1/query", promql},
		{"with parameters", `prometheus.query(URL .. "/?tenant=a", Q, {query = {time = 5}})`, "GET", "/api/v1/query", promql},
		{"long", `prometheus.query(URL, LONG, {headers = {["X-Scope-OrgID"] = "a"}})`, "POST", "/api/v1/query", long},
	} {
		t.Run(test.name, func(t *testing.T) {
			kit := coretest.Kit{Modules: []core.Module{Prometheus(Config{})}, Globals: map[string]any{"URL": server.URL, "Q": promql, "LONG": long}}
			if got := kit.Exec(t, "test.lua", "assert.eq("+test.source+", 3.5)"); got.Err != nil {
				t.Fatal(got.Err)
			}
			seen := server.last(t)
			sent, err := url.ParseQuery(seen.RawQuery)
			if seen.Method == "POST" {
				sent, err = url.ParseQuery(seen.Body)
			}
			if err != nil || seen.Method != test.method || seen.Path != test.path || sent.Get("query") != test.query {
				t.Errorf("request = %s %s %v, %v", seen.Method, seen.Path, sent, err)
			}
			if test.name == "with parameters" && (sent.Get("tenant") != "a" || sent.Get("time") != "5") {
				t.Errorf("parameters = %v", sent)
			}
		})
	}
}
