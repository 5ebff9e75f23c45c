package check

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"assay.rs/check/kube"
	"assay.rs/core/retry"
	assayhttp "assay.rs/mod-http"
)

// K8s is the type k8s: it reads objects of a Kubernetes cluster and judges their state, as kubectl rollout status and
// kubectl wait do.
func K8s(c *Client) Type {
	return Type{
		Name: "k8s", Text: "Reads objects of a Kubernetes cluster and judges their state.",
		New: func() Body { return &k8sCheck{client: c, expect: k8sExpect{replicas: -1}} },
	}
}

type k8sCheck struct {
	client                   *Client
	resource, kind, selector Template
	namespace, context       Template
	kubeconfig               string
	expect                   k8sExpect
	failIf                   *expression
	foundOut                 foundOut
	account                  string // the folder of the service account; "" is that of pods
}

func (c *k8sCheck) Keys() []Key {
	return []Key{
		{Name: "resource", Text: "One object: deployment/api, deploy/api, certificates.cert-manager.io/web.", Value: Text(&c.resource)},
		{Name: "kind", Text: "The kind of several objects: pod, or certificates.cert-manager.io.", Value: Text(&c.kind)},
		{Name: "selector", Text: "A label selector for them, as app=api,tier in (a, b); without it all of the namespace.", Value: Text(&c.selector)},
		{Name: "namespace", Text: "Where they are; else that of the context, or of the pod that the check runs in.", Value: Text(&c.namespace)},
		{Name: "context", Text: "A context of the kubeconfig; else its current one.", Value: Text(&c.context)},
		{Name: "kubeconfig", Text: "A kubeconfig; else those of KUBECONFIG, the service account of the pod, or ~/.kube/config. It is read again for each attempt.", Value: Word(&c.kubeconfig)},
		{Name: "fail_if", Text: "jq on each object: once it gives true the check has failed, and makes no further attempt.", Value: expressionValue(&c.failIf, asVerdict)},
		{Name: "expect", Text: "What the objects must be like: one of the keys.", Required: true, Value: Section("expect", c.expect.keys)},
	}
}

func (c *k8sCheck) Prepare(p *Prep) {
	switch {
	case c.resource.Set() && (c.kind.Set() || c.selector.Set()):
		p.Fail([]string{"resource"}, "'resource' is one object, 'kind' and 'selector' are several: give one of both")
	case !c.resource.Set() && !c.kind.Set():
		p.Fail(nil, "check '%s' has neither 'resource' nor 'kind'", p.Check)
	case c.resource.Set() && c.expect.count.text != "":
		p.Fail([]string{"expect", "count"}, "'count' needs 'kind': 'resource' is one object")
	}
	if c.kubeconfig != "" {
		c.kubeconfig = p.r.find(c.kubeconfig)
	}
	for _, part := range []struct {
		key   string
		text  Template
		legal func(string) error
	}{
		{"resource", c.resource, func(s string) error { _, _, err := splitResource(s); return err }},
		{"kind", c.kind, legalKind},
		{"selector", c.selector, legalSelector},
		{"namespace", c.namespace, legalNamespace},
	} {
		if text, ok := part.text.fixed(); ok && part.text.Set() {
			if err := part.legal(text); err != nil {
				p.Fail([]string{part.key}, "%s", err)
			}
		}
	}
	c.expect.prepare(p)
	if c.failIf != nil && (c.expect.absent || c.expect.count.text != "") {
		p.Fail([]string{"fail_if"}, "'absent' and 'count' look at no object: 'fail_if' belongs to the others")
	}
	c.suits(p)
}

// suits refuses a rollout of what has none, where the kind is known.
func (c *k8sCheck) suits(p *Prep) {
	kind, ok := c.kind.fixed()
	if c.resource.Set() {
		var resource string
		if resource, ok = c.resource.fixed(); ok {
			kind, _, _ = splitResource(resource)
		}
	}
	k, known := kube.Standard(kind)
	if ok && known && c.expect.rollout != "" && rolloutOf(k) == nil {
		p.Fail([]string{"expect", "rollout"}, "%s has no rollout: deployments, statefulsets and daemonsets have; use 'condition', 'ready' or 'json'", k)
	}
}

// splitResource splits kind/name.
func splitResource(s string) (kind, name string, err error) {
	kind, name, found := strings.Cut(s, "/")
	if !found {
		return "", "", fmt.Errorf("the resource %q must be kind/name, as deployment/api", clip(s))
	}
	if err := legalKind(kind); err != nil {
		return "", "", err
	}
	if !legalWord(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:") || strings.Trim(name, ".") == "" {
		return "", "", fmt.Errorf("the resource %q has no legal name after the slash", clip(s))
	}
	return kind, name, nil
}

func legalWord(s, alphabet string) bool {
	return s != "" && len(s) <= 253 && strings.Trim(s, alphabet) == ""
}

func legalKind(s string) error {
	if !legalWord(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") || strings.Trim(s, ".") != s {
		return fmt.Errorf("%q is no kind: write deployment, or certificates.cert-manager.io", clip(s))
	}
	return nil
}

func legalSelector(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("the selector is empty: leave it out if all objects are meant")
	}
	return nil
}

func legalNamespace(s string) error {
	if !legalWord(s, "abcdefghijklmnopqrstuvwxyz0123456789-") {
		return fmt.Errorf("%q is no name of a namespace", clip(s))
	}
	return nil
}

// k8sTarget is what one attempt looks at.
type k8sTarget struct {
	cluster   *kube.Cluster
	kind      kube.Kind
	namespace string
	stated    bool   // the namespace is not that of the pod that this runs in, which exists
	name      string // "" of several
	selector  string
	attempt   Attempt
	foundOut  *foundOut
}

// String reads `deployment/api`, or `pods of app=api`.
func (t *k8sTarget) String() string {
	switch {
	case t.name != "":
		return strings.ToLower(t.kind.Kind) + "/" + t.name
	case t.selector != "":
		return t.kind.Plural + " of " + t.selector
	}
	return t.kind.Plural
}

func (t *k8sTarget) in() string {
	if !t.kind.Namespaced {
		return ""
	}
	return fmt.Sprintf(" in the namespace %q", t.namespace)
}

func (c *k8sCheck) Run(ctx context.Context, a Attempt) Outcome {
	var o Outcome
	if a.N == 1 {
		c.foundOut.keep("", "", true) // what an earlier run has found is over
	}
	held := held{rooms: c.client.rooms}
	defer held.release()
	t, err := c.target(ctx, a, &held)
	if err != nil {
		o.Err = k8sError(ctx, err)
		return o
	}
	o.Request = t.describe(c.kubeconfig)
	began := time.Now()
	switch e := &c.expect; {
	case e.absent:
		t.assessAbsent(ctx, &o)
	case e.count.text != "":
		t.assessCount(ctx, &o, e.count)
	default:
		t.assessObjects(ctx, &o, e, c.failIf)
	}
	if o.Err == nil { // else it took the time to find out why
		c.expect.latency.assess(&o, time.Since(began))
	}
	return o
}

// target finds the cluster and the kind.
func (c *k8sCheck) target(ctx context.Context, a Attempt, held *held) (*k8sTarget, error) {
	var texts [5]string
	for i, part := range []struct {
		key  string
		text Template
	}{{"resource", c.resource}, {"kind", c.kind}, {"selector", c.selector}, {"namespace", c.namespace}, {"context", c.context}} {
		text, err := part.text.Expand(a.Captures)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part.key, err)
		}
		if part.text.Set() && strings.TrimSpace(text) == "" {
			return nil, fmt.Errorf("%s is empty", part.key)
		}
		texts[i] = text
	}
	t := &k8sTarget{selector: texts[2], namespace: texts[3], attempt: a, foundOut: &c.foundOut}
	kind := texts[1]
	if c.resource.Set() {
		var err error
		if kind, t.name, err = splitResource(texts[0]); err != nil {
			return nil, err
		}
	} else if err := legalKind(kind); err != nil {
		return nil, err
	}
	if t.namespace != "" {
		if err := legalNamespace(t.namespace); err != nil {
			return nil, err
		}
	}
	var err error
	if t.cluster, err = kube.Find(c.source(a, texts[4], held)); err != nil {
		return nil, err
	}
	if t.stated = t.namespace != "" || !t.cluster.InPod; t.namespace == "" {
		t.namespace = t.cluster.Namespace
	}
	if t.kind, err = t.cluster.Kind(ctx, kind); err != nil {
		return nil, err
	}
	return t, nil
}

// maxCredential is how large a kubeconfig, a token or a certificate may be.
const maxCredential = 4 << 20

// source is where the check finds its cluster. An answer takes room until the next request: what is kept of it is small.
func (c *k8sCheck) source(a Attempt, named string, held *held) kube.Source {
	return kube.Source{
		Kubeconfig: c.kubeconfig, Context: named, Account: c.account, LookupEnv: a.LookupEnv, Hide: a.Hide,
		ReadFile: func(path string) ([]byte, error) { return readFile(path, maxCredential) },
		Send: func(ctx context.Context, r assayhttp.Request) (*assayhttp.Response, error) {
			held.release()
			r.MaxBody = c.client.rooms.maxBody()
			r.Charge = func(n int) error { return held.body(ctx, n) }
			answer, err := c.client.http.Do(ctx, r)
			if err != nil {
				return nil, err
			}
			return answer, held.decoded(ctx, answer.Body)
		},
	}
}

// describe is the request for the document, as kubectl makes it.
func (t *k8sTarget) describe(kubeconfig string) *Request {
	words := []string{"kubectl", "get", t.kind.String()}
	if t.name != "" {
		words = append(words, shell(t.name))
	}
	if t.selector != "" {
		words = append(words, "-l", shell(t.selector))
	}
	if t.kind.Namespaced {
		words = append(words, "-n", shell(t.namespace))
	}
	if t.cluster.Context != "" {
		words = append(words, "--context", shell(t.cluster.Context))
	}
	if kubeconfig != "" {
		words = append(words, "--kubeconfig", shell(kubeconfig))
	}
	url := t.cluster.Server + t.kind.Path(t.namespace, t.name)
	return &Request{Method: "GET", URL: t.attempt.Redact(url), Curl: t.attempt.Redact(strings.Join(append(words, "-o", "json"), " "))}
}

// k8sError gives the class of what kept an attempt from measuring, and ends the attempts when no other can do better.
func k8sError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if status, ok := errors.AsType[*kube.StatusError](err); ok {
		classes := append([]retry.Class{retry.Error}, statusClasses(status.Code)...)
		f := &fault{classes: classes, message: err.Error(), cause: err}
		if status.Code == 429 || status.Code == 503 {
			f.after = min(status.RetryAfter, maxRetryAfter)
		}
		return f
	}
	if _, ok := errors.AsType[*kube.PermanentError](err); ok {
		return final(Broken(retry.Error, err))
	}
	if large, ok := errors.AsType[tooLargeError](err); ok {
		return Broken(retry.Limit, large)
	}
	return transportError(ctx, err)
}
