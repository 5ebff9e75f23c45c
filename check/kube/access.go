package kube

import assayhttp "assay.rs/mod-http"

// Access is how a cluster is reached, for programs that make their own requests.
type Access struct {
	Server    string // its URL, without a slash at the end
	Context   string // of the kubeconfig; "" in a pod
	Namespace string // of the context or of the pod
	InPod     bool
	Token     string            // "" when there is none
	Options   assayhttp.Options // but for the token
}

// Access reads the token anew.
func (c *Cluster) Access() (Access, error) {
	token, err := c.bearer()
	return Access{c.Server, c.Context, c.Namespace, c.InPod, token, c.options}, err
}
