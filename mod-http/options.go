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

// options are the options of a call or a client in Lua.
type options struct {
	Options
	body, form                body
	parts                     []part
	retry                     *core.Retry
	caFile, certFile, keyFile string
}

// call is what http.request takes.
type call struct {
	options
	method string
	to     address
}

func optionsType() core.Type[options] {
	same := func(o *options) *options { return o }
	return core.Record("http.Options", "How to make a request.", append(keys(same), bodyKeys(same)...)...)
}

func clientOptionsType() core.Type[options] {
	return core.Record("http.ClientOptions", "How a client makes requests, unless the options of a request say otherwise.",
		keys(func(o *options) *options { return o })...)
}

func requestType() core.Type[call] {
	inner := func(r *call) *options { return &r.options }
	own := []core.Key[call]{
		core.NewKey("url", addressType(), func(r *call) *address { return &r.to }, "Absolute URL. Required."),
		core.NewKey("method", core.String(), func(r *call) *string { return &r.method }, "Any method.").Default(`"GET"`),
	}
	return core.Record("http.Request", "What to ask for, and how.", slices.Concat(own, bodyKeys(inner), keys(inner))...)
}

// bodyKeys are what a request may send, one of them.
func bodyKeys[O any](in func(*O) *options) []core.Key[O] {
	return []core.Key[O]{
		core.NewKey("body", bodyType(), func(o *O) *body { return &in(o).body },
			"What to send. A table is sent as JSON, with `Content-Type: application/json` unless the headers have one."),
		core.NewKey("form", formType(), func(o *O) *body { return &in(o).form },
			"Fields to send as `application/x-www-form-urlencoded`; an array sends a field several times."),
		core.NewKey("multipart", multipartType(), func(o *O) *[]part { return &in(o).parts },
			"Fields and files to send as `multipart/form-data`: a table of fields, or an array of parts."),
	}
}

// keys are those that every option table has; in finds the options within an O.
func keys[O any](in func(*O) *options) []core.Key[O] {
	return slices.Concat([]core.Key[O]{
		core.NewKey("headers", headersType(), func(o *O) *nethttp.Header { return &in(o).Headers },
			"Header fields; an array sends a field several times."),
		core.NewKey("query", queryType(), func(o *O) *url.Values { return &in(o).Query },
			"Parameters, encoded and added to the query of the URL; an array adds one several times."),
		core.NewKey("timeout", limitType(), func(o *O) *time.Duration { return &in(o).Timeout },
			"For the whole answer with its redirects, in seconds. With `retry`, for each attempt.").Default("30"),
		core.NewKey("connect_timeout", limitType(), func(o *O) *time.Duration { return &in(o).ConnectTimeout },
			"For making a connection, and again for its TLS handshake, in seconds. Without it `timeout` is the limit."),
		core.NewKey("retry", core.Nullable(core.RetryOptions()), func(o *O) **core.Retry { return &in(o).retry },
			"Try again. Without `on`, after a failure and after a status of 408, 425, 429 or 500 and more; POST and PATCH only "+
				"when there was no connection. The last answer is the result, whatever its status. `Retry-After` is heeded."),
		core.NewKey("follow_redirects", core.Bool(), func(o *O) *bool { return set(&in(o).FollowRedirects) },
			"Follow redirects, without credentials when the host changes; otherwise a redirect is the answer.").Default("true"),
		core.NewKey("max_redirects", countType(0), func(o *O) *int { return set(&in(o).MaxRedirects) },
			"How many redirects to follow before it is an error.").Default("10"),
		core.NewKey("auth", authType(), func(o *O) *Auth { return set(&in(o).Auth) },
			"Who the request comes from. A header `Authorization` counts more."),
		core.NewKey("cookies", cookiesType(), func(o *O) *Cookies { return &in(o).Cookies },
			"Cookies to send, by name; or true to keep what servers set and to send it back: a client keeps it for all its "+
				"requests, a single request for its redirects."),
		core.NewKey("max_body", countType[int64](1), func(o *O) *int64 { return &in(o).MaxBody },
			"How large a body may be, in bytes after decompression.").Default("16777216"),
	}, tlsKeys(in), routeKeys(in))
}

func tlsKeys[O any](in func(*O) *options) []core.Key[O] {
	return []core.Key[O]{
		core.NewKey("ca_cert", core.String(), func(o *O) *string { return &in(o).TLS.CA },
			"The authorities to trust instead of the system's, as PEM text."),
		core.NewKey("ca_cert_file", core.String(), func(o *O) *string { return &in(o).caFile }, "The same, in a file."),
		core.NewKey("client_cert", core.String(), func(o *O) *string { return &in(o).TLS.Cert },
			"The certificate to show to the server, as PEM text. The key may be in it, too."),
		core.NewKey("client_cert_file", core.String(), func(o *O) *string { return &in(o).certFile }, "The same, in a file."),
		core.NewKey("client_key", core.String(), func(o *O) *string { return &in(o).TLS.Key },
			"The key of the certificate, as PEM text."),
		core.NewKey("client_key_file", core.String(), func(o *O) *string { return &in(o).keyFile }, "The same, in a file."),
		core.NewKey("insecure", core.Bool(), func(o *O) *bool { return set(&in(o).TLS.Insecure) },
			"Accept any certificate. The connection is then no secret.").Default("false"),
		core.NewKey("server_name", core.String(), func(o *O) *string { return &in(o).TLS.ServerName },
			"The name that the certificate must be for, instead of the URL's host."),
	}
}

func routeKeys[O any](in func(*O) *options) []core.Key[O] {
	return []core.Key[O]{
		core.NewKey("proxy", proxyType(), func(o *O) **string { return &in(o).Proxy },
			"The URL of a proxy (http, https or socks5), or false for none. Without it HTTP_PROXY, HTTPS_PROXY and NO_PROXY "+
				"count. Refused where the policy limits addresses."),
		core.NewKey("unix_socket", socketType(), func(o *O) *string { return &in(o).UnixSocket },
			"Connect to this socket instead of the URL's host. Refused where the policy limits addresses."),
		core.NewKey("resolve", resolveType(), func(o *O) *map[string]string { return &in(o).Resolve },
			"Where to connect instead of looking a name up: `{[\"host:port\"] = \"ip:port\"}`."),
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
func (o *options) sent(root core.Root) (text []byte, stream *Stream, kind string, err error) {
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
func (o *options) readFiles(root core.Root) error {
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
	errNoURL     = errors.New("option 'url' is missing")
)
