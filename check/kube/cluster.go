package kube

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"

	assayhttp "assay.rs/mod-http"
)

// Source says which cluster, and how it is reached.
type Source struct {
	Kubeconfig string // a file; "" looks for one, see Find
	Context    string // a context of the kubeconfig; "" is its current one

	LookupEnv func(name string) (string, bool)  // may be nil
	ReadFile  func(path string) ([]byte, error) // must give an error that Is fs.ErrNotExist when there is no file
	Hide      func(secret string)               // hears of tokens, passwords and keys; may be nil

	// Send makes one attempt at a request: [assayhttp.Client.Do], for instance.
	Send func(ctx context.Context, r assayhttp.Request) (*assayhttp.Response, error)

	// Account is the folder of the pod's service account; "" is AccountFolder.
	Account string
}

// Cluster is an API server and who asks it. Its methods may be called by several goroutines at once.
type Cluster struct {
	Server    string // its URL, without a slash at the end
	Context   string // of the kubeconfig; "" in a pod
	Namespace string // of the context or of the pod; "default" when neither has one
	InPod     bool   // it is the cluster, and Namespace the namespace, that this process runs in

	send    func(ctx context.Context, r assayhttp.Request) (*assayhttp.Response, error)
	hide    func(string)
	options assayhttp.Options
	token   func() (string, error) // nil: none
	who     string                 // for messages: `user "x" of the kubeconfig`
}

// PermanentError is a mistake that no waiting mends, as a context that a kubeconfig does not have.
type PermanentError struct{ Message string }

func (e *PermanentError) Error() string { return e.Message }

func permanent(format string, args ...any) error {
	return &PermanentError{fmt.Sprintf(format, args...)}
}

// Find looks for the cluster: the kubeconfig or the context that the source names, else the files of KUBECONFIG, else the
// service account of the pod, else ~/.kube/config. What is set on purpose comes before what is there by default: a job
// of a CI server runs in a pod, too, and means another cluster.
func Find(s Source) (*Cluster, error) {
	if s.LookupEnv == nil {
		s.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if s.Hide == nil {
		s.Hide = func(string) {}
	}
	c := &Cluster{send: s.Send, hide: s.Hide}
	never := false
	c.options.FollowRedirects = &never // the API has none: they lead to the login page of a proxy
	c.options.Headers = http.Header{}
	listed, _ := s.LookupEnv("KUBECONFIG")
	files := nonEmpty(filepath.SplitList(listed))
	home, _ := s.LookupEnv("HOME")
	switch {
	case s.Kubeconfig != "":
		return c.fromFiles(s, []string{s.Kubeconfig})
	case len(files) > 0:
		return c.fromFiles(s, files)
	}
	if s.Context == "" {
		if found, err := c.fromAccount(s); found || err != nil {
			return c, err
		}
	}
	if home == "" {
		return nil, permanent("no cluster is known: this is no pod with a service account, and neither KUBECONFIG nor HOME is set; give 'kubeconfig'")
	}
	file := filepath.Join(home, ".kube", "config")
	found, err := c.fromFiles(s, []string{file})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, permanent("no cluster is known: this is no pod with a service account, KUBECONFIG is not set, and there is no %s; give 'kubeconfig'", file)
	}
	return found, err
}

func nonEmpty(list []string) []string {
	var out []string
	for _, s := range list {
		if strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	return out
}
