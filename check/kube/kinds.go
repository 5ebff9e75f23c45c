package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay.rs/core/nearest"
)

// Kind is a kind of objects and where the API has them.
type Kind struct {
	Group, Version string // the core group is ""
	Plural         string // as in paths: "deployments"
	Kind           string // as in objects: "Deployment"
	Namespaced     bool
}

// String reads "deployments.apps".
func (k Kind) String() string {
	if k.Group == "" {
		return k.Plural
	}
	return k.Plural + "." + k.Group
}

// standard are the kinds of every cluster, with their short names: asking for them takes no discovery.
func standard() []struct {
	Kind
	short string
} {
	kind := func(group, version, plural, name, short string, namespaced bool) struct {
		Kind
		short string
	} {
		return struct {
			Kind
			short string
		}{Kind{group, version, plural, name, namespaced}, short}
	}
	return []struct {
		Kind
		short string
	}{
		kind("", "v1", "pods", "Pod", "po", true),
		kind("", "v1", "services", "Service", "svc", true),
		kind("", "v1", "configmaps", "ConfigMap", "cm", true),
		kind("", "v1", "secrets", "Secret", "", true),
		kind("", "v1", "serviceaccounts", "ServiceAccount", "sa", true),
		kind("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc", true),
		kind("", "v1", "persistentvolumes", "PersistentVolume", "pv", false),
		kind("", "v1", "namespaces", "Namespace", "ns", false),
		kind("", "v1", "nodes", "Node", "no", false),
		kind("", "v1", "events", "Event", "ev", true),
		kind("apps", "v1", "deployments", "Deployment", "deploy", true),
		kind("apps", "v1", "statefulsets", "StatefulSet", "sts", true),
		kind("apps", "v1", "daemonsets", "DaemonSet", "ds", true),
		kind("apps", "v1", "replicasets", "ReplicaSet", "rs", true),
		kind("batch", "v1", "jobs", "Job", "", true),
		kind("batch", "v1", "cronjobs", "CronJob", "cj", true),
		kind("networking.k8s.io", "v1", "ingresses", "Ingress", "ing", true),
		kind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol", true),
		kind("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa", true),
		kind("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", true),
		kind("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", "crd", false),
	}
}

// Standard finds a kind that every cluster has: by its plural, its kind or its short name, in any case, alone or with its
// group ("deployments.apps", "deployments.v1.apps").
func Standard(name string) (Kind, bool) {
	name = strings.ToLower(name)
	plain, group, grouped := strings.Cut(name, ".")
	for _, k := range standard() {
		if plain != k.Plural && plain != strings.ToLower(k.Kind.Kind) && plain != k.short {
			continue
		}
		if !grouped || group == k.Group || group == k.Version+"."+k.Group {
			return k.Kind, true
		}
	}
	return Kind{}, false
}

// UnknownKindError is a kind that the cluster does not have.
type UnknownKindError struct{ Message string }

func (e *UnknownKindError) Error() string { return e.Message }

// Kind finds a kind by what a person calls it: what [Standard] finds, else what the cluster's discovery has, by plural,
// singular, kind or short name, alone or with the group ("certificates.cert-manager.io"). A name that the cluster does not
// have is an *UnknownKindError, one that several groups have an error that lists them.
func (c *Cluster) Kind(ctx context.Context, name string) (Kind, error) {
	if k, ok := Standard(name); ok {
		return k, nil
	}
	name = strings.ToLower(name)
	plain, group, grouped := strings.Cut(name, ".")
	if grouped {
		return c.kindOfGroup(ctx, plain, group)
	}
	found, incomplete, err := c.discover(ctx, plain)
	if err != nil {
		return Kind{}, fmt.Errorf("the kinds of the cluster: %w", err)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		list := make([]string, len(found))
		for i, k := range found {
			list[i] = k.String()
		}
		slices.Sort(list)
		return Kind{}, fmt.Errorf("the kind '%s' is ambiguous: write one of %s", name, strings.Join(list, ", "))
	case incomplete != "":
		return Kind{}, fmt.Errorf("the cluster has no kind '%s' that is known, and its API group %s does not answer", name, incomplete)
	}
	return Kind{}, unknownKind(name, "the cluster has no kind '%s'", name)
}

func unknownKind(name, format string, args ...any) error {
	var known []string
	for _, k := range standard() {
		known = append(known, k.Plural, strings.ToLower(k.Kind.Kind))
	}
	message := fmt.Sprintf(format, args...)
	if hint := nearest.Hint(name, known); hint != "" {
		message += ": " + hint
	}
	return &UnknownKindError{message}
}
