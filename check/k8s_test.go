package check

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// apiServer stands in for an API server: objects and lists by path. What it does not have it does not find, as an API server
// says it: with a Status below a kind that it knows, without one elsewhere.
func apiServer(t *testing.T, objects map[string]string) *recorder {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body, ok := objects[r.URL.Path]
		status := http.StatusOK
		if code, rest, coded := strings.Cut(body, " "); coded && len(code) == 3 {
			_, _ = fmt.Sscan(code, &status)
			body = rest
		}
		if !ok {
			status, body = notFound(r.URL.Path)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func notFound(path string) (int, string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for _, known := range []string{"/apis/apps/v1/", "/apis/batch/v1/", "/api/v1/", "/apis/example.com/v1/"} {
		if strings.HasPrefix(path, known) && len(parts) > 3 {
			return 404, statusJSON(404, "NotFound", fmt.Sprintf(`%s \"%s\" not found`, parts[len(parts)-2], parts[len(parts)-1]), parts[len(parts)-1])
		}
	}
	return 404, "404 page not found\n"
}

func statusJSON(code int, reason, message, name string) string {
	return fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","status":"Failure","message":"%s","reason":"%s","details":{"name":"%s"},"code":%d}`, message, reason, name, code)
}

// kubeconfig makes a file that leads to a server.
func kubeconfig(t *testing.T, server string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`
current-context: test
clusters: [{name: c, cluster: {server: %q}}]
users: [{name: u, user: {token: s3cr3t-token}}]
contexts: [{name: test, context: {cluster: c, user: u, namespace: prod}}]
`, server)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// k8s runs a check of the type against objects.
func k8s(t *testing.T, objects map[string]string, keys string) string {
	t.Helper()
	server := apiServer(t, objects)
	return one(t, fmt.Sprintf("{name: a, type: k8s, kubeconfig: %q, %s}", kubeconfig(t, server.URL), keys))
}

const deployments = "/apis/apps/v1/namespaces/prod/deployments/"

// workload is an object of the apps group.
func workload(kind, name, generation, spec, status string) string {
	return fmt.Sprintf(`{"kind":%q,"apiVersion":"apps/v1","metadata":{"name":%q,"namespace":"prod","uid":"uid-%s","generation":%s},"spec":{%s},"status":{%s}}`,
		kind, name, name, generation, spec, status)
}

func deployment(generation, spec, status string) map[string]string {
	return map[string]string{deployments + "api": workload("Deployment", "api", generation, spec, status)}
}

const rolledOut = `"observedGeneration":2,"replicas":3,"updatedReplicas":3,"readyReplicas":3,"availableReplicas":3,` +
	`"conditions":[{"type":"Available","status":"True"},{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"}]`

func TestK8sRollouts(t *testing.T) {
	const rollout = "resource: deployment/api, expect: {rollout: complete}"
	sts := func(generation, spec, status string) map[string]string {
		return map[string]string{"/apis/apps/v1/namespaces/prod/statefulsets/db": workload("StatefulSet", "db", generation, spec, status)}
	}
	ds := func(generation, spec, status string) map[string]string {
		return map[string]string{"/apis/apps/v1/namespaces/prod/daemonsets/log": workload("DaemonSet", "log", generation, spec, status)}
	}
	const stsRollout, dsRollout = "resource: sts/db, expect: {rollout: complete}", "resource: ds/log, expect: {rollout: complete}"
	for name, c := range map[string]struct {
		objects     map[string]string
		check, want string
	}{
		"complete":              {deployment("2", `"replicas":3`, rolledOut), rollout, "passed"},
		"by its short name":     {deployment("2", `"replicas":3`, rolledOut), "resource: deploy/api, expect: {rollout: complete}", "passed"},
		"by its group":          {deployment("2", `"replicas":3`, rolledOut), "resource: Deployment.apps/api, expect: {rollout: complete}", "passed"},
		"with its replicas":     {deployment("2", `"replicas":3`, rolledOut), "resource: deployment/api, expect: {rollout: complete, replicas: 3}", "passed"},
		"ready":                 {deployment("2", `"replicas":3`, rolledOut), "resource: deployment/api, expect: {ready: all}", "passed"},
		"another namespace":     {deployment("2", `"replicas":3`, rolledOut), "resource: deployment/api, namespace: stage, expect: {rollout: complete}", `failed assert: deployment/api does not exist in the namespace "stage"`},
		"of an old generation":  {deployment("3", `"replicas":3`, rolledOut), rollout, "failed assert: deployment/api: its status is of generation 2, and it is at generation 3: the controller has not seen the change yet"},
		"no status yet":         {deployment("1", `"replicas":3`, ``), rollout, "failed assert: deployment/api: its controller has not seen it yet"},
		"paused":                {deployment("2", `"replicas":3,"paused":true`, rolledOut), rollout, "failed assert: deployment/api: it is paused: no change is rolled out"},
		"scaled to 0":           {deployment("2", `"replicas":0`, `"observedGeneration":2`), rollout, "failed assert: deployment/api: it is scaled to 0, so nothing runs: say 'replicas: 0' if that is meant"},
		"scaled to 0 as wanted": {deployment("2", `"replicas":0`, `"observedGeneration":2`), "resource: deployment/api, expect: {rollout: complete, replicas: 0}", "passed"},
		"other replicas":        {deployment("2", `"replicas":3`, rolledOut), "resource: deployment/api, expect: {rollout: complete, replicas: 5}", "failed assert: deployment/api: replicas == 5 (got 3)"},
		"replicas left out":     {deployment("1", ``, `"observedGeneration":1,"replicas":1`), rollout, "failed assert: deployment/api: 0 of 1 replicas are updated"},
		"updating":              {deployment("2", `"replicas":3`, `"observedGeneration":2,"replicas":4,"updatedReplicas":1,"availableReplicas":3`), rollout, "failed assert: deployment/api: 1 of 3 replicas are updated"},
		"old replicas":          {deployment("2", `"replicas":3`, `"observedGeneration":2,"replicas":4,"updatedReplicas":3,"availableReplicas":4`), rollout, "failed assert: deployment/api: 1 old replica is pending termination"},
		"not available":         {deployment("2", `"replicas":3`, `"observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":1`), rollout, "failed assert: deployment/api: 1 of 3 updated replicas are available"},
		"replica failure": {
			deployment("2", `"replicas":3`, `"observedGeneration":2,"conditions":[{"type":"ReplicaFailure","status":"True","message":"exceeded quota"}]`), rollout,
			"failed assert: deployment/api: 0 of 3 replicas are updated: exceeded quota",
		},
		"being deleted":       {map[string]string{deployments + "api": strings.Replace(deployment("2", `"replicas":3`, rolledOut)[deployments+"api"], `"uid"`, `"deletionTimestamp":"2026-01-01T00:00:00Z","uid"`, 1)}, rollout, "failed assert: deployment/api: it is being deleted"},
		"absent":              {nil, rollout, `failed assert: deployment/api does not exist in the namespace "prod"`},
		"another object":      {map[string]string{deployments + "api": workload("Deployment", "other", "2", `"replicas":3`, rolledOut)}, rollout, `error error: get deployments.apps "api" in the namespace "prod": the answer is another object`},
		"a page of a proxy":   {map[string]string{deployments + "api": "<html>ok</html>"}, rollout, `the answer is no object`},
		"an empty object":     {map[string]string{deployments + "api": "{}"}, rollout, `the answer is another object`},
		"404 of a proxy":      {map[string]string{deployments + "api": "404 not here"}, rollout, `error error: get deployments.apps "api" in the namespace "prod": the server has no such path (404)`},
		"a redirect to login": {map[string]string{deployments + "api": "302 "}, rollout, "error error: get deployments.apps \"api\" in the namespace \"prod\": status 302, and no answer of an API server of Kubernetes"},

		"statefulset":                    {sts("2", `"replicas":2,"updateStrategy":{"type":"RollingUpdate"}`, `"observedGeneration":2,"replicas":2,"readyReplicas":2,"updatedReplicas":2,"currentRevision":"b","updateRevision":"b"`), stsRollout, "passed"},
		"statefulset not ready":          {sts("2", `"replicas":2`, `"observedGeneration":2,"readyReplicas":1,"updatedReplicas":2,"currentRevision":"b","updateRevision":"b"`), stsRollout, "failed assert: statefulset/db: 1 of 2 replicas are ready"},
		"statefulset updating":           {sts("2", `"replicas":2`, `"observedGeneration":2,"readyReplicas":2,"updatedReplicas":1,"currentRevision":"a","updateRevision":"b"`), stsRollout, "failed assert: statefulset/db: 1 of 2 replicas are updated"},
		"statefulset of two revisions":   {sts("2", `"replicas":2`, `"observedGeneration":2,"readyReplicas":2,"updatedReplicas":2,"currentRevision":"a","updateRevision":"b"`), stsRollout, "failed assert: statefulset/db: the new revision b is not that of all replicas yet"},
		"statefulset of an old one":      {sts("3", `"replicas":2`, `"observedGeneration":2,"readyReplicas":2,"updatedReplicas":2`), stsRollout, "failed assert: statefulset/db: its status is of generation 2"},
		"statefulset scaled to 0":        {sts("2", `"replicas":0`, `"observedGeneration":2`), stsRollout, "failed assert: statefulset/db: it is scaled to 0"},
		"statefulset in parts":           {sts("2", `"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":1}}`, `"observedGeneration":2,"readyReplicas":3,"updatedReplicas":2,"currentRevision":"a","updateRevision":"b"`), stsRollout, "passed"},
		"statefulset with none of parts": {sts("2", `"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":3}}`, `"observedGeneration":2,"readyReplicas":3,"currentRevision":"a","updateRevision":"b"`), stsRollout, "failed assert: statefulset/db: its partition of 3 keeps all 3 replicas at the old revision"},
		"statefulset by hand":            {sts("2", `"replicas":1,"updateStrategy":{"type":"OnDelete"}`, `"observedGeneration":2,"readyReplicas":1`), stsRollout, "failed assert: statefulset/db: its update strategy is OnDelete"},

		"daemonset":              {ds("1", ``, `"observedGeneration":1,"desiredNumberScheduled":4,"updatedNumberScheduled":4,"numberAvailable":4`), dsRollout, "passed"},
		"daemonset updating":     {ds("1", ``, `"observedGeneration":1,"desiredNumberScheduled":4,"updatedNumberScheduled":3,"numberAvailable":4`), dsRollout, "failed assert: daemonset/log: 3 of 4 pods are updated"},
		"daemonset of no node":   {ds("1", ``, `"observedGeneration":1`), dsRollout, "failed assert: daemonset/log: no node is to run it: say 'replicas: 0' if that is meant"},
		"daemonset of an old":    {ds("2", ``, `"observedGeneration":1,"desiredNumberScheduled":4,"updatedNumberScheduled":4,"numberAvailable":4`), dsRollout, "failed assert: daemonset/log: its status is of generation 1"},
		"daemonset out of reach": {ds("1", ``, `"observedGeneration":1,"desiredNumberScheduled":4,"updatedNumberScheduled":4,"numberAvailable":0`), dsRollout, "failed assert: daemonset/log: 0 of 4 pods are available"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := k8s(t, c.objects, c.check); !strings.HasPrefix(got, c.want) && (!strings.Contains(got, c.want) || c.want == "passed") {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestK8sConditionsPathsAndJSON(t *testing.T) {
	job := func(status string) map[string]string {
		return map[string]string{"/apis/batch/v1/namespaces/prod/jobs/migrate": fmt.Sprintf(`{"kind":"Job","apiVersion":"batch/v1","metadata":{"name":"migrate","namespace":"prod","uid":"j","generation":1},"status":{%s}}`, status)}
	}
	widget := func(generation, status string) map[string]string {
		return map[string]string{
			"/apis/example.com": `{"kind":"APIGroup","name":"example.com","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}}`,
			"/apis/example.com/v1": `{"kind":"APIResourceList","resources":[{"name":"widgets/status","kind":"Widget","namespaced":true},` +
				`{"name":"widgets","singularName":"widget","kind":"Widget","namespaced":true,"shortNames":["wd"]}]}`,
			"/apis/example.com/v1/namespaces/prod/widgets/w": fmt.Sprintf(`{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"w","namespace":"prod","generation":%s},"status":{%s}}`, generation, status),
		}
	}
	pod := func(meta, status string) map[string]string {
		return map[string]string{"/api/v1/namespaces/prod/pods/p": fmt.Sprintf(`{"kind":"Pod","metadata":{"name":"p","namespace":"prod","annotations":{"a.b/c":"d"}%s},"status":{%s}}`, meta, status)}
	}
	const ready = `"conditions":[{"type":"Ready","status":"True"}]`
	for name, c := range map[string]struct {
		objects     map[string]string
		check, want string
	}{
		"job":                        {job(`"conditions":[{"type":"Complete","status":"True"}]`), "resource: job/migrate, expect: {condition: Complete}", "passed"},
		"job that is ready":          {job(`"conditions":[{"type":"Complete","status":"True"}]`), "resource: job/migrate, expect: {ready: all}", "passed"},
		"job that runs":              {job(`"active":1`), "resource: job/migrate, expect: {condition: complete}", "failed assert: job/migrate: it has no condition complete"},
		"job that failed":            {job(`"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"Job has reached the specified backoff limit"}]`), "resource: job/migrate, expect: {condition: Complete}", "failed assert: job/migrate: the job has failed: BackoffLimitExceeded: Job has reached the specified backoff limit"},
		"job that should fail":       {job(`"conditions":[{"type":"Failed","status":"True"}]`), "resource: job/migrate, expect: {condition: Failed}", "passed"},
		"custom resource":            {widget("2", `"observedGeneration":2,`+ready), "resource: widget.example.com/w, expect: {condition: Ready}", "passed"},
		"custom resource by version": {widget("2", `"observedGeneration":2,`+ready), "resource: wd.v1.example.com/w, expect: {ready: all}", "passed"},
		"of an old generation":       {widget("3", `"observedGeneration":2,`+ready), "resource: widgets.example.com/w, expect: {condition: Ready}", "failed assert: widget/w: its status is of generation 2"},
		"condition of an old one":    {widget("3", `"observedGeneration":3,"conditions":[{"type":"Ready","status":"True","observedGeneration":2}]`), "resource: widgets.example.com/w, expect: {condition: Ready}", "failed assert: widget/w: condition Ready=True: its status is of generation 2, and it is at generation 3"},
		"json of an old generation":  {widget("3", `"observedGeneration":2,"phase":"Ok"`), `resource: widgets.example.com/w, expect: {json: '.status.phase == "Ok"'}`, "failed assert: widget/w: its status is of generation 2"},
		"path of an old generation":  {widget("3", `"observedGeneration":2,"phase":"Ok"`), "resource: widgets.example.com/w, expect: {jsonpath: '{.status.phase}=Ok'}", "failed assert: widget/w: its status is of generation 2"},
		"unknown kind":               {widget("1", ready), "resource: gadget.example.com/w, expect: {absent: true}", "error error: the API group example.com has no kind 'gadget'"},
		"unknown group":              {widget("1", ready), "resource: widget.example.org/w, expect: {absent: true}", "error error: the cluster has no API group 'example.org', so no kind 'widget.example.org'"},
		"condition false":            {pod("", `"conditions":[{"type":"Ready","status":"False","reason":"ContainersNotReady","message":"containers with unready status: [app]"}]`), "resource: pod/p, expect: {condition: Ready}", "failed assert: pod/p: condition Ready=True (got False, ContainersNotReady: containers with unready status: [app])"},
		"condition false as wanted":  {pod("", `"conditions":[{"type":"Ready","status":"False"}]`), "resource: pod/p, expect: {condition: Ready=False}", "passed"},
		"condition unknown":          {pod("", `"conditions":[{"type":"Ready","status":"Unknown"}]`), "resource: pod/p, expect: {condition: Ready=False}", "failed assert: pod/p: condition Ready=False (got Unknown)"},
		"no condition is not false":  {pod("", ``), "resource: pod/p, expect: {condition: Ready=False}", "failed assert: pod/p: it has no condition Ready"},
		"condition twice":            {pod("", `"conditions":[{"type":"Ready","status":"True"},{"type":"ready","status":"False"}]`), "resource: pod/p, expect: {condition: Ready}", "failed assert: pod/p: condition Ready=True (got Twice"},
		"condition twice, alike":     {pod("", `"conditions":[{"type":"Ready","status":"True"},{"type":"Ready","status":"True"}]`), "resource: pod/p, expect: {condition: Ready}", "passed"},
		"terminating":                {pod(`,"deletionTimestamp":"2026-01-01T00:00:00Z"`, ready), "resource: pod/p, expect: {condition: Ready}", "failed assert: pod/p: it is being deleted"},
		"available, scaled to 0":     {deployment("2", `"replicas":0`, rolledOut), "resource: deployment/api, expect: {condition: Available}", "failed assert: deployment/api: it is scaled to 0"},
		"available, paused":          {deployment("2", `"paused":true`, rolledOut), "resource: deployment/api, expect: {condition: Available}", "failed assert: deployment/api: it is paused"},
		"available":                  {deployment("2", `"replicas":3`, rolledOut), "resource: deployment/api, expect: {condition: Available}", "passed"},
		"path":                       {pod("", `"phase":"Running"`), "resource: pod/p, expect: {jsonpath: '{.status.phase}=Running'}", "passed"},
		"path and value apart":       {pod("", `"phase":"Running"`), "resource: pod/p, expect: {jsonpath: '{.status.phase}', value: Running}", "passed"},
		"path to another":            {pod("", `"phase":"Pending"`), "resource: pod/p, expect: {jsonpath: '{.status.phase}=Running'}", `failed assert: pod/p: {.status.phase}=Running (got "Pending")`},
		"path to nothing":            {pod("", ``), "resource: pod/p, expect: {jsonpath: '{.status.phase}=Running'}", "failed assert: pod/p: there is nothing at {.status.phase}"},
		"path to null":               {pod("", `"phase":null`), "resource: pod/p, expect: {jsonpath: '{.status.phase}'}", "failed assert: pod/p: there is nothing at {.status.phase}"},
		"path to an empty text":      {pod("", `"podIP":""`), "resource: pod/p, expect: {jsonpath: '{.status.podIP}'}", "failed assert: pod/p: the text at {.status.podIP} is empty"},
		"path that is there":         {pod("", `"podIP":"10.0.0.1"`), "resource: pod/p, expect: {jsonpath: '{.status.podIP}'}", "passed"},
		"path to a number":           {pod("", `"n":3`), "resource: pod/p, expect: {jsonpath: '.status.n=3'}", "passed"},
		"path to a map":              {pod("", `"n":{}`), "resource: pod/p, expect: {jsonpath: '.status.n=3'}", "failed assert: pod/p: {.status.n} leads to {}, which cannot be compared with a text: use 'json'"},
		"path with a dotted key":     {pod("", ``), `resource: pod/p, expect: {jsonpath: '{.metadata.annotations.a\.b/c}=d'}`, "passed"},
		"path with a quoted key":     {pod("", ``), `resource: pod/p, expect: {jsonpath: "{.metadata.annotations['a.b/c']}=d"}`, "passed"},
		"path to all":                {pod("", `"l":[{"v":"a"},{"v":"a"}]`), "resource: pod/p, expect: {jsonpath: '{.status.l[*].v}=a'}", "passed"},
		"path to all but one":        {pod("", `"l":[{"v":"a"},{"v":"b"}]`), "resource: pod/p, expect: {jsonpath: '{.status.l[*].v}=a'}", `failed assert: pod/p: {.status.l[*].v}=a (got "b")`},
		"path to all of none":        {pod("", `"l":[]`), "resource: pod/p, expect: {jsonpath: '{.status.l[*].v}=a'}", "failed assert: pod/p: there is nothing at {.status.l[*].v}"},
		"json":                       {pod("", `"phase":"Running"`), `resource: pod/p, expect: {json: '.status.phase == "Running"'}`, "passed"},
		"json of another":            {pod("", `"phase":"Pending"`), `resource: pod/p, expect: {json: '.status.phase == "Running"'}`, `failed assert: pod/p: json .status.phase == "Running" (got "Pending")`},
		"json of a deletion":         {pod(`,"deletionTimestamp":"2026-01-01T00:00:00Z"`, ``), `resource: pod/p, expect: {json: '.metadata.deletionTimestamp != null'}`, "passed"},
		"json while terminating":     {pod(`,"deletionTimestamp":"2026-01-01T00:00:00Z"`, `"phase":"Running"`), `resource: pod/p, expect: {json: '.status.phase == "Running"'}`, "failed assert: pod/p: it is being deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := k8s(t, c.objects, c.check); !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// list is a list of pods, each given by its metadata and status.
func list(kind string, items ...string) string {
	return fmt.Sprintf(`{"kind":%q,"apiVersion":"v1","metadata":{},"items":[%s]}`, kind, strings.Join(items, ","))
}

func TestK8sLists(t *testing.T) {
	const pods, prod = "/api/v1/namespaces/prod/pods", "/api/v1/namespaces/prod"
	exists := `{"kind":"Namespace","metadata":{"name":"prod"}}`
	good := `{"metadata":{"name":"a","namespace":"prod"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}`
	bad := `{"metadata":{"name":"b","namespace":"prod"},"status":{"phase":"Pending","conditions":[{"type":"Ready","status":"False"}]}}`
	dying := `{"metadata":{"name":"c","namespace":"prod","deletionTimestamp":"2026-01-01T00:00:00Z"}}`
	forbidden := "403 " + statusJSON(403, "Forbidden", `namespaces \"prod\" is forbidden: User \"system:serviceaccount:prod:gate\" cannot get resource`, "prod")
	for name, c := range map[string]struct {
		objects     map[string]string
		check, want string
	}{
		"all ready":                      {map[string]string{pods: list("PodList", good, good)}, "kind: pod, selector: app=api, expect: {ready: all}", "passed"},
		"one is not":                     {map[string]string{pods: list("PodList", good, bad)}, "kind: pod, selector: app=api, expect: {ready: all}", "failed assert: pod/b: condition Ready=True (got False); pod b, phase Pending"},
		"one is terminating":             {map[string]string{pods: list("PodList", good, dying)}, "kind: pod, selector: app=api, expect: {ready: all}", "failed assert: pod/c: it is being deleted"},
		"none":                           {map[string]string{pods: list("PodList"), prod: exists}, "kind: pod, selector: app=api, expect: {ready: all}", `failed assert: there are no pods of app=api in the namespace "prod"`},
		"none with a condition":          {map[string]string{pods: list("PodList"), prod: exists}, "kind: pod, selector: app=api, expect: {condition: Ready}", `failed assert: there are no pods of app=api`},
		"none with jq":                   {map[string]string{pods: list("PodList"), prod: exists}, "kind: pod, expect: {json: '.x == 1'}", `failed assert: there are no pods in the namespace "prod"`},
		"none of no namespace":           {map[string]string{pods: list("PodList")}, "kind: pod, expect: {ready: all}", `error error: the namespace "prod" does not exist, so nothing is known about pods`},
		"count":                          {map[string]string{pods: list("PodList", good, bad)}, "kind: pod, expect: {count: '>=1'}", "passed"},
		"count exactly":                  {map[string]string{pods: list("PodList", good, bad)}, "kind: pod, expect: {count: 3}", `failed assert: count of pods == 3 in the namespace "prod" (got 2)`},
		"count of none":                  {map[string]string{pods: list("PodList"), prod: exists}, "kind: pod, expect: {count: '>=1'}", `failed assert: count of pods >=1 in the namespace "prod" (got 0)`},
		"count without the dying":        {map[string]string{pods: list("PodList", good, dying)}, "kind: pod, expect: {count: '>=2'}", `failed assert: count of pods >=2 in the namespace "prod" (got 2, of which 1 terminating)`},
		"count 0 with a dying":           {map[string]string{pods: list("PodList", dying)}, "kind: pod, expect: {count: 0}", `failed assert: count of pods == 0 in the namespace "prod" (got 1, of which 1 terminating)`},
		"count 0":                        {map[string]string{pods: list("PodList"), prod: exists}, "kind: pod, expect: {count: 0}", "passed"},
		"count 0 of no namespace":        {map[string]string{pods: list("PodList")}, "kind: pod, expect: {count: 0}", `error error: the namespace "prod" does not exist`},
		"count 0 of an unknown one":      {map[string]string{pods: list("PodList"), prod: forbidden}, "kind: pod, expect: {count: 0}", `error error: pods: none was found, but whether the namespace "prod" exists is not known: forbidden (403): system:serviceaccount:prod:gate may not get namespaces "prod"`},
		"absent":                         {map[string]string{prod: exists}, "resource: pod/p, expect: {absent: true}", "passed"},
		"absent, and present":            {map[string]string{pods + "/p": `{"kind":"Pod","metadata":{"name":"p","namespace":"prod"}}`}, "resource: pod/p, expect: {absent: true}", `failed assert: pod/p is absent in the namespace "prod" (got 1)`},
		"absent, and terminating":        {map[string]string{pods + "/p": `{"kind":"Pod","metadata":{"name":"p","namespace":"prod","deletionTimestamp":"2026-01-01T00:00:00Z"}}`}, "resource: pod/p, expect: {absent: true}", `failed assert: pod/p is absent in the namespace "prod" (got 1, of which 1 terminating)`},
		"absent from no namespace":       {nil, "resource: pod/p, expect: {absent: true}", `error error: the namespace "prod" does not exist, so nothing is known about pod/p`},
		"absent, and forbidden":          {map[string]string{pods + "/p": "403 " + statusJSON(403, "Forbidden", "no", "p")}, "resource: pod/p, expect: {absent: true}", `error error: forbidden (403): user "u" of the kubeconfig may not get pods "p" in the namespace "prod": give it a Role with this verb`},
		"absent, 404 of a proxy":         {map[string]string{pods + "/p": "404 nothing here", prod: exists}, "resource: pod/p, expect: {absent: true}", `error error: get pods "p" in the namespace "prod": the server has no such path (404)`},
		"absent, 404 of something else":  {map[string]string{pods + "/p": "404 " + statusJSON(404, "NotFound", "x", "other"), prod: exists}, "resource: pod/p, expect: {absent: true}", `error error: get pods "p"`},
		"absent list of an unknown kind": {map[string]string{"/api/v1": list("APIResourceList"), "/apis": `{"kind":"APIGroupList","groups":[]}`}, "kind: pdo, expect: {absent: true}", "error error: the cluster has no kind 'pdo': did you mean 'pod'?"},
		"absent list":                    {map[string]string{pods: list("PartialObjectMetadataList"), prod: exists}, "kind: pod, selector: job=old, expect: {absent: true}", "passed"},
		"absent list that is none":       {map[string]string{pods: `{"kind":"Pod","metadata":{"name":"x"}}`, prod: exists}, "kind: pod, selector: job=old, expect: {absent: true}", `error error: list pods in the namespace "prod": the answer is no list, but of kind "Pod"`},
		"absent list, an empty answer":   {map[string]string{pods: `{}`, prod: exists}, "kind: pod, expect: {count: 0}", `error error: list pods in the namespace "prod": the answer is no list`},
		"items of another kind":          {map[string]string{pods: list("PodList", good, `{"kind":"Node","metadata":{"name":"n"}}`)}, "kind: pod, expect: {count: 2}", `error error: list pods in the namespace "prod": it has an item of kind "Node"`},
		"items that are none":            {map[string]string{pods: list("PodList", good, `"x"`)}, "kind: pod, expect: {count: 1}", `error error: list pods in the namespace "prod": it has an item of kind ""`},
		"items of metadata":              {map[string]string{pods: list("PartialObjectMetadataList", `{"kind":"PartialObjectMetadata","metadata":{"name":"a"}}`)}, "kind: pod, expect: {count: 1}", "passed"},
		"too many requests":              {map[string]string{pods: "429 " + statusJSON(429, "TooManyRequests", "too many requests", "")}, "kind: pod, expect: {count: 0}", `error error: list pods in the namespace "prod": too many requests (429)`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := k8s(t, c.objects, c.check); !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestK8sWithoutAServer(t *testing.T) {
	config := kubeconfig(t, "http://"+nobody(t))
	for _, expect := range []string{"{absent: true}", "{rollout: complete}"} {
		got := one(t, fmt.Sprintf("{name: a, type: k8s, kubeconfig: %q, resource: deployment/api, expect: %s}", config, expect))
		if want := "error connect: "; !strings.HasPrefix(got, want) {
			t.Errorf("expect: %s\ngot  %s\nwant %s", expect, got, want)
		}
	}
}
