package kube_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assay.rs/check/kube"
	assayhttp "assay.rs/mod-http"
)

// source is one whose files and environment are those of the test.
func source(t *testing.T, env map[string]string) kube.Source {
	t.Helper()
	client := assayhttp.NewClient(assayhttp.Options{}, assayhttp.Environment{})
	t.Cleanup(func() { _ = client.Close() })
	return kube.Source{
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		ReadFile:  os.ReadFile,
		Send:      client.Do,
		Account:   filepath.Join(t.TempDir(), "absent"),
	}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// seen are the requests of a server, whole.
type seen struct {
	*httptest.Server
	mu   sync.Mutex
	list []*http.Request
}

func serve(t *testing.T, start func(*httptest.Server), answer http.HandlerFunc) *seen {
	t.Helper()
	s := &seen{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.list = append(s.list, r.Clone(r.Context()))
		s.mu.Unlock()
		answer(w, r)
	}))
	start(s.Server)
	t.Cleanup(s.Close)
	return s
}

func (s *seen) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

const pod = `{"kind":"Pod","metadata":{"name":"p","namespace":"prod"}}`

func pods() kube.Kind {
	k, _ := kube.Standard("pod")
	return k
}

// token is a JWT for a subject; nobody verifies it.
func token(subject, id string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte("{}")) + "." + encode(fmt.Appendf(nil, `{"sub":%q,"jti":%q}`, subject, id)) + ".sig"
}

func TestServiceAccount(t *testing.T) {
	folder := t.TempDir()
	first, second := token("system:serviceaccount:prod:gate", "1"), token("system:serviceaccount:prod:gate", "2")
	accepted := first
	server := serve(t, (*httptest.Server).StartTLS, func(w http.ResponseWriter, r *http.Request) {
		switch got := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); {
		case r.URL.Path == "/renew": // between two requests
			w.WriteHeader(http.StatusUnauthorized)
			write(t, filepath.Join(folder, "token"), second)
		case got != accepted:
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/forbidden":
			w.WriteHeader(http.StatusForbidden)
		default:
			_, _ = io.WriteString(w, pod)
		}
	})
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "token"), first+"\n")
	write(t, filepath.Join(folder, "namespace"), "prod")
	write(t, filepath.Join(folder, "ca.crt"), pemOf(server.Certificate().Raw))
	s := source(t, map[string]string{"KUBERNETES_SERVICE_HOST": u.Hostname(), "KUBERNETES_SERVICE_PORT": u.Port(), "HTTPS_PROXY": "http://192.0.2.1:1"})
	s.Account = folder
	var hidden []string
	s.Hide = func(secret string) { hidden = append(hidden, secret) }
	c, err := kube.Find(s)
	if err != nil {
		t.Fatal(err)
	}
	if c.Server != server.URL || c.Namespace != "prod" || !c.InPod {
		t.Errorf("Find = %s, namespace %q, in pod %v, want %s, prod, true", c.Server, c.Namespace, c.InPod, server.URL)
	}
	o, err := c.Get(t.Context(), pods(), c.Namespace, "p")
	if err != nil || o.Name() != "p" {
		t.Fatalf("Get = %v, %v", o, err)
	}
	r := server.requests()[0]
	if got := r.Method + " " + r.RequestURI + " " + r.Header.Get("Accept"); got != "GET /api/v1/namespaces/prod/pods/p application/json" {
		t.Errorf("request %s", got)
	}
	if !slices.Contains(hidden, first) {
		t.Errorf("hidden: %q, want the token among them", hidden)
	}

	// A token that is refused is read again.
	accepted = second
	before := len(server.requests())
	if _, err := c.Raw(t.Context(), kube.Query{Verb: "get", Path: "/renew"}); err == nil {
		t.Error("a second refusal is no error")
	}
	if _, err := c.Get(t.Context(), pods(), "prod", "p"); err != nil {
		t.Errorf("Get with the renewed token: %v", err)
	}
	if n := len(server.requests()) - before; n != 3 {
		t.Errorf("%d requests, want 3: refused, again with the new token, and the next", n)
	}

	_, err = c.Raw(t.Context(), kube.Query{Verb: "list", Resource: "deployments", Group: "apps", Namespace: "prod", Path: "/forbidden"})
	if want := `forbidden (403): system:serviceaccount:prod:gate may not list deployments.apps in the namespace "prod": give it a Role with this verb`; text(err) != want {
		t.Errorf("got  %s\nwant %s", text(err), want)
	}
}

func pemOf(der []byte) string {
	return "-----BEGIN CERTIFICATE-----\n" + base64.StdEncoding.EncodeToString(der) + "\n-----END CERTIFICATE-----\n"
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestKubeconfigsAreMerged(t *testing.T) {
	server := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, pod) })
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "token.txt"), "from-a-file\n")
	a := write(t, filepath.Join(dir, "a", "config"), `
users:
- {name: robot, user: {tokenFile: token.txt, token: not-this, as: jane, as-groups: [devs, ops]}}
contexts:
- {name: one, context: {cluster: c, user: robot, namespace: prod}}
`)
	b := write(t, filepath.Join(dir, "b"), fmt.Sprintf(`
current-context: one
clusters: [{name: c, cluster: {server: "%s/proxy/"}}]
users: [{name: robot, user: {token: not-this}}]
contexts: [{name: one, context: {cluster: absent}}, {name: two, context: {cluster: c}}]
`, server.URL))
	s := source(t, map[string]string{"KUBECONFIG": strings.Join([]string{filepath.Join(dir, "absent"), a, "", b}, string(filepath.ListSeparator))})
	c, err := kube.Find(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), pods(), c.Namespace, "p"); err != nil {
		t.Fatal(err)
	}
	r := server.requests()[0]
	got := fmt.Sprint(r.RequestURI, " ", r.Header.Get("Authorization"), " ", r.Header.Get("Impersonate-User"), " ", r.Header["Impersonate-Group"])
	if want := "/proxy/api/v1/namespaces/prod/pods/p Bearer from-a-file jane [devs ops]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s.Context = "two"
	if c, err = kube.Find(s); err != nil || c.Namespace != "default" || c.Context != "two" {
		t.Errorf("Find of context two = %+v, %v", c, err)
	}
}

// What is set on purpose comes before the service account, which comes before ~/.kube/config.
func TestWhichClusterIsFound(t *testing.T) {
	dir := t.TempDir()
	config := func(name string) string {
		return write(t, filepath.Join(dir, name), fmt.Sprintf("current-context: x\nclusters: [{name: c, cluster: {server: 'http://%s'}}]\ncontexts: [{name: x, context: {cluster: c}}]\n", filepath.Base(name)))
	}
	named, listed := config("named"), config("listed")
	home := filepath.Dir(filepath.Dir(config(".kube/config")))
	account := filepath.Join(dir, "account")
	for _, file := range []string{"token", "namespace", "ca.crt"} {
		write(t, filepath.Join(account, file), "x")
	}
	pod := map[string]string{"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443", "HOME": home}
	with := func(more map[string]string) map[string]string {
		out := maps.Clone(pod)
		maps.Copy(out, more)
		return out
	}
	for name, c := range map[string]struct {
		env                  map[string]string
		file, account, named string
		want                 string
	}{
		"named":                       {with(map[string]string{"KUBECONFIG": listed}), named, account, "", "http://named"},
		"KUBECONFIG":                  {with(map[string]string{"KUBECONFIG": listed}), "", account, "", "http://listed"},
		"service account":             {pod, "", account, "", "https://[fd00::1]:443"},
		"a pod without one":           {pod, "", filepath.Join(dir, "none"), "", "http://config"},
		"a context, in a pod":         {pod, "", account, "x", "http://config"},
		"home":                        {map[string]string{"HOME": home}, "", account, "", "http://config"},
		"an empty KUBECONFIG":         {map[string]string{"HOME": home, "KUBECONFIG": ""}, "", account, "", "http://config"},
		"none":                        {map[string]string{"HOME": account}, "", account, "", "no cluster is known: this is no pod with a service account, KUBECONFIG is not set, and there is no " + filepath.Join(account, ".kube", "config") + "; give 'kubeconfig'"},
		"no home":                     {nil, "", account, "", "no cluster is known: this is no pod with a service account, and neither KUBECONFIG nor HOME is set; give 'kubeconfig'"},
		"KUBECONFIG of absent files":  {with(map[string]string{"KUBECONFIG": filepath.Join(dir, "none")}), "", account, "", "kubeconfig " + filepath.Join(dir, "none") + ": open"},
		"a context that is not there": {pod, named, account, "y", `kubeconfig ` + named + `: there is no context "y": known are x`},
	} {
		t.Run(name, func(t *testing.T) {
			s := source(t, c.env)
			s.Kubeconfig, s.Account, s.Context = c.file, c.account, c.named
			found, err := kube.Find(s)
			got := text(err)
			if err == nil {
				got = found.Server
			}
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestKubeconfigsThatAreRefused(t *testing.T) {
	const cluster = "current-context: x\nclusters: [{name: c, cluster: {server: 'https://h'}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
	for name, c := range map[string]struct{ text, want string }{
		"an exec plugin": {cluster + "users: [{name: u, user: {exec: {command: aws}}}]", `user "u": its credentials come from a program (exec: aws), and checks run no programs: use a service account`},
		"auth-provider":  {cluster + "users: [{name: u, user: {auth-provider: {name: gcp}}}]", "its credentials come from a program (auth-provider: gcp)"},
		"no user":        {cluster, `there is no user "u"`},
		"no server":      {strings.Replace(cluster, "https://h", "", 1), `cluster "c": server: "" is no http or https URL`},
		"no base64":      {cluster + "users: [{name: u, user: {client-key-data: '!'}}]", "client-key-data is no base64"},
		"no file":        {cluster + "users: [{name: u, user: {client-key: absent.pem}}]", "client-key "},
		"no current":     {strings.Replace(cluster, "current-context: x", "", 1), "there is no current-context; give 'context': known are x"},
		"no YAML":        {"a: [", "config:"},
		"a list":         {"[]", "it is no map"},
	} {
		t.Run(name, func(t *testing.T) {
			s := source(t, nil)
			s.Kubeconfig = write(t, filepath.Join(t.TempDir(), "config"), c.text)
			if _, err := kube.Find(s); !strings.Contains(text(err), c.want) {
				t.Errorf("got  %s\nwant %s", text(err), c.want)
			}
		})
	}
}

func TestListsArePaged(t *testing.T) {
	server := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		next := map[string]string{"": "two", "two": "three", "three": ""}[r.URL.Query().Get("continue")]
		_, _ = fmt.Fprintf(w, `{"kind":"PodList","metadata":{"continue":%q},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}`, next)
	})
	c := find(t, server.URL)
	n := 0
	err := c.List(t.Context(), pods(), "prod", kube.Selection{Labels: "app in (a, b)", Metadata: true}, func(kube.Object) error { n++; return nil })
	if err != nil || n != 6 {
		t.Errorf("List gave %d objects, %v, want 6", n, err)
	}
	var got []string
	for _, r := range server.requests() {
		got = append(got, r.RequestURI)
		if !strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadataList") {
			t.Errorf("Accept %q, want metadata alone", r.Header.Get("Accept"))
		}
	}
	const first = "/api/v1/namespaces/prod/pods?"
	const rest = "labelSelector=app+in+%28a%2C+b%29&limit=500"
	if want := []string{first + rest, first + "continue=two&" + rest, first + "continue=three&" + rest}; !slices.Equal(got, want) {
		t.Errorf("requests:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAListThatNeverEndsIsAnError(t *testing.T) {
	server := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"kind":"PodList","metadata":{"continue":"again"},"items":[]}`)
	})
	err := find(t, server.URL).List(t.Context(), pods(), "prod", kube.Selection{}, func(kube.Object) error { return nil })
	if want := `list pods in the namespace "prod": the server gives the same page again`; text(err) != want {
		t.Errorf("got  %s\nwant %s", text(err), want)
	}
}

func TestPagesWithoutObjectsEnd(t *testing.T) {
	page := 0
	server := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, _ *http.Request) {
		page++
		items := ""
		if page == 1000 {
			items = `{"metadata":{"name":"a"}}`
		}
		_, _ = fmt.Fprintf(w, `{"kind":"PodList","metadata":{"continue":"%d"},"items":[%s]}`, page, items)
	})
	err := find(t, server.URL).List(t.Context(), pods(), "prod", kube.Selection{}, func(kube.Object) error { return nil })
	if want := `list pods in the namespace "prod": the server gives 1000 pages without an object`; text(err) != want || page != 2001 {
		t.Errorf("after %d pages got  %s\nwant %s after 2001", page, text(err), want)
	}
}

// find is the cluster at an address, asked by nobody.
func find(t *testing.T, address string) *kube.Cluster {
	t.Helper()
	s := source(t, nil)
	s.Kubeconfig = write(t, filepath.Join(t.TempDir(), "config"), fmt.Sprintf("current-context: x\nclusters: [{name: c, cluster: {server: %q}}]\ncontexts: [{name: x, context: {cluster: c}}]\n", address))
	c, err := kube.Find(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		header string
		want   string
		after  time.Duration
	}{
		"busy":                  {503, `{"kind":"Status","message":"leader changed","details":{"retryAfterSeconds":7}}`, "", `get pods "p" in the namespace "prod": leader changed (503)`, 7 * time.Second},
		"busy by the header":    {429, `{"kind":"Status","message":"too many"}`, "3", `get pods "p" in the namespace "prod": too many (429)`, 3 * time.Second},
		"a proxy":               {502, "<html>", "", `get pods "p" in the namespace "prod": status 502, and no answer of an API server of Kubernetes`, 0},
		"forbidden to somebody": {403, `{"kind":"Status","message":"pods \"p\" is forbidden: User \"jane\" cannot get resource \"pods\""}`, "", `forbidden (403): jane may not get pods "p" in the namespace "prod": give it a Role with this verb`, 0},
		"forbidden for a proxy": {403, "<html>", "", `forbidden (403): nobody (the context has no user) may not get pods "p" in the namespace "prod": give it a Role with this verb`, 0},
		"not known":             {401, "", "", "unauthorized (401): the API server does not accept the credentials of nobody (the context has no user)", 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, _ *http.Request) {
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			_, err := find(t, server.URL).Get(t.Context(), pods(), "prod", "p")
			status, ok := errors.AsType[*kube.StatusError](err)
			if !ok || status.Message != c.want || status.RetryAfter != c.after || status.Code != c.status {
				t.Errorf("got  %#v\nwant %d after %s: %s", err, c.status, c.after, c.want)
			}
		})
	}
}

func TestKindsAreFound(t *testing.T) {
	resources := `{"kind":"APIResourceList","resources":[{"name":"widgets/scale","kind":"Scale"},{"name":"widgets","singularName":"widget","kind":"Widget","namespaced":true,"shortNames":["wd"]}]}`
	aggregated := `{"kind":"APIGroupDiscoveryList","items":[
		{"metadata":{"name":"example.com"},"versions":[{"version":"v2","resources":[{"resource":"widgets","singularResource":"widget","responseKind":{"kind":"Widget"},"scope":"Namespaced","shortNames":["wd"]}]},
			{"version":"v1","resources":[{"resource":"widgets","responseKind":{"kind":"Widget"},"scope":"Namespaced"}]}]},
		{"metadata":{"name":"other.io"},"versions":[{"version":"v1","resources":[{"resource":"zones","responseKind":{"kind":"Zone"},"scope":"Cluster"},{"resource":"boxes","responseKind":{"kind":"Box"}}]}]},
		{"metadata":{"name":"third.io"},"versions":[{"version":"v1","resources":[{"resource":"boxes","responseKind":{"kind":"Box"}}]}]}]}`
	groups := `{"kind":"APIGroupList","groups":[{"name":"example.com","preferredVersion":{"version":"v1"}},{"name":"broken.io","preferredVersion":{"version":"v1"}}]}`
	widget := `{"kind":"APIGroup","versions":[{"version":"v2"},{"version":"v1"}],"preferredVersion":{"version":"v2"}}`
	const empty = `{"kind":"APIResourceList","resources":[]}`
	for name, c := range map[string]struct {
		answers map[string]string
		kind    string
		want    string
	}{
		"standard":             {nil, "Deploy", "{apps v1 deployments Deployment true}"},
		"standard by group":    {nil, "deployments.v1.apps", "{apps v1 deployments Deployment true}"},
		"cluster wide":         {nil, "ns", "{ v1 namespaces Namespace false}"},
		"short name":           {map[string]string{"/api/v1": empty, "/apis": aggregated}, "wd", "{example.com v2 widgets Widget true}"},
		"kind":                 {map[string]string{"/api/v1": empty, "/apis": aggregated}, "Zone", "{other.io v1 zones Zone false}"},
		"ambiguous":            {map[string]string{"/api/v1": empty, "/apis": aggregated}, "box", "the kind 'box' is ambiguous: write one of boxes.other.io, boxes.third.io"},
		"unknown":              {map[string]string{"/api/v1": empty, "/apis": aggregated}, "deploymnet", "the cluster has no kind 'deploymnet': did you mean 'deployment'?"},
		"an older server":      {map[string]string{"/api/v1": empty, "/apis": groups, "/apis/example.com/v1": resources}, "widgets", "{example.com v1 widgets Widget true}"},
		"a group that is dead": {map[string]string{"/api/v1": empty, "/apis": groups, "/apis/example.com/v1": resources}, "gadget", "the cluster has no kind 'gadget' that is known, and its API group broken.io does not answer"},
		"by group":             {map[string]string{"/apis/example.com": widget, "/apis/example.com/v2": empty, "/apis/example.com/v1": resources}, "widget.example.com", "{example.com v1 widgets Widget true}"},
		"by group and version": {map[string]string{"/apis/example.com": widget, "/apis/example.com/v1": resources}, "widget.v1.example.com", "{example.com v1 widgets Widget true}"},
		"unknown in its group": {map[string]string{"/apis/example.com": widget, "/apis/example.com/v2": empty, "/apis/example.com/v1": resources}, "gadget.example.com", "the API group example.com has no kind 'gadget'"},
		"unknown group":        {nil, "gadget.example.com", "the cluster has no API group 'example.com', so no kind 'gadget.example.com'"},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
				if c.answers[r.URL.Path] == "" {
					w.WriteHeader(http.StatusNotFound)
				}
				_, _ = io.WriteString(w, c.answers[r.URL.Path])
			})
			k, err := find(t, server.URL).Kind(t.Context(), c.kind)
			got := text(err)
			if err == nil {
				got = fmt.Sprint(struct {
					Group, Version, Plural, Kind string
					Namespaced                   bool
				}(k))
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
