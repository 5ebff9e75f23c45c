package check

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrometheusRequests(t *testing.T) {
	query := `sum(rate(http_requests_total{code=~"5..",a="+&= é"}[5m]))`
	long := strings.Repeat("up + ", 1000) + "up"
	server := prometheus(t, `{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}]}`)
	b := newBench(t)
	r := b.run("checks:\n" +
		"  - {name: a, type: prometheus, url: '" + server.URL + "/prom/', query: '" + query + "'}\n" +
		"  - {name: b, type: prometheus, url: '" + server.URL + "/?dedup=true', query: up, range: {last: 10m, step: 30s}}\n" +
		"  - {name: c, type: prometheus, url: '" + server.URL + "/api/v1/query', query: '" + long + "', headers: {X-Scope-OrgID: t}}\n")
	if !r.Passed {
		t.Fatal(r.Reason)
	}
	seen := server.requests()
	parse := func(i int) (*url.URL, url.Values) {
		u, err := url.Parse(seen[i].URI)
		if err != nil {
			t.Fatal(err)
		}
		return u, u.Query()
	}
	if u, q := parse(0); seen[0].Method != "GET" || u.Path != "/prom/api/v1/query" || q.Get("query") != query || len(q) != 1 || seen[0].Body != "" {
		t.Errorf("first request = %+v", seen[0])
	}
	u, q := parse(1)
	if u.Path != "/api/v1/query_range" || q.Get("dedup") != "true" || q.Get("step") != "30" || q.Get("query") != "up" || len(q) != 5 {
		t.Errorf("second request = %+v", seen[1])
	}
	var start, end float64
	if _, err := fmt.Sscan(q.Get("start")+" "+q.Get("end"), &start, &end); err != nil || end-start < 599.99 || end-start > 600.01 {
		t.Errorf("start %s, end %s: want 600 s between them", q.Get("start"), q.Get("end"))
	}
	form, err := url.ParseQuery(seen[2].Body)
	if u, _ := parse(2); err != nil || seen[2].Method != "POST" || u.Path != "/api/v1/query" || u.RawQuery != "" || form.Get("query") != long ||
		seen[2].Header.Get("Content-Type") != "application/x-www-form-urlencoded" || seen[2].Header.Get("X-Scope-OrgID") != "t" {
		t.Errorf("third request = %s %s %s", seen[2].Method, seen[2].URI, seen[2].Header)
	}
}

func TestPrometheusKeepsItsURL(t *testing.T) {
	server := prometheus(t, `{"resultType":"scalar","result":[1,"1"]}`)
	b := newBench(t)
	r := b.run("checks:\n" +
		"  - {name: a, type: prometheus, url: '" + server.URL + "/a%2Fb', query: up}\n" +
		"  - {name: b, type: prometheus, url: '" + server.URL + "/x?extra_label=team=a;b&tenant=7', query: up}\n" +
		"  - {name: c, type: prometheus, url: '" + server.URL + "/x/?dedup=true', method: POST, query: up}\n")
	if !r.Passed {
		t.Fatal(r.Reason)
	}
	var got []string
	for _, seen := range server.requests() {
		got = append(got, seen.Method+" "+seen.URI+" "+seen.Body)
	}
	want := []string{"GET /a%2Fb/api/v1/query?query=up ", "GET /x/api/v1/query?extra_label=team=a;b&tenant=7&query=up ", "POST /x/api/v1/query?dedup=true query=up"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestPrometheusAsksAgainWhereARedirectLeads(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/old/") {
			http.Redirect(w, r, "/new/"+strings.TrimPrefix(r.RequestURI, "/old/"), http.StatusMovedPermanently)
			return
		}
		if r.FormValue("query") == "" {
			w.WriteHeader(400)
			return
		}
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}`))
	})
	r := newBench(t).run("checks:\n  - {name: short, type: prometheus, url: '" + server.URL + "/old', query: up}\n" +
		"  - {name: long, type: prometheus, url: '" + server.URL + "/old', query: '" + strings.Repeat("up + ", 1000) + "up'}\n")
	if !r.Passed {
		t.Errorf("%s; want that the length of a query changes nothing", r.Reason)
	}
}

func TestPrometheusPasses(t *testing.T) {
	v := func(values ...string) string {
		var list []string
		for i, x := range values {
			list = append(list, fmt.Sprintf(`{"metric":{"i":"%d"},"value":[1,%q]}`, i, x))
		}
		return `{"resultType":"vector","result":[` + strings.Join(list, ",") + `]}`
	}
	for name, c := range map[string]struct{ data, yaml, message, value string }{
		"scalar without bounds":   {`{"resultType":"scalar","result":[1,"3"]}`, "", "query returned: 3", "3"},
		"string without bounds":   {`{"resultType":"string","result":[1,"hi"]}`, "", `query returned: "hi"`, `"hi"`},
		"a number as a string":    {`{"resultType":"string","result":[1,"3"]}`, "expect: {min: 3}", "", "3"},
		"vector without bounds":   {v("1", "2.5"), "", "query returned: 1, 2.5", `[{"metric":"{i=\"0\"}","value":1},{"metric":"{i=\"1\"}","value":2.5}]`},
		"within":                  {v("1", "2"), "expect: {min: 1, max: 2}", "", ""},
		"exactly zero":            {v("0"), "expect: {min: 0, max: 0}", "", "0"},
		"any":                     {v("0", "5"), "expect: {min: 1, reduce: any}", "", ""},
		"sum":                     {v("1", "2"), "expect: {min: 3, max: 3, reduce: sum}", "", ""},
		"avg":                     {v("1", "2"), "expect: {min: 1.5, max: 1.5, reduce: avg}", "", ""},
		"count":                   {v("1", "9"), "expect: {min: 2, max: 2, reduce: count}", "", ""},
		"NaN ignored":             {v("1", "NaN", "+Inf"), "expect: {min: 1, max: 1, nan: ignore}", "", ""},
		"empty allowed":           {v(), "expect: {max: 0, empty: pass}", "the query returned no series", "[]"},
		"empty is a count":        {v(), "expect: {max: 0, reduce: count, empty: pass}", "", "[]"},
		"matrix":                  {`{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"2"]]}]}`, "range: {last: 1m, step: 1s}\n    expect: {min: 1}", "", `[{"metric":"{}","values":[1,2]}]`},
		"matrix, the least of it": {`{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"9"]]}]}`, "range: {last: 1m, step: 1s}\n    expect: {max: 1, reduce: min}", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newBench(t).run("checks:\n  - name: a\n    type: prometheus\n    query: up\n    url: " + prometheus(t, c.data).URL + "\n    " + c.yaml + "\n")
			got := r.Checks[0]
			if !r.Passed || got.Status != StatusPassed || text(got.Message) != c.message {
				t.Errorf("passed = %v, %s, message %q; want passed, %q", r.Passed, got.Status, text(got.Message), c.message)
			}
			if raw, _ := json.Marshal(got.Value); c.value != "" && string(raw) != c.value {
				t.Errorf("value = %s, want %s", raw, c.value)
			}
		})
	}
	partial := serve(t, answer(200, `{"status":"success","warnings":["store b did not answer"],"data":`+v("1")+`}`))
	if got := newBench(t).run("checks:\n  - {name: a, type: prometheus, query: up, url: '" + partial.URL + "'}\n").Checks[0]; got.Status != StatusWarned || text(got.Message) != "the server warns: store b did not answer" {
		t.Errorf("a partial result is %s, %q; want warned", got.Status, text(got.Message))
	}
	r := newBench(t).run("checks:\n  - {name: a, type: prometheus, query: up, url: '" + prometheus(t, v("0.02")).URL + "', expect: {max: 0.05, warn: {max: 0.01}}}\n")
	if got := r.Checks[0]; !r.Passed || got.Status != StatusWarned || got.Passed || text(got.Message) != `value <= 0.01 wanted without a warning (got 0.02 of {i="0"})` {
		t.Errorf("run passed = %v, %s, message %q; want a warning", r.Passed, got.Status, text(got.Message))
	}
}
