package http

import (
	"errors"
	"fmt"
	nethttp "net/http"
	"net/url"
	"slices"
	"time"

	"assay.rs/core"
)

// call is what the option tables say: of a request, or of a client. They are one Go type, since the code
// that declares the keys would be compiled for each.
type call struct {
	Options
	method                    string
	to                        address
	body, form                body
	parts                     []part
	retry                     *core.Retry
	caFile, certFile, keyFile string
	harmless                  bool   // it may be repeated, whatever its method
	lines                     bool   // a stream is read by lines
	base                      string // of a client: what its requests are at
}

// tables are the option tables of the module, made once for all functions.
type tables struct {
	options, request core.Type[call]
	stream, transfer core.Type[call] // of http.stream; of downloads and events
	client           core.Type[call]
}

func newTables() tables {
	common, sent := keys(), bodyKeys()
	method := core.NewKey("method", core.String(), func(o *call) *string { return &o.method }, "Any method.").Default(`"GET"`)
	target := core.NewKey("url", addressType(), func(o *call) *address { return &o.to }, "Absolute URL. Required.")
	transfer := slices.Concat([]core.Key[call]{method}, sent, common)
	lines := core.NewKey("lines", core.Bool(), func(o *call) *bool { return &o.lines },
		"Call the function for each line, without its line ending. `max_body` then bounds each line too, to 16 MB unless it is given.").Default("false")
	base := core.NewKey("base_url", core.String(), func(o *call) *string { return &o.base },
		"What the URLs of requests go on from, unless they have a scheme: `/users` is then at `http://api/v1/users` when this is `http://api/v1`.")
	return tables{
		options:  core.Record("http.Options", "How to make a request.", slices.Concat(common, sent)...),
		stream:   core.Record("http.StreamOptions", "How to make the request.", slices.Concat([]core.Key[call]{lines}, transfer)...),
		transfer: core.Record("http.TransferOptions", "How to make the request.", transfer...),
		request:  core.Record("http.Request", "What to ask for, and how.", slices.Concat([]core.Key[call]{target, method}, sent, common)...),
		client:   core.Record("http.ClientOptions", "How a client makes requests, unless the options of a request say otherwise.", slices.Concat([]core.Key[call]{base}, common)...),
	}
}

// bodyKeys are what a request may send, one of them.
func bodyKeys() []core.Key[call] {
	return []core.Key[call]{
		core.NewKey("body", bodyType(), func(o *call) *body { return &o.body },
			"What to send. A table is sent as JSON, with `Content-Type: application/json` unless the headers have one."),
		core.NewKey("form", formType(), func(o *call) *body { return &o.form }, OptionText("form")),
		core.NewKey("multipart", multipartType(), func(o *call) *[]part { return &o.parts },
			"Fields and files to send as `multipart/form-data`: a table of fields, or an array of parts."),
	}
}

// keys are those that every option table has.
func keys() []core.Key[call] {
	return slices.Concat([]core.Key[call]{
		core.NewKey("headers", headersType(), func(o *call) *nethttp.Header { return &o.Headers },
			"Header fields; an array sends a field several times."),
		core.NewKey("query", queryType(), func(o *call) *url.Values { return &o.Query }, OptionText("query")),
		core.NewKey("timeout", limitType(), func(o *call) *time.Duration { return &o.Timeout },
			"For the whole answer with its redirects, in seconds. With `retry`, for each attempt.").Default("30"),
		core.NewKey("connect_timeout", limitType(), func(o *call) *time.Duration { return &o.ConnectTimeout }, OptionText("connect_timeout")),
		core.NewKey("retry", core.Nullable(core.RetryOptions()), func(o *call) **core.Retry { return &o.retry },
			"Try again. Without `on`, after a failure and after a status of 408, 425, 429 or 500 and more; POST and PATCH only "+
				"when there was no connection. The last answer is the result, whatever its status. `Retry-After` is heeded."),
		core.NewKey("follow_redirects", core.Bool(), func(o *call) *bool { return set(&o.FollowRedirects) },
			"Follow redirects, without credentials when the host changes; otherwise a redirect is the answer.").Default("true"),
		core.NewKey("max_redirects", countType(0), func(o *call) *int { return set(&o.MaxRedirects) }, OptionText("max_redirects")).Default("10"),
		core.NewKey("auth", authType(), func(o *call) *Auth { return set(&o.Auth) }, OptionText("auth")),
		core.NewKey("cookies", cookiesType(), func(o *call) *Cookies { return &o.Cookies },
			"Cookies to send, by name; or true to keep what servers set and to send it back: a client keeps it for all its "+
				"requests, a single request for its redirects."),
		core.NewKey("max_body", countType[int64](1), func(o *call) *int64 { return &o.MaxBody }, OptionText("max_body")).Default("16777216"),
	}, tlsKeys(func(o *call) *call { return o }), routeKeys())
}

// tlsKeys are those of whom to trust and who to be; in finds the options within an O.
func tlsKeys[O any](in func(*O) *call) []core.Key[O] {
	return []core.Key[O]{
		tlsKey("ca_cert", core.String(), func(o *O) *string { return &in(o).TLS.CA }),
		tlsKey("ca_cert_file", core.String(), func(o *O) *string { return &in(o).caFile }),
		tlsKey("client_cert", core.String(), func(o *O) *string { return &in(o).TLS.Cert }),
		tlsKey("client_cert_file", core.String(), func(o *O) *string { return &in(o).certFile }),
		tlsKey("client_key", core.String(), func(o *O) *string { return &in(o).TLS.Key }),
		tlsKey("client_key_file", core.String(), func(o *O) *string { return &in(o).keyFile }),
		tlsKey("insecure", core.Bool(), func(o *O) *bool { return set(&in(o).TLS.Insecure) }).Default("false"),
		tlsKey("server_name", core.String(), func(o *O) *string { return &in(o).TLS.ServerName }),
	}
}

func tlsKey[O, F any](name string, of core.Type[F], at func(*O) *F) core.Key[O] {
	return core.NewKey(name, of, at, OptionText(name))
}

func routeKeys() []core.Key[call] {
	return []core.Key[call]{
		core.NewKey("proxy", proxyType(), func(o *call) **string { return &o.Proxy }, OptionText("proxy")),
		core.NewKey("unix_socket", socketType(), func(o *call) *string { return &o.UnixSocket }, OptionText("unix_socket")),
		core.NewKey("resolve", resolveType(), func(o *call) *map[string]string { return &o.Resolve }, OptionText("resolve")),
	}
}

// set makes room for a value that may also be left out.
func set[T any](at **T) *T {
	*at = new(T)
	return *at
}

func authType() core.Type[Auth] {
	return core.Record("http.Auth", "A name and a password, a bearer token, or a file with one.",
		core.NewKey("username", core.String(), func(a *Auth) *string { return &a.Username }, "For basic authentication."),
		core.NewKey("password", core.String(), func(a *Auth) *string { return &a.Password }, "For basic authentication."),
		core.NewKey("bearer", core.String(), func(a *Auth) *string { return &a.Bearer }, "A token."),
		core.NewKey("bearer_file", tokenFileType(), func(a *Auth) *func() (string, error) { return &a.BearerFrom },
			"A file with a token. It is read again for each attempt, since tokens in pods are renewed."),
	)
}

// maxPEM is how large a file of certificates may be.
const maxPEM = 1 << 20

// maxToken is how large a file with a token may be.
const maxToken = 64 << 10

// sent is what a request sends, and its type.
func (o *call) sent(root core.Root) (text []byte, stream *Stream, kind string, err error) {
	given := 0
	for _, is := range []bool{o.body.given, o.form.given, len(o.parts) > 0} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, nil, "", errTwoForms
	case len(o.parts) > 0:
		stream, kind, err = encodeParts(root, o.parts)
		return nil, stream, kind, err
	case o.form.given:
		return o.form.bytes, nil, o.form.kind, nil
	}
	return o.body.bytes, nil, o.body.kind, nil
}

// readFiles reads the files that the options name.
func (o *call) readFiles(root core.Root) error {
	for _, file := range []struct {
		option, path string
		text         *string
	}{
		{"ca_cert", o.caFile, &o.TLS.CA},
		{"client_cert", o.certFile, &o.TLS.Cert},
		{"client_key", o.keyFile, &o.TLS.Key},
	} {
		if file.path == "" {
			continue
		}
		if *file.text != "" {
			return fmt.Errorf("options '%s' and '%s_file' exclude each other", file.option, file.option)
		}
		text, err := root.ReadFile(file.path, maxPEM)
		if err != nil {
			return fmt.Errorf("option '%s_file': %w", file.option, err)
		}
		if *file.text = string(text); len(text) == 0 {
			return fmt.Errorf("option '%s_file': %s is empty", file.option, file.path)
		}
	}
	return nil
}

var (
	errTwoBodies = errors.New("the body is given twice: as an argument and as option 'body'")
	errTwoForms  = errors.New("options 'body', 'form' and 'multipart' exclude each other")
	errNoPath    = errors.New("argument 'path' is empty")
	errNoURL     = errors.New("option 'url' is missing")
)
