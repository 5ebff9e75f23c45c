package http

import (
	"cmp"
	"context"
	nethttp "net/http"
	"strings"
	"sync"

	"assay.rs/core"
)

// Config is what the module's clients have in common. The zero value is what scripts expect.
type Config struct {
	UserAgent string // empty is DefaultUserAgent

	// Answer answers a request in place of the network, or gives nil for one that it leaves to it. It runs on
	// the goroutine of the body of c, without the baton. nil leaves all.
	Answer func(c core.Call, r *nethttp.Request) (*nethttp.Response, error)
}

// New is the http client for scripts and checks.
func New(cfg Config) core.Module {
	m := &module{cfg, newTables()}
	class := responseClass()
	response := class.Type()
	module := core.Module{Name: "http", Doc: "Makes HTTP requests. A status of 400 and more is not an error; no answer is."}
	for _, v := range verbs() {
		module.Funcs = append(module.Funcs, m.function(v, response))
	}
	module.Funcs = append(module.Funcs, m.streamFunctions(response)...)
	module.Funcs = append(module.Funcs,
		core.Fn1(core.Doc{
			Name: "request", Text: "Makes any request.", Needs: core.Net, Level: core.Check, Raises: codes(),
			Examples: []string{`local r = http.request{method = "GET", url = URL .. "/health"}  assert.eq(r.status, 200)`},
		}, core.Arg("request", m.tables.request, "What to ask for."), core.Returns(response, "The answer."),
			func(c core.Call, r call) (*Response, error) { return m.request(c, nil, r) }),
		core.Fn1(core.Doc{
			Name: "client", Text: "Makes a client with defaults and connections of its own. It is closed when its task ends.",
			Needs: core.Net, Level: core.Check, Raises: []*core.Code{core.ErrDenied, errURL},
			Examples: []string{`local api = http.client{base_url = URL}  assert.eq(api:get("/health").status, 200)`, `local c = http.client{headers = {["X-Team"] = "a"}}  assert.eq(c:get(URL .. "/health").status, 200)`},
		}, core.Opt("options", m.tables.client, call{}, "The defaults of its requests."),
			core.Returns(m.clientClass(response).Type(), "The client."), m.client))
	return module
}

type module struct {
	cfg    Config
	tables tables
}

// verb is a method with a function of its own.
type verb struct {
	name, text string
	sends      bool // the second argument is a body
}

func verbs() []verb {
	return []verb{
		{"get", "Fetches `url`.", false},
		{"head", "Asks for the header of `url` alone.", false},
		{"delete", "Deletes what `url` names.", false},
		{"options", "Asks what can be done with `url`.", false},
		{"post", "Sends `body` to `url` to be processed.", true},
		{"put", "Puts `body` at `url`.", true},
		{"patch", "Changes what `url` names as `body` says.", true},
	}
}

func (v verb) doc(prefix string) core.Doc {
	example := prefix + v.name + `(URL .. "/health")  assert.eq(r.status, 200)`
	if v.sends {
		example = prefix + v.name + `(URL .. "/items", {name = "a"})  assert.is_true(r.ok)`
	}
	return core.Doc{Name: v.name, Text: v.text, Needs: core.Net, Level: core.Check, Raises: codes(), Examples: []string{example}}
}

func (v verb) call(to address, sent body, o call) (call, error) {
	if sent.given && o.body.given {
		return call{}, errTwoBodies
	}
	if sent.given {
		o.body = sent
	}
	o.method, o.to = strings.ToUpper(v.name), to
	return o, nil
}

const bodyText = "What to send. A table is sent as JSON, with `Content-Type: application/json` unless the headers have one; a string as it is."

func urlArgument() core.Param[address] {
	return core.Arg("url", addressType(), "Absolute URL. What may not stand in it is percent-encoded.")
}

// function declares http.get and its kin.
func (m *module) function(v verb, response core.Type[*Response]) core.Func {
	to := urlArgument()
	how := core.Opt("options", m.tables.options, call{}, "How to make the request.")
	answer := core.Returns(response, "The answer.")
	if !v.sends {
		return core.Fn2(v.doc("local r = http."), to, how, answer, func(c core.Call, to address, o call) (*Response, error) {
			return m.verb(c, nil, v, to, body{}, o)
		})
	}
	return core.Fn3(v.doc("local r = http."), to, core.Opt("body", bodyType(), body{}, bodyText), how, answer,
		func(c core.Call, to address, sent body, o call) (*Response, error) {
			return m.verb(c, nil, v, to, sent, o)
		})
}

// method declares the same for clients.
func (m *module) method(v verb, class *core.Object[*client], response core.Type[*Response]) core.Func {
	to := urlArgument()
	how := core.Opt("options", m.tables.options, call{}, "What is not as the client's defaults say.")
	answer := core.Returns(response, "The answer.")
	doc := v.doc("local c = http.client()  local r = c:")
	if !v.sends {
		return core.Fn3(doc, class.Self(), to, how, answer, func(c core.Call, own *client, to address, o call) (*Response, error) {
			return m.verb(c, own, v, to, body{}, o)
		})
	}
	return core.Fn4(doc, class.Self(), to, core.Opt("body", bodyType(), body{}, bodyText), how, answer,
		func(c core.Call, own *client, to address, sent body, o call) (*Response, error) {
			return m.verb(c, own, v, to, sent, o)
		})
}

func (m *module) verb(c core.Call, own *client, v verb, to address, sent body, o call) (*Response, error) {
	r, err := v.call(to, sent, o)
	if err != nil {
		return nil, err
	}
	return m.do(c, own, r)
}

func (m *module) request(c core.Call, own *client, r call) (*Response, error) {
	if r.to.url == "" && (own == nil || own.base == "") {
		return nil, errNoURL
	}
	return m.do(c, own, r)
}

// do makes a request and reads its answer.
func (m *module) do(c core.Call, own *client, r call) (*Response, error) {
	return m.send(c, own, r, func(ctx context.Context, use *Client, request Request) (*Response, error) {
		return use.Do(ctx, request)
	})
}

// send makes the attempts at a request, with a client of the script's or with the one that the VM has.
func (m *module) send(c core.Call, own *client, r call, once func(context.Context, *Client, Request) (*Response, error)) (*Response, error) {
	if err := r.readFiles(c.Root()); err != nil {
		return nil, err
	}
	use := own
	if use == nil {
		use = &client{Client: m.shared(c)}
	}
	request := Request{Method: r.method, URL: use.at(r.to.url), Harmless: r.harmless, Options: r.Options, Charge: c.Charge, proxies: r.to.proxies}
	var err error
	if request.Body, request.Stream, request.ContentType, err = r.sent(c.Root()); err != nil {
		return nil, err
	}
	try := func(ctx context.Context) (*Response, error) { return once(m.answering(ctx, c), use.Client, request) }
	if policy := cmp.Or(r.retry, use.retry); policy != nil {
		method := strings.ToUpper(r.method)
		if r.harmless {
			method = nethttp.MethodGet
		}
		return again(c, *policy, method, try)
	}
	return try(c.Context())
}

func (m *module) client(c core.Call, o call) (*client, error) {
	if err := o.readFiles(c.Root()); err != nil {
		return nil, err
	}
	if _, err := routeTo(o.Options).tls(); err != nil {
		return nil, err
	}
	if err := checkBase(o.base); err != nil {
		return nil, err
	}
	made := &client{Client: m.newClient(c, o.Options), retry: o.retry, base: o.base}
	c.Own(made.Client)
	return made, nil
}

func (m *module) newClient(c core.Call, o Options) *Client {
	defaults := Options{Headers: nethttp.Header{"User-Agent": {cmp.Or(m.cfg.UserAgent, DefaultUserAgent)}}}
	return NewClient(defaults.with(o), Environment{Dial: c.Dialer().DialContext})
}

// shared is the client of a VM that every task uses.
type shared struct {
	mu     sync.Mutex
	client *Client
	owned  bool
}

// shared is closed down to connections in use whenever the task that owns it ends; the next task that
// asks for it owns it then.
func (m *module) shared(c core.Call) *Client {
	s := core.Local[shared](c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		s.client = m.newClient(c, Options{})
	}
	if !s.owned {
		s.owned = true
		c.Own(s)
	}
	return s.client
}

// Close closes the connections that are not in use.
func (s *shared) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owned = false
	s.client.closeIdle()
	return nil
}
