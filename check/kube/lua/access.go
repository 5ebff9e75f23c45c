// Package lua gives scripts the clusters that package kube finds. [New] makes the builtin kube.access, which the
// embedded module assay.k8s stands on: it says where the API server is and how it is asked, and makes no request.
package lua

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"assay.rs/check/kube"
	"assay.rs/core"
)

// errConfig is raised when no cluster can be found.
var errConfig = core.NewCode("kube.config", "No cluster is known, or the kubeconfig or the service account is wrong.")

// maxCredential is how large a kubeconfig, a token or a certificate may be.
const maxCredential = 4 << 20

type options struct{ kubeconfig, context string }

// New makes the module kube.
func New() core.Module {
	return core.Module{
		Name: "kube", Doc: "Finds Kubernetes clusters. The module assay.k8s makes requests to them.",
		Funcs: []core.Func{core.Fn1(core.Doc{
			Name: "access",
			Text: "Tells how to reach a cluster: the one of the kubeconfig or context that is given, else of KUBECONFIG, else of the pod's service " +
				"account, else of ~/.kube/config. Files are read anew each time, so that tokens are current. No program is run: a kubeconfig " +
				"whose credentials come from one is refused. Checks may read the service account, scripts what their flags permit.",
			Needs: core.Env, Level: core.Check, Raises: []*core.Code{errConfig, core.ErrDenied},
			Examples: []string{`local ok, e = pcall(kube.access, {kubeconfig = "there-is-none.yaml"})
assert.eq(e.code, "kube.config")`},
		},
			core.Opt("options", optionsType(), options{}, "Which cluster."),
			core.Returns(accessType(), "`server`, the URL; `namespace` and `context`; `in_pod`; and `options` for http.request: certificates, `auth`, `headers`, `proxy`."),
			access)},
	}
}

func optionsType() core.Type[options] {
	return core.Record("kube.Options", "Which cluster.",
		core.NewKey("kubeconfig", core.String(), func(o *options) *string { return &o.kubeconfig }, "A file; without it, see above.").Default(`""`),
		core.NewKey("context", core.String(), func(o *options) *string { return &o.context }, "A context of the kubeconfig; without it, its current one.").Default(`""`))
}

// accessType is an Access as a table.
func accessType() core.Type[kube.Access] {
	return core.Custom(core.AnyOf("table"), nil, func(c core.Call, a kube.Access) core.Value {
		v, err := c.Value(table(a))
		if err != nil {
			return core.Nil()
		}
		return v
	})
}

func table(a kube.Access) map[string]any {
	o := map[string]any{"follow_redirects": false}
	set := func(name, value string) {
		if value != "" {
			o[name] = value
		}
	}
	set("ca_cert", a.Options.TLS.CA)
	set("client_cert", a.Options.TLS.Cert)
	set("client_key", a.Options.TLS.Key)
	set("server_name", a.Options.TLS.ServerName)
	if a.Options.TLS.Insecure != nil && *a.Options.TLS.Insecure {
		o["insecure"] = true
	}
	switch proxy := a.Options.Proxy; {
	case proxy == nil:
	case *proxy == "":
		o["proxy"] = false
	default:
		o["proxy"] = *proxy
	}
	switch auth := a.Options.Auth; {
	case a.Token != "":
		o["auth"] = map[string]any{"bearer": a.Token}
	case auth != nil:
		o["auth"] = map[string]any{"username": auth.Username, "password": auth.Password}
	}
	headers := make(map[string]any)
	for name, values := range a.Options.Headers {
		list := make([]any, len(values))
		for i, value := range values {
			list[i] = value
		}
		headers[name] = list
	}
	o["headers"] = headers
	return map[string]any{"server": a.Server, "namespace": a.Namespace, "context": a.Context, "in_pod": a.InPod, "options": o}
}

func access(c core.Call, o options) (kube.Access, error) {
	cluster, err := kube.Find(kube.Source{
		Kubeconfig: o.kubeconfig, Context: o.context, LookupEnv: c.Env,
		ReadFile: func(path string) ([]byte, error) { return readFile(c, path) },
	})
	if err == nil {
		var a kube.Access
		if a, err = cluster.Access(); err == nil {
			return a, nil
		}
	}
	if denied, ok := errors.AsType[*core.Error](err); ok && denied.Code == core.ErrDenied {
		return kube.Access{}, denied
	}
	return kube.Access{}, errConfig.Errorf("%w", err)
}

// readFile reads what the policy permits. A check may read the service account of its pod too.
func readFile(c core.Call, path string) ([]byte, error) {
	if c.Level() != core.Check || !within(path, kube.AccountFolder) {
		return c.Root().ReadFile(path, maxCredential)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return text, nil
}

func within(path, folder string) bool {
	return strings.HasPrefix(filepath.Clean(path), folder+string(filepath.Separator))
}
