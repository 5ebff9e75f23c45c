package kube

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// What lists may cost.
const (
	MaxObjects   = 20_000 // in a list
	pageObjects  = 100    // whole objects of a request
	pageMetadata = 500    // metadata of a request
)

// Selection says which objects of a kind a list has.
type Selection struct {
	Labels   string // a label selector: "app=api,tier in (a, b)"; "" is all
	Fields   string // a field selector: "involvedObject.name=api"
	Metadata bool   // their metadata is enough: they have nothing else then
	Most     int    // stop after so many; 0 is all, and more than MaxObjects of them are an error
}

// maxEmpty is how many pages without an object may follow each other.
const maxEmpty = 1000

// List calls each with the objects of a namespace, page by page. An error of each ends it. A namespace that does not exist
// has an empty list: see [Cluster.Exists].
func (c *Cluster) List(ctx context.Context, k Kind, namespace string, s Selection, each func(Object) error) error {
	q := k.query("list", namespace, "")
	q.Query = url.Values{"limit": {strconv.Itoa(pageObjects)}}
	if s.Metadata {
		q.Query.Set("limit", strconv.Itoa(pageMetadata))
		q.Accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json"
	}
	if s.Labels != "" {
		q.Query.Set("labelSelector", s.Labels)
	}
	if s.Fields != "" {
		q.Query.Set("fieldSelector", s.Fields)
	}
	seen, empty := 0, 0
	for {
		page, err := c.page(ctx, k, q)
		if err != nil {
			return err
		}
		for _, o := range page.Objects("items") {
			if seen++; seen > MaxObjects {
				return fmt.Errorf("list %s: more than %d objects: narrow the selector", q, MaxObjects)
			}
			if err := each(o); err != nil {
				return err
			}
			if seen == s.Most {
				return nil
			}
		}
		next := page.Text("metadata", "continue")
		if next == "" {
			return nil
		}
		if next == q.Query.Get("continue") {
			return fmt.Errorf("list %s: the server gives the same page again", q)
		}
		// A page is empty where the server has left all of it out; one after the other without end is no list.
		if empty++; len(page.Objects("items")) > 0 {
			empty = 0
		}
		if empty > maxEmpty {
			return fmt.Errorf("list %s: the server gives %d pages without an object", q, maxEmpty)
		}
		q.Query.Set("continue", next)
	}
}

func (c *Cluster) page(ctx context.Context, k Kind, q Query) (Object, error) {
	body, err := c.Raw(ctx, q)
	if err != nil {
		return nil, err
	}
	page, err := decode(body)
	if err != nil {
		return nil, fmt.Errorf("list %s: the answer is no list: %w", q, err)
	}
	if _, isList := page["items"].([]any); !strings.HasSuffix(page.Text("kind"), "List") || !isList && page["items"] != nil {
		return nil, fmt.Errorf("list %s: the answer is no list, but of kind %q", q, page.Text("kind"))
	}
	items, _ := page["items"].([]any)
	for _, item := range items {
		o, isObject := item.(map[string]any)
		if kind := Object(o).Text("kind"); !isObject || kind != "" && kind != "PartialObjectMetadata" && kind != k.Kind {
			return nil, fmt.Errorf("list %s: it has an item of kind %q", q, kind)
		}
	}
	return page, nil
}
