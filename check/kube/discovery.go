package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// acceptDiscovery asks for all kinds in one answer; older servers give the list of groups instead.
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
const acceptDiscovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList, " +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList, application/json"

// maxGroups bounds how many groups are asked one by one.
const maxGroups = 200

// discover finds the kinds that a name may mean. incomplete is a group that could not be asked.
func (c *Cluster) discover(ctx context.Context, name string) (found []Kind, incomplete string, err error) {
	core, err := c.resources(ctx, "", "v1")
	if err != nil {
		return nil, "", err
	}
	if k, ok := pick(core, "", "v1", name); ok {
		return []Kind{k}, "", nil
	}
	groups, err := c.document(ctx, "/apis", acceptDiscovery)
	if err != nil {
		return nil, "", err
	}
	if groups.Text("kind") == "APIGroupDiscoveryList" {
		found, incomplete = pickAggregated(groups, name)
		return found, incomplete, nil
	}
	list := groups.Objects("groups")
	if len(list) > maxGroups {
		return nil, "", fmt.Errorf("more than %d groups: write the kind with its group, as certificates.cert-manager.io", maxGroups)
	}
	for _, g := range list {
		version := g.Text("preferredVersion", "version")
		resources, err := c.resources(ctx, g.Text("name"), version)
		if _, refused := errors.AsType[*StatusError](err); refused {
			incomplete = g.Text("name")
			continue
		}
		if err != nil {
			return nil, "", err
		}
		if k, ok := pick(resources, g.Text("name"), version, name); ok {
			found = append(found, k)
		}
	}
	return found, incomplete, nil
}

// kindOfGroup finds a kind with its group, which may have the version in front: "widgets.v1.example.com".
func (c *Cluster) kindOfGroup(ctx context.Context, name, group string) (Kind, error) {
	whole, version := group, ""
	if first, rest, ok := strings.Cut(group, "."); ok && isVersion(first) {
		version, group = first, rest
	}
	about, err := c.document(ctx, "/apis/"+url.PathEscape(group), "")
	if e, refused := errors.AsType[*StatusError](err); refused && e.Code == http.StatusNotFound {
		return Kind{}, unknownKind(name, "the cluster has no API group '%s', so no kind '%s.%s'", group, name, whole)
	}
	if err != nil {
		return Kind{}, fmt.Errorf("the kinds of the API group %s: %w", group, err)
	}
	versions := []string{about.Text("preferredVersion", "version")}
	for _, v := range about.Objects("versions") {
		versions = append(versions, v.Text("version"))
	}
	if version != "" {
		versions = []string{version}
	}
	for _, v := range versions {
		resources, err := c.resources(ctx, group, v)
		if e, refused := errors.AsType[*StatusError](err); refused && e.Code == http.StatusNotFound {
			continue
		}
		if err != nil {
			return Kind{}, fmt.Errorf("the kinds of the API group %s: %w", group, err)
		}
		if k, ok := pick(resources, group, v, name); ok {
			return k, nil
		}
	}
	return Kind{}, unknownKind(name, "the API group %s has no kind '%s'", whole, name)
}

// isVersion tells a version ("v1", "v1beta1") from the first part of a group.
func isVersion(s string) bool {
	rest, ok := strings.CutPrefix(s, "v")
	return ok && rest != "" && rest[0] >= '1' && rest[0] <= '9' && strings.Trim(rest, "0123456789abeghlpt") == ""
}

// resources are the kinds of a version of a group.
func (c *Cluster) resources(ctx context.Context, group, version string) ([]Object, error) {
	path := "/api/" + url.PathEscape(version)
	if group != "" {
		path = "/apis/" + url.PathEscape(group) + "/" + url.PathEscape(version)
	}
	list, err := c.document(ctx, path, "")
	if err != nil {
		return nil, err
	}
	if list.Text("kind") != "APIResourceList" {
		return nil, fmt.Errorf("get %s: the answer is no list of kinds", path)
	}
	return list.Objects("resources"), nil
}

func (c *Cluster) document(ctx context.Context, path, accept string) (Object, error) {
	body, err := c.Raw(ctx, Query{Verb: "get", Path: path, Accept: accept})
	if err != nil {
		return nil, err
	}
	o, err := decode(body)
	if err != nil {
		return nil, fmt.Errorf("get %s: the answer is no object: %w", path, err)
	}
	return o, nil
}

// pick finds a kind among the resources of a version (APIResourceList).
func pick(resources []Object, group, version, name string) (Kind, bool) {
	for _, r := range resources {
		if strings.Contains(r.Text("name"), "/") { // a subresource
			continue
		}
		if called(name, r, "name", "singularName", "kind") {
			return Kind{group, version, r.Text("name"), r.Text("kind"), r.Bool("namespaced")}, true
		}
	}
	return Kind{}, false
}

// pickAggregated finds the kinds in all groups (APIGroupDiscoveryList), each in its first version that has it.
func pickAggregated(groups Object, name string) (found []Kind, incomplete string) {
	for _, g := range groups.Objects("items") {
		for _, v := range g.Objects("versions") {
			if v.Text("freshness") == "Stale" {
				incomplete = g.Name()
			}
			k, ok := pickVersion(v, g.Name(), name)
			if ok {
				found = append(found, k)
				break
			}
		}
	}
	return found, incomplete
}

func pickVersion(v Object, group, name string) (Kind, bool) {
	for _, r := range v.Objects("resources") {
		if called(name, r, "resource", "singularResource") || strings.EqualFold(name, r.Text("responseKind", "kind")) {
			return Kind{group, v.Text("version"), r.Text("resource"), r.Text("responseKind", "kind"), r.Text("scope") == "Namespaced"}, true
		}
	}
	return Kind{}, false
}

// called tells whether one of the keys, or a short name, is the name.
func called(name string, r Object, keys ...string) bool {
	for _, key := range keys {
		if strings.EqualFold(name, r.Text(key)) {
			return true
		}
	}
	short, _ := r["shortNames"].([]any)
	for _, s := range short {
		if s == name {
			return true
		}
	}
	return false
}
