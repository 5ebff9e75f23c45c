package http

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"assay.rs/core"
)

// responseClass is an answer in Lua.
func responseClass() *core.Object[*Response] {
	class := core.NewObject[*Response]("http.Response", "An answer.")
	core.Prop(class, "status", core.Int(), func(r *Response) int { return r.Status }, "The status code.")
	core.Prop(class, "ok", core.Bool(), (*Response).OK, "Whether the status is 200 to 299.")
	core.Prop(class, "body", core.Bytes(), func(r *Response) []byte { return r.Body }, "The body, decompressed.")
	core.Prop(class, "headers", core.MapOf(core.String()), (*Response).headers,
		"The header fields by lower-case name; the values of a repeated one are joined by `, `.")
	core.Prop(class, "header_values", core.MapOf(core.ListOf(core.String())), (*Response).headerValues,
		"All values of each header field, by lower-case name.")
	core.Prop(class, "url", core.String(), func(r *Response) string { return r.URL }, "The URL that answered, after redirects.")
	core.Prop(class, "tls", tlsType(), (*Response).tlsState, "The TLS connection that it came over, and the certificate of the server; nil without TLS.")
	core.Prop(class, "timings", timingsType(), func(r *Response) Timings { return r.Timings }, "Where the time went.")
	return class.Method(
		core.Fn1(core.Doc{
			Name: "json", Text: "Reads the body as JSON. A null is nil.",
			Needs: core.Pure, Level: core.Check, Raises: []*core.Code{core.ErrJSONSyntax, core.ErrJSONLimit},
			Examples: []string{`local r = http.get(URL .. "/health")  assert.eq(r:json().status, "ok")`},
		}, class.Self(), core.Returns(core.Any(), "What the body says."), readJSON),
	).ToString(func(r *Response) string {
		shown, _, _ := strings.Cut(r.URL, "?") // a query may hold a secret
		return fmt.Sprintf("http.Response: %d from %s, %d bytes", r.Status, shown, len(r.Body))
	})
}

func timingsType() core.Type[Timings] {
	part := func(name string, at func(*Timings) *time.Duration, text string) core.Key[Timings] {
		return core.NewKey(name, core.Duration(), at, text)
	}
	return core.Record("http.Timings", "Times in seconds. What did not happen is 0; what redirects repeat is added up.",
		part("dns", func(t *Timings) *time.Duration { return &t.DNS }, "Looking the name up."),
		part("connect", func(t *Timings) *time.Duration { return &t.Connect }, "Making the connection."),
		part("tls", func(t *Timings) *time.Duration { return &t.TLS }, "The TLS handshake."),
		part("first_byte", func(t *Timings) *time.Duration { return &t.FirstByte }, "From the start to the first byte of the answer."),
		part("total", func(t *Timings) *time.Duration { return &t.Total }, "From the start to the end of the body."),
	)
}

func readJSON(c core.Call, r *Response) (core.Value, error) {
	v, err := core.DecodeJSON(c, string(r.Body), false)
	if err == nil {
		return v, nil
	}
	var known *core.Error
	if !errors.As(err, &known) || known.Code == nil {
		return v, err
	}
	kind := r.Header.Get("Content-Type")
	if kind == "" {
		kind = "missing"
	}
	return v, known.Code.With(fmt.Errorf("the body is not JSON: %w", err),
		fmt.Sprintf("status %d, content-type %s, %s", r.Status, kind, excerpt(r.Body)))
}

// excerpt shows how a body begins, on one line.
func excerpt(body []byte) string {
	const limit = 60
	switch text := strings.TrimSpace(string(body)); {
	case len(body) == 0:
		return "no body"
	case len(text) <= limit:
		return fmt.Sprintf("body %q", text)
	default:
		return fmt.Sprintf("body begins with %q", cut(text, limit))
	}
}

// client is a client in Lua.
type client struct {
	*Client
	retry *core.Retry
	base  string // what URLs without a scheme go on from, or empty
}

// at is where a request of the client goes.
func (c *client) at(url string) string {
	before, _, _ := strings.Cut(url, "://")
	switch {
	case c.base == "" || url != before && isScheme(before):
		return url
	case url == "" || url[0] == '?':
		return c.base + url
	}
	return strings.TrimSuffix(c.base, "/") + "/" + strings.TrimPrefix(url, "/")
}

// checkBase refuses what no URL can go on from. The error shows no credentials.
func checkBase(base string) error {
	if base == "" {
		return nil
	}
	if strings.ContainsAny(base, "?#") {
		return errURL.With(errors.New("option 'base_url': it has a query or a fragment"), "give option 'query' to add to each request")
	}
	_, err := parseURL(base)
	return err
}

// clientSize is about what a client takes beside its options, with the connections that it keeps.
const clientSize = 4 << 10

// Holds implements [core.Holder].
func (c *client) Holds(held core.Held) {
	held.Bytes(clientSize)
	held.Text(c.base)
	o := &c.defaults
	for _, texts := range []map[string][]string{o.Headers, o.Query} {
		for name, values := range texts {
			held.Text(name)
			held.Text(values...)
		}
	}
	for from, to := range o.Resolve {
		held.Text(from, to)
	}
	held.Text(o.TLS.CA, o.TLS.Cert, o.TLS.Key, o.TLS.ServerName, o.UnixSocket)
	if o.Auth != nil {
		held.Text(o.Auth.Username, o.Auth.Password, o.Auth.Bearer)
	}
}

func (m *module) clientClass(response core.Type[*Response]) *core.Object[*client] {
	class := core.NewObject[*client]("http.Client", "Makes requests with defaults and connections of its own. It is closed when its task ends.")
	for _, v := range verbs() {
		class.Method(m.method(v, class, response))
	}
	class.Method(m.streamMethods(class, response)...)
	return class.Method(
		core.Fn2(core.Doc{
			Name: "request", Text: "Makes any request.", Needs: core.Net, Level: core.Check, Raises: codes(),
			Examples: []string{`local c = http.client()  assert.eq(c:request{method = "GET", url = URL .. "/health"}.status, 200)`},
		}, class.Self(), core.Arg("request", m.tables.request, "What to ask for."), core.Returns(response, "The answer."),
			func(c core.Call, own *client, r call) (*Response, error) { return m.request(c, own, r) }),
		core.Fn1(core.Doc{
			Name: "close", Text: "Closes the connections. Further requests are errors.", Needs: core.Net, Level: core.Check,
			Examples: []string{`local c = http.client()  c:close()`},
		}, class.Self(), core.ReturnsNothing(), func(c core.Call, own *client) (core.None, error) {
			c.Disown(own.Client)
			return core.None{}, own.Close()
		}),
	).Close((*client).Close)
}
