package check

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"assay.rs/check/internal/redact"
	"assay.rs/mod-data/yaml"
	assayhttp "assay.rs/mod-http"
)

// httpOptions are the options of http.get that checks have as well, by the same names.
type httpOptions struct {
	trust          trust
	query          []manyNamed
	auth           authOptions
	resolve        []Named
	proxy          Template
	noProxy        bool
	unixSocket     Template
	connectTimeout time.Duration
	maxRedirects   int // -1 is the client's own limit
	maxBody        int // bytes; 0 is the client's own limit
}

func newHTTPOptions() httpOptions { return httpOptions{maxRedirects: -1} }

// manyNamed is a name with one or more texts.
type manyNamed struct {
	name  string
	texts []Template
}

func (h *httpOptions) keys() []Key {
	return append(h.connectKeys(),
		optionKey("max_redirects", Int(&h.maxRedirects, 0, 100)),
		optionKey("max_body", Int(&h.maxBody, 1, 1<<30)),
	)
}

// connectKeys are those that say where to, how and as whom.
func (h *httpOptions) connectKeys() []Key {
	return append(h.trust.keys(),
		optionKey("query", manyTexts(&h.query)),
		optionKey("auth", Section("auth", h.auth.keys)),
		optionKey("resolve", Texts(&h.resolve, illegalHostPort)),
		optionKey("proxy", h.proxyValue()),
		optionKey("unix_socket", Text(&h.unixSocket)),
		optionKey("connect_timeout", Duration(&h.connectTimeout, false)),
	)
}

func optionKey(name string, v Value) Key {
	return Key{Name: name, Text: assayhttp.OptionText(name), Value: v}
}

func (h *httpOptions) proxyValue() Value {
	text := Text(&h.proxy)
	return Value{func() schema { return schema{"anyOf": []any{text.schema(), schema{"const": false}}} }, func(r *Reader, n *yaml.Node) {
		if h.noProxy = n.Kind == yaml.Bool && n.Value == false; !h.noProxy {
			text.read(r, n)
		}
	}}
}

func illegalHostPort(name string) string {
	if _, _, err := net.SplitHostPort(name); err != nil {
		return fmt.Sprintf("%q must be host:port", clip(name))
	}
	return ""
}

// manyTexts reads a map of names to a text or a list of them.
func manyTexts(into *[]manyNamed) Value {
	scalar := schema{"type": []any{"string", "number", "boolean"}}
	return Value{func() schema {
		return schema{"type": "object", "additionalProperties": schema{"anyOf": []any{scalar, schema{"type": "array", "items": scalar, "minItems": 1}}}}
	}, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.Map {
			r.Fail(n, "must be a map of names to texts, not %s", describe(n))
			return
		}
		out := slices.Clone(*into)
		for _, p := range n.Pairs {
			list := []*yaml.Node{p.Value}
			if p.Value.Kind == yaml.List {
				list = p.Value.Items
			}
			m := manyNamed{name: p.Key}
			for _, item := range list {
				text, ok := scalarText(item)
				if !ok {
					r.Fail(item, "'%s' must be a string, not %s", clip(p.Key), describe(item))
					continue
				}
				if t, ok := r.template(item, text); ok {
					m.texts = append(m.texts, t)
				}
			}
			out = slices.DeleteFunc(out, func(have manyNamed) bool { return have.name == p.Key })
			out = append(out, m)
		}
		*into = out
	}}
}

// values expands what was read by manyTexts.
func values(list []manyNamed, a Attempt) (url.Values, error) {
	out := url.Values{}
	for _, m := range list {
		for _, t := range m.texts {
			text, err := t.Expand(a.Captures)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			out.Add(m.name, text)
		}
	}
	return out, nil
}

func (h *httpOptions) prepare(p *Prep) {
	h.trust.prepare(p)
	h.auth.prepare(p)
	if h.unixSocket.Set() && h.proxy.Set() {
		p.Fail([]string{"proxy"}, "a unix socket is not reached through a proxy: give one of both")
	}
}

// fill puts the options into a request.
func (h *httpOptions) fill(req *request, a Attempt) error {
	o := &req.options
	var err error
	if o.TLS, err = h.trust.options(a); err != nil {
		return err
	}
	query, err := values(h.query, a)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	if len(query) > 0 {
		req.url = withQuery(req.url, query)
	}
	if o.Auth, err = h.auth.expand(a); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	for _, r := range h.resolve {
		to, err := r.Text.Expand(a.Captures)
		if err != nil {
			return fmt.Errorf("resolve %s: %w", r.Name, err)
		}
		if o.Resolve == nil {
			o.Resolve = map[string]string{}
		}
		o.Resolve[strings.ToLower(r.Name)] = to
	}
	if err := h.route(o, a); err != nil {
		return err
	}
	o.ConnectTimeout, o.MaxBody = h.connectTimeout, int64(h.maxBody)
	if h.maxRedirects >= 0 {
		o.MaxRedirects = &h.maxRedirects
	}
	return nil
}

func (h *httpOptions) route(o *assayhttp.Options, a Attempt) error {
	switch {
	case h.noProxy:
		o.Proxy = new(string)
	case h.proxy.Set():
		proxy, err := h.proxy.Expand(a.Captures)
		if err != nil {
			return fmt.Errorf("proxy: %w", err)
		}
		o.Proxy = &proxy
	}
	socket, err := h.unixSocket.Expand(a.Captures)
	if err != nil {
		return fmt.Errorf("unix_socket: %w", err)
	}
	o.UnixSocket = socket
	return nil
}

// withQuery adds parameters to those that a URL has, in front of its fragment.
func withQuery(target string, query url.Values) string {
	base, fragment, cut := strings.Cut(target, "#")
	separator := "?"
	if strings.Contains(base, "?") {
		separator = "&"
		if strings.HasSuffix(base, "?") || strings.HasSuffix(base, "&") {
			separator = ""
		}
	}
	base += separator + query.Encode()
	if cut {
		base += "#" + fragment
	}
	return base
}

// authOptions is who the request comes from.
type authOptions struct {
	username, password, bearer Template
	bearerFile                 string
}

func (o *authOptions) keys() []Key {
	return []Key{
		{Name: "username", Text: "For basic authentication.", Value: Text(&o.username)},
		{Name: "password", Text: "For basic authentication.", Value: Text(&o.password)},
		{Name: "bearer", Text: "A token.", Value: Text(&o.bearer)},
		{Name: "bearer_file", Text: "A file with a token. It is read again for each attempt, since tokens in pods are renewed.", Value: Word(&o.bearerFile)},
	}
}

func (o *authOptions) prepare(p *Prep) {
	ways := 0
	for _, given := range []bool{o.username.Set() || o.password.Set(), o.bearer.Set(), o.bearerFile != ""} {
		if given {
			ways++
		}
	}
	if ways > 1 {
		p.Fail([]string{"auth"}, "give a username and a password, or bearer, or bearer_file")
	}
	if o.password.Set() && !o.username.Set() {
		p.Fail([]string{"auth"}, "a password needs a username")
	}
	if ways == 0 && p.Has("auth") {
		p.Fail([]string{"auth"}, "says nothing: give a username and a password, or bearer, or bearer_file")
	}
	if o.bearerFile != "" {
		o.bearerFile = p.r.find(o.bearerFile)
	}
}

// maxToken is how large a file with a token may be.
const maxToken = 64 << 10

// expand gives the credentials, which are secrets from then on; nil is none.
func (o *authOptions) expand(a Attempt) (*assayhttp.Auth, error) {
	var auth assayhttp.Auth
	for _, part := range []struct {
		from Template
		into *string
	}{{o.username, &auth.Username}, {o.password, &auth.Password}, {o.bearer, &auth.Bearer}} {
		text, err := part.from.Expand(a.Captures)
		if err != nil {
			return nil, err
		}
		*part.into = text
	}
	if o.bearerFile != "" {
		text, err := readFile(o.bearerFile, maxToken)
		if err != nil {
			return nil, fmt.Errorf("bearer_file %s: %w", o.bearerFile, err)
		}
		auth.Bearer = strings.TrimSpace(string(text))
		if auth.Bearer == "" {
			return nil, fmt.Errorf("bearer_file %s is empty", o.bearerFile)
		}
	}
	switch {
	case o.bearer.Set() && auth.Bearer == "":
		return nil, errors.New("bearer is empty")
	case o.username.Set() && auth.Username == "":
		return nil, errors.New("username is empty")
	case auth.Username == "" && auth.Bearer == "":
		return nil, nil //nolint:nilnil // none
	}
	a.Hide(auth.Password)
	a.Hide(auth.Bearer)
	return &auth, nil
}

// curlOptions are the options as curl has them.
func (h *httpOptions) curlOptions(o assayhttp.Options) string {
	var b strings.Builder
	add := func(flag, value string) {
		if value != "" {
			b.WriteString(" " + flag + " " + shell(value))
		}
	}
	if h.trust.insecure {
		b.WriteString(" -k")
	}
	add("--cacert", h.trust.caFile)
	add("--cert", h.trust.certFile)
	add("--key", h.trust.keyFile)
	if o.Auth != nil && o.Auth.Username != "" {
		add("-u", o.Auth.Username+":"+redact.Mask)
	} else if o.Auth != nil {
		add("-H", "Authorization: Bearer "+redact.Mask)
	}
	if o.Proxy != nil && *o.Proxy != "" {
		add("-x", *o.Proxy)
	} else if o.Proxy != nil {
		add("--noproxy", "*")
	}
	add("--unix-socket", o.UnixSocket)
	for _, r := range h.resolve {
		// curl writes host:port:address, without the port that it connects to.
		if host, _, err := net.SplitHostPort(o.Resolve[strings.ToLower(r.Name)]); err == nil {
			add("--resolve", r.Name+":"+host)
		}
	}
	return b.String()
}
