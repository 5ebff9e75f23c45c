package check

import (
	"fmt"
	"strings"
	"testing"
)

// pods is a list of pods, each an image and an ID of what runs.
func podList(pods ...[2]string) string {
	var items []string
	for i, p := range pods {
		items = append(items, fmt.Sprintf(`{"kind":"Pod","metadata":{"name":"p%d"},"spec":{"containers":[{"name":"side","image":"side:9"},{"name":"app","image":%q}]},`+
			`"status":{"phase":"Running","containerStatuses":[{"name":"app","imageID":%q}]}}`, i, p[0], p[1]))
	}
	return `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[` + strings.Join(items, ",") + `]}`
}

func TestImage(t *testing.T) {
	const a, b = "sha256:aaaa", "sha256:bbbb"
	old, fresh := [2]string{"registry.local:5000/shop/api:1.4.1", "registry.local:5000/shop/api@" + a}, [2]string{"registry.local:5000/shop/api:1.4.2", "registry.local:5000/shop/api@" + b}
	for name, c := range map[string]struct {
		pods  string
		image string
		want  string
	}{
		"the tag":                  {podList(fresh, fresh), "1.4.2", "passed"},
		"a number as a tag":        {podList([2]string{"api:7", a}), "7", "passed"},
		"the whole reference":      {podList(fresh), fresh[0], "passed"},
		"the digest":               {podList(fresh), b, "passed"},
		"a reference with digest":  {podList(fresh), "registry.local:5000/shop/api@" + b, "passed"},
		"of another container":     {podList(fresh), "side:9", "passed"},
		"the version before":       {podList(fresh, old), "1.4.2", "failed assert: deployment/api: pod p1 runs side:9, registry.local:5000/shop/api:1.4.1, not 1.4.2"},
		"a tag that begins alike":  {podList(fresh), "1.4", "failed assert: deployment/api: pod p0 runs"},
		"the digest before":        {podList(old), b, "failed assert: deployment/api: pod p0 runs"},
		"a digest of another name": {podList(fresh), "registry.local:5000/other/api@" + b, "failed assert: deployment/api: pod p0 runs"},
		"a port is no tag":         {podList([2]string{"registry.local:5000/api", a}), "5000/api", "failed assert: deployment/api: pod p0 runs"},
		"no pods":                  {podList(), "1.4.2", "failed assert: deployment/api: no pod runs 1.4.2: it has none"},
		"nothing":                  {podList(fresh), `" "`, `error error: image: "" is no tag`},
	} {
		t.Run(name, func(t *testing.T) {
			objects := deployment("2", `"replicas":3,"selector":{"matchLabels":{"app":"api"}}`, rolledOut)
			objects["/api/v1/namespaces/prod/pods"] = c.pods
			if !strings.HasPrefix(c.image, `"`) {
				c.image = fmt.Sprintf("%q", c.image)
			}
			got := k8s(t, objects, "resource: deployment/api, expect: {rollout: complete, image: "+c.image+"}")
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
	got := k8s(t, deployment("2", `"replicas":3,"selector":{"matchLabels":{"app":"api"}}`, rolledOut), "resource: deployment/api, fail_if: .status.replicas == 3, expect: {condition: Absent}, retries: 5")
	if want := "failed assert: deployment/api: fail_if .status.replicas == 3 holds"; !strings.HasPrefix(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
