package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	assayhttp "assay.rs/mod-http"
)

// Query is one request, and how messages and RBAC call it.
type Query struct {
	Verb      string // get or list
	Resource  string // as RBAC has it: "deployments", "pods/log"
	Group     string // of the API; "" is the core group
	Namespace string // "" for the whole cluster
	Name      string // "" of a list
	Path      string // below the server
	Query     url.Values
	Accept    string // "" is application/json
}

// String reads `deployments.apps "api" in the namespace "prod"`.
func (q Query) String() string {
	if q.Resource == "" {
		return q.Path
	}
	text := q.Resource
	if q.Group != "" {
		text += "." + q.Group
	}
	if q.Name != "" {
		text += fmt.Sprintf(" %q", q.Name)
	}
	if q.Namespace != "" {
		text += fmt.Sprintf(" in the namespace %q", q.Namespace)
	}
	return text
}

// StatusError is an answer that is no success.
type StatusError struct {
	Code       int           // of HTTP
	Reason     string        // of the API's Status: NotFound, Forbidden; "" when something else than the API answered
	Message    string        // for a person: what was asked, why not, and the remedy
	Name       string        // of the object that the Status is about
	RetryAfter time.Duration // how long the server wants to be left alone
}

func (e *StatusError) Error() string { return e.Message }

// Absent tells whether the API server itself says that there is no object of this name. A 404 of a proxy, of an unknown
// kind or of another object says nothing about it.
func (e *StatusError) Absent(name string) bool {
	return e.Code == http.StatusNotFound && e.Reason == "NotFound" && e.Name == name
}

// Raw makes a request and gives the body of a success. Any other answer is a *StatusError. Tokens are read anew for each
// request, and once more when one is refused.
func (c *Cluster) Raw(ctx context.Context, q Query) ([]byte, error) {
	token, err := c.bearer()
	if err != nil {
		return nil, err
	}
	answer, err := c.try(ctx, q, token)
	if err == nil && answer.Status == http.StatusUnauthorized && c.token != nil {
		// It may have been renewed in between.
		fresh, again := c.bearer()
		if again == nil && fresh != token {
			answer, err = c.try(ctx, q, fresh)
		}
	}
	if err != nil {
		return nil, err
	}
	if !answer.OK() {
		return nil, c.refusal(q, answer)
	}
	return answer.Body, nil
}

func (c *Cluster) bearer() (string, error) {
	if c.token == nil {
		return "", nil
	}
	token, err := c.token()
	if err != nil {
		return "", fmt.Errorf("the token of %s: %w", c.who, err)
	}
	return token, nil
}

func (c *Cluster) try(ctx context.Context, q Query, token string) (*assayhttp.Response, error) {
	r := assayhttp.Request{Method: http.MethodGet, URL: c.Server + q.Path, Options: c.options}
	r.Options.Query = q.Query
	r.Headers = c.options.Headers.Clone()
	accept := q.Accept
	if accept == "" {
		accept = "application/json"
	}
	r.Headers.Set("Accept", accept)
	if token != "" {
		r.Auth = &assayhttp.Auth{Bearer: token}
	}
	return c.send(ctx, r)
}

// refusal makes an error of an answer that is no success.
func (c *Cluster) refusal(q Query, answer *assayhttp.Response) error {
	e := &StatusError{Code: answer.Status, RetryAfter: assayhttp.RetryAfter(answer.Header, time.Now())}
	said := ""
	if status, err := decode(answer.Body); err == nil && status.Text("kind") == "Status" {
		e.Reason, said = status.Text("reason"), status.Text("message")
		e.Name = status.Text("details", "name")
		if seconds := status.Count("details", "retryAfterSeconds"); seconds > 0 && e.RetryAfter == 0 {
			e.RetryAfter = time.Duration(min(seconds, 3600)) * time.Second
		}
	}
	switch {
	case e.Code == http.StatusForbidden:
		role := "ClusterRole"
		if q.Namespace != "" || q.Resource == "namespaces" && q.Name != "" { // a Role in a namespace may allow to get that
			role = "Role"
		}
		e.Message = fmt.Sprintf("forbidden (403): %s may not %s %s: give it a %s with this verb", c.account(said), q.Verb, q, role)
	case e.Code == http.StatusUnauthorized:
		e.Message = fmt.Sprintf("unauthorized (401): the API server does not accept the credentials of %s", c.who)
	case said != "":
		e.Message = fmt.Sprintf("%s %s: %s (%d)", q.Verb, q, said, e.Code)
	case e.Code == http.StatusNotFound:
		e.Message = fmt.Sprintf("%s %s: the server has no such path (404): is %s an API server of Kubernetes, and does it have this kind?", q.Verb, q, c.Server)
	default:
		e.Message = fmt.Sprintf("%s %s: status %d, and no answer of an API server of Kubernetes", q.Verb, q, e.Code)
	}
	return e
}

// account is who was refused: the server knows best, and says it as `User "system:serviceaccount:prod:assay"`.
func (c *Cluster) account(said string) string {
	if _, rest, ok := strings.Cut(said, `User "`); ok {
		if user, _, ok := strings.Cut(rest, `"`); ok && user != "" {
			return user
		}
	}
	return c.who
}

// Get reads an object, and looks whether the answer is that object.
func (c *Cluster) Get(ctx context.Context, k Kind, namespace, name string) (Object, error) {
	q := k.query("get", namespace, name)
	body, err := c.Raw(ctx, q)
	if err != nil {
		return nil, err
	}
	o, err := decode(body)
	if err != nil {
		return nil, fmt.Errorf("get %s: the answer is no object: %w", q, err)
	}
	if o.Name() != name || o.Text("kind") != k.Kind || o.Text("metadata", "namespace") != q.Namespace {
		return nil, fmt.Errorf("get %s: the answer is another object: %s %q in the namespace %q", q, o.Text("kind"), o.Name(), o.Text("metadata", "namespace"))
	}
	return o, nil
}

// Exists is an error when there is no such namespace: a list of it is empty, and nothing in it is ever found.
func (c *Cluster) Exists(ctx context.Context, namespace string) error {
	_, err := c.Get(ctx, Kind{Version: "v1", Plural: "namespaces", Kind: "Namespace"}, "", namespace)
	return err
}

// query is a request for one object, or for a list when there is no name.
func (k Kind) query(verb, namespace, name string) Query {
	if !k.Namespaced {
		namespace = ""
	}
	return Query{Verb: verb, Resource: k.Plural, Group: k.Group, Namespace: namespace, Name: name, Path: k.Path(namespace, name)}
}

// Path is where the API has an object, or a list when there is no name; the namespace counts where the kind has any.
func (k Kind) Path(namespace, name string) string {
	parts := []string{"/api", k.Version}
	if k.Group != "" {
		parts = []string{"/apis", k.Group, k.Version}
	}
	if namespace != "" && k.Namespaced {
		parts = append(parts, "namespaces", url.PathEscape(namespace))
	}
	parts = append(parts, k.Plural)
	if name != "" {
		parts = append(parts, url.PathEscape(name))
	}
	return strings.Join(parts, "/")
}
