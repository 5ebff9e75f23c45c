package mock

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"assay.rs/core"
)

// servers are the mocks of one VM, the latest first.
type servers struct {
	mu  sync.Mutex
	all []*server
}

// server is what one call of mock.http answers.
type server struct {
	routes   []*route
	requests core.Table
}

// route answers the requests that one key matches.
type route struct {
	key    string
	method string // empty is all
	url    *url.URL
	prefix bool       // the path goes on with anything
	any    bool       // every URL
	query  url.Values // nil is any
	rank   int        // how much of the URL it says

	mu      sync.Mutex
	answers []core.Value // one after the other
	next    int
}

func addServer(c core.Call, routes []*route) (core.Value, error) {
	s := &server{routes: routes, requests: c.NewArray(0)}
	kept := core.Local[servers](c)
	kept.mu.Lock()
	defer kept.mu.Unlock()
	kept.all = append([]*server{s}, kept.all...)
	shown := c.NewTable(1)
	shown.Set("requests", s.requests.Value())
	return shown.Value(), nil
}

// parseRoutes reads the table that mock.http is given.
func parseRoutes(c core.Call, v core.Value) ([]*route, error) {
	table, ok := v.Table()
	if !ok {
		return nil, fmt.Errorf("table expected, got %s", v.TypeName())
	}
	var routes []*route
	err := table.Each(func(k, v core.Value) error {
		key, ok := k.Text()
		if !ok {
			return fmt.Errorf("key %s: text such as \"GET http://api/health\" expected", k.TypeName())
		}
		r, err := parseRoute(key)
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		if r.answers, err = parseAnswers(c, v); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		routes = append(routes, r)
		return nil
	})
	slices.SortFunc(routes, func(a, b *route) int { return cmp.Or(b.rank-a.rank, strings.Compare(a.key, b.key)) })
	return routes, err
}

func parseRoute(key string) (*route, error) {
	r := &route{key: key}
	pattern := key
	if method, rest, ok := strings.Cut(key, " "); ok {
		if strings.ToUpper(method) != method {
			return nil, fmt.Errorf("the method %s is not in capitals", method)
		}
		r.method, pattern = strings.TrimPrefix(method, "*"), strings.TrimSpace(rest)
	}
	pattern, r.prefix = strings.CutSuffix(pattern, "*")
	r.rank = len(pattern) * 2
	if !r.prefix {
		r.rank++
	}
	if pattern == "" && r.prefix {
		r.any = true
		return r, nil
	}
	parsed, err := url.Parse(pattern)
	if err != nil {
		return nil, errors.New("its URL cannot be read")
	}
	if parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" {
		return nil, errors.New("an absolute URL expected, such as http://api/health")
	}
	if parsed.Path == "" && !r.prefix {
		parsed.Path = "/"
	}
	if parsed.RawQuery != "" {
		r.query = parsed.Query()
	}
	r.url = parsed
	return r, nil
}

// matches tells whether the route answers a request.
func (r *route) matches(q *http.Request) bool {
	switch {
	case r.method != "" && r.method != q.Method:
		return false
	case r.any:
		return true
	case r.url.Scheme != q.URL.Scheme || !strings.EqualFold(r.url.Host, q.URL.Host):
		return false
	}
	path := cmp.Or(q.URL.Path, "/")
	switch {
	case r.prefix && r.query != nil:
		return path == r.url.Path && strings.HasPrefix(q.URL.RawQuery, r.url.RawQuery)
	case r.prefix:
		return strings.HasPrefix(path, r.url.Path)
	}
	return path == r.url.Path && (r.query == nil || r.query.Encode() == q.URL.Query().Encode())
}

// turn is the answer to the next request.
func (r *route) turn() core.Value {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer := r.answers[min(r.next, len(r.answers)-1)]
	r.next++
	return answer
}

// Answer answers a request of the body of c, without the baton and on the body's goroutine. It gives nothing
// when the test mocks no HTTP. A request that no mock matches is an error.
func Answer(c core.Call, q *http.Request) (*http.Response, error) {
	kept := core.Local[servers](c)
	kept.mu.Lock()
	all := kept.all
	kept.mu.Unlock()
	if len(all) == 0 {
		return nil, nil //nolint:nilnil // the network answers
	}
	var body []byte
	if q.Body != nil {
		var err error
		if body, err = io.ReadAll(q.Body); err != nil {
			return nil, err
		}
		_ = q.Body.Close() // it was read to its end
	}
	for _, s := range all {
		for _, r := range s.routes {
			if r.matches(q) {
				return s.answer(c, r, q, body)
			}
		}
	}
	return nil, unmatched(all, q)
}

func unmatched(all []*server, q *http.Request) error {
	var keys []string
	for _, s := range all {
		for _, r := range s.routes {
			keys = append(keys, r.key)
		}
	}
	slices.Sort(keys)
	hint := "mock.http answers nothing here"
	if len(keys) > 0 {
		hint = "mock.http answers " + strings.Join(keys, ", ")
	}
	return core.WithHint(fmt.Errorf("no mock answers %s %s", q.Method, q.URL.Redacted()), hint)
}
