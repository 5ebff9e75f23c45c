package serve

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
)

// router finds the route of a request. Each method has a tree of its own, since the trees of chi know a
// fixed set of methods: in each, all routes have one that stands for the tree's.
type router struct {
	trees   map[string]*tree // by method
	any     *tree            // of the methods that have none
	methods []string         // those with a tree, sorted
}

// inTree is the method that all routes of a tree have.
const inTree = http.MethodGet

type tree struct {
	mux    *chi.Mux
	routes map[string]*route // by pattern
	exact  map[string]*route // those whose pattern is a path
}

// newRouter refuses patterns that are none, and two that are the same.
func newRouter(all []route) (*router, error) {
	r := &router{trees: make(map[string]*tree), any: newTree()}
	var others []*route
	for i := range all {
		one := &all[i]
		if one.method == anyMethod {
			others = append(others, one)
			continue
		}
		t := r.trees[one.method]
		if t == nil {
			t = newTree()
			r.trees[one.method] = t
			r.methods = append(r.methods, one.method)
		}
		if err := t.add(one); err != nil {
			return nil, err
		}
	}
	slices.Sort(r.methods)
	for _, one := range others {
		if err := r.any.add(one); err != nil {
			return nil, err
		}
		for _, t := range r.trees {
			if t.routes[one.pattern] != nil {
				continue // the method's own counts more
			}
			if err := t.add(one); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

func newTree() *tree { return &tree{chi.NewMux(), make(map[string]*route), make(map[string]*route)} }

// add puts a route into the tree. chi panics at what it cannot take.
func (t *tree) add(r *route) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			text := strings.TrimPrefix(fmt.Sprint(reason), "chi: ")
			err = fmt.Errorf("%s[%q]: %s", r.method, r.pattern, text)
		}
	}()
	if t.routes[r.pattern] != nil {
		return fmt.Errorf("%s[%q]: the path is served twice", r.method, r.pattern)
	}
	t.mux.MethodFunc(inTree, r.pattern, nil)
	t.routes[r.pattern] = r
	if !strings.ContainsAny(r.pattern, "{*") {
		t.exact[r.pattern] = r
	}
	return nil
}

// found is where a request leads.
type found struct {
	route  *route
	params []param
}

// param is a parameter of a route, decoded.
type param struct{ name, value string }

// find gives the route of a request, or nil. HEAD goes where GET does, unless there is a route of its own.
func (r *router) find(method string, u *url.URL) found {
	path, raw := u.Path, false
	if u.RawPath != "" {
		path, raw = u.RawPath, true
	}
	if method == http.MethodHead {
		if t := r.trees[method]; t != nil {
			if f := t.find(path, raw); f.route != nil && f.route.method == method {
				return f
			}
		}
		method = http.MethodGet
	}
	t := r.trees[method]
	if t == nil {
		t = r.any
	}
	return t.find(path, raw)
}

func (t *tree) find(path string, raw bool) found {
	if r := t.exact[path]; r != nil || len(t.routes) == 0 {
		return found{route: r}
	}
	ctx := chi.Context{}
	matched := t.routes[t.mux.Find(&ctx, inTree, path)]
	if matched == nil || len(ctx.URLParams.Keys) == 0 {
		return found{route: matched}
	}
	f := found{route: matched, params: make([]param, len(ctx.URLParams.Keys))}
	for i, name := range ctx.URLParams.Keys {
		value := ctx.URLParams.Values[i]
		if raw {
			if decoded, err := url.PathUnescape(value); err == nil {
				value = decoded
			}
		}
		f.params[i] = param{name, value}
	}
	return f
}

// allowed are the methods that the path of u has routes for.
func (r *router) allowed(u *url.URL) []string {
	var methods []string
	for _, method := range r.methods {
		if r.find(method, u).route == nil {
			continue
		}
		methods = append(methods, method)
		if method == http.MethodGet && r.trees[http.MethodHead] == nil {
			methods = append(methods, http.MethodHead)
		}
	}
	return methods
}
