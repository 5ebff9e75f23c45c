package serve

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// figures are what a server counts.
type figures struct {
	inFlight    atomic.Int64
	connections atomic.Int64

	mu     sync.Mutex
	series map[series]*histogram
}

// series is what figures are about.
type series struct{ method, route string }

// bounds are the upper ends of the buckets, in seconds: those that Prometheus' clients have.
func bounds() []float64 {
	return []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
}

type histogram struct {
	buckets  []int64 // each counts what is within its bound and not within the one before
	count    int64
	sum      float64
	statuses map[int]int64 // how many of the answers had each
}

func (f *figures) count(req *request, took time.Duration) {
	of := series{method: knownMethod(req.Method)}
	if req.found.route != nil {
		of.route = req.found.route.pattern
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.series[of]
	if h == nil {
		if f.series == nil {
			f.series = make(map[series]*histogram)
		}
		h = &histogram{buckets: make([]int64, len(bounds())), statuses: make(map[int]int64)}
		f.series[of] = h
	}
	seconds := took.Seconds()
	if i, _ := slices.BinarySearch(bounds(), seconds); i < len(h.buckets) {
		h.buckets[i]++
	}
	h.count++
	h.sum += seconds
	h.statuses[req.out.status]++
}

// knownMethod keeps clients from making a series for each name that they think of.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// metrics are all figures in Prometheus' text format.
func (s *server) metrics() string {
	var b strings.Builder
	s.figures.write(&b)
	usage := s.usage()
	gauge(&b, "assay_http_requests_in_flight", "Requests that are being answered.", s.figures.inFlight.Load())
	gauge(&b, "assay_http_connections", "Open connections.", s.figures.connections.Load())
	gauge(&b, "assay_lua_memory_bytes", "Memory that the script holds.", max(usage.Memory, 0))
	gauge(&b, "assay_tasks", "Tasks of the script.", int64(usage.Tasks))
	return b.String()
}

func gauge(b *strings.Builder, name, help string, value int64) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s gauge\n%s %d\n", name, help, name, name, value)
}

func (f *figures) write(b *strings.Builder) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b.WriteString("# HELP assay_http_requests_total Requests that were answered.\n# TYPE assay_http_requests_total counter\n")
	all := slices.SortedFunc(maps.Keys(f.series), compareSeries)
	for _, of := range all {
		h := f.series[of]
		for _, status := range slices.Sorted(maps.Keys(h.statuses)) {
			fmt.Fprintf(b, "assay_http_requests_total{%s,status=\"%d\"} %d\n", of.labels(), status, h.statuses[status])
		}
	}
	const name = "assay_http_request_duration_seconds"
	fmt.Fprintf(b, "# HELP %s How long answers took.\n# TYPE %s histogram\n", name, name)
	for _, of := range all {
		h, sum := f.series[of], int64(0)
		for i, bound := range bounds() {
			sum += h.buckets[i]
			fmt.Fprintf(b, "%s_bucket{%s,le=\"%s\"} %d\n", name, of.labels(), strconv.FormatFloat(bound, 'g', -1, 64), sum)
		}
		fmt.Fprintf(b, "%s_bucket{%s,le=\"+Inf\"} %d\n", name, of.labels(), h.count)
		fmt.Fprintf(b, "%s_sum{%s} %g\n%s_count{%s} %d\n", name, of.labels(), h.sum, name, of.labels(), h.count)
	}
}

func (of series) labels() string {
	return fmt.Sprintf("method=%q,route=\"%s\"", of.method, strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(of.route))
}

func compareSeries(a, b series) int {
	return cmp.Or(cmp.Compare(a.route, b.route), cmp.Compare(a.method, b.method))
}
