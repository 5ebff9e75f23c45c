package serve

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
	"assay.rs/mod-serve/internal/front"
)

// cors says which pages of other origins may use the server. See the Fetch standard.
type cors struct {
	origins, methods, headers, expose []string
	credentials                       bool
	maxAge                            time.Duration
}

func corsType() core.Type[*cors] {
	list := core.ListOf(core.String())
	table := core.Record("http.CORS", "Which pages of other origins may use the server.",
		core.NewKey("origins", list, func(c *cors) *[]string { return &c.origins }, "Origins such as `https://app.example.com`, `https://*.example.com`, or `*` for all.").Default(`{"*"}`),
		core.NewKey("methods", list, func(c *cors) *[]string { return &c.methods }, "The methods that they may use.").Default(`{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}`),
		core.NewKey("headers", list, func(c *cors) *[]string { return &c.headers }, "The header fields that they may send; without it, those that they ask for."),
		core.NewKey("expose", list, func(c *cors) *[]string { return &c.expose }, "The header fields of answers that they may read."),
		core.NewKey("credentials", core.Bool(), func(c *cors) *bool { return &c.credentials }, "Whether cookies are sent; the origins must then be named.").Default("false"),
		core.NewKey("max_age", core.Duration(), func(c *cors) *time.Duration { return &c.maxAge }, "How long a browser may remember this.").Default("600"))
	return core.Custom(spec.Type{Kind: spec.Union, Of: []spec.Type{{Kind: spec.Scalar, Name: "boolean"}, {Kind: spec.Ref, Name: "http.CORS"}}},
		func(c core.Call, v core.Value) (*cors, error) {
			if v.Kind() == core.KindBool && !v.Bool() {
				return nil, nil //nolint:nilnil // it is off
			}
			given := cors{
				origins: []string{"*"}, methods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}, maxAge: 10 * time.Minute,
			}
			if v.Kind() == core.KindBool {
				return &given, nil
			}
			given, err := core.ReadAs(c, table, v, given)
			if err != nil {
				return nil, err
			}
			return &given, given.check()
		}, nil)
}

func (c *cors) check() error {
	if c.credentials && slices.Contains(c.origins, "*") {
		return core.WithHint(fmt.Errorf("credentials are not for all origins"), "name the origins that may send cookies")
	}
	for _, list := range [][]string{c.methods, c.headers, c.expose} {
		for _, name := range list {
			if !front.IsToken(name) {
				return fmt.Errorf("%q is not the name of a method or of a header field", name)
			}
		}
	}
	for _, origin := range c.origins {
		if _, err := path.Match(origin, ""); err != nil || checkValue("", origin) != nil {
			return fmt.Errorf("%q is not an origin", origin)
		}
	}
	return nil
}

// answer marks the answer for the page that asks, and answers a preflight request itself.
func (c *cors) answer(req *request) bool {
	if c == nil {
		return false
	}
	h := req.out.Header()
	anyOrigin := slices.Contains(c.origins, "*")
	if !anyOrigin {
		h.Add("Vary", "Origin")
	}
	origin := req.Header.Get("Origin")
	if origin == "" || !anyOrigin && !c.permits(origin) {
		return false
	}
	if anyOrigin {
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Set("Access-Control-Allow-Origin", origin)
	}
	if c.credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if req.Method != http.MethodOptions || req.Header.Get("Access-Control-Request-Method") == "" {
		if len(c.expose) > 0 {
			h.Set("Access-Control-Expose-Headers", strings.Join(c.expose, ", "))
		}
		return false
	}
	c.preflight(req, h)
	return true
}

func (c *cors) preflight(req *request, h http.Header) {
	h.Set("Access-Control-Allow-Methods", strings.Join(c.methods, ", "))
	headers := strings.Join(c.headers, ", ")
	if c.headers == nil {
		headers = req.Header.Get("Access-Control-Request-Headers")
		h.Add("Vary", "Access-Control-Request-Headers")
	}
	if headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	}
	h.Set("Access-Control-Max-Age", strconv.Itoa(int(c.maxAge/time.Second)))
	req.server.send(req, answer{status: http.StatusNoContent})
}

func (c *cors) permits(origin string) bool {
	return slices.ContainsFunc(c.origins, func(pattern string) bool {
		ok, err := path.Match(pattern, origin)
		return err == nil && ok
	})
}
