// Package kube reads a Kubernetes cluster over its API, for checks and for other programs.
//
// The map of the package:
//
//   - [Find] makes a [Cluster] of a [Source]: the service account of a pod (account.go), or a kubeconfig (config.go);
//   - [Cluster.Kind] finds what a person calls a kind ("deploy", "certificates.cert-manager.io") as a [Kind]
//     (kinds.go has those that every cluster has, discovery.go asks the cluster for the others);
//   - [Cluster.Get], [Cluster.List] and [Cluster.Raw] make requests (request.go, list.go); what they give is an
//     [Object], and what the API server refuses is a [*StatusError].
//
// Nothing is cached: whoever makes a cluster for each attempt has tokens, certificates and kinds that are current.
// No program is run, whatever a kubeconfig says. The API is that of https://kubernetes.io/docs/reference/using-api/.
package kube
