// Package kubernetes tests checks of type k8s, what `assay init` prints, assay.k8s, and the examples of controllers and
// webhooks, against a real API server with its controllers.
//
// The control plane is built from its modules (testdata/controlplane) by `./test/run kubernetes`. The node is played by
// the tests: it binds each pod, and gives it the state that the label "behave" asks for.
package kubernetes
