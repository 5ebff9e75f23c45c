package check

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// crashing are the objects of a rollout whose new pods do not live.
func crashing() map[string]string {
	set := func(name, revision string) string {
		return fmt.Sprintf(`{"metadata":{"name":%q,"namespace":"prod","uid":"uid-%s","annotations":{"deployment.kubernetes.io/revision":%q},"ownerReferences":[{"uid":"uid-api"}]},"spec":{"selector":{"matchLabels":{"app":"api"}}}}`, name, name, revision)
	}
	pod := func(name, owner, status string) string {
		return fmt.Sprintf(`{"metadata":{"name":%q,"namespace":"prod","uid":"uid-%s","ownerReferences":[{"uid":"uid-%s"}]},"status":{%s}}`, name, name, owner, status)
	}
	exceeded := `"observedGeneration":2,"replicas":4,"updatedReplicas":1,"availableReplicas":3,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"ReplicaSet api-new has timed out progressing."}]`
	status := func(container string) string {
		return `"phase":"Running","conditions":[{"type":"Ready","status":"False"}],"containerStatuses":[` + container + `]`
	}
	return map[string]string{
		deployments + "api":                         workload("Deployment", "api", "2", `"replicas":3,"selector":{"matchLabels":{"app":"api"},"matchExpressions":[{"key":"tier","operator":"In","values":["a","b"]}]}`, exceeded),
		"/apis/apps/v1/namespaces/prod/replicasets": list("ReplicaSetList", set("api-old", "9"), set("api-new", "10")),
		"/api/v1/namespaces/prod/pods": list("PodList",
			pod("api-old-1", "api-old", status(`{"name":"app","state":{"waiting":{"reason":"CrashLoopBackOff"}}}`)),
			pod("api-new-0", "api-new", `"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available"}]`),
			pod("api-new-1", "api-new", status(`{"name":"app","restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 40s"}},"lastState":{"terminated":{"reason":"Error","exitCode":2}}}`)),
			pod("api-new-2", "api-new", status(`{"name":"app","restartCount":1,"state":{"terminated":{"reason":"OOMKilled","exitCode":137}}}`)),
			pod("api-new-3", "api-new", status(`{"name":"app","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image \"api:v2\""}}}`)),
			pod("api-new-4", "api-new", status(`{"name":"app","state":{"running":{}},"ready":false}`)),
			pod("api-new-5", "api-new", status(`{"name":"app","state":{"running":{}},"ready":false}`)),
			pod("api-new-6", "api-new", `"conditions":[{"type":"Ready","status":"True"}]`),
		),
		"/api/v1/namespaces/prod/events": list("EventList",
			`{"type":"Normal","reason":"Pulled","message":"later","lastTimestamp":"2026-01-01T00:00:09Z"}`,
			`{"type":"Warning","reason":"BackOff","message":"Back-off restarting failed container","lastTimestamp":"2026-01-01T00:00:05Z"}`,
			`{"type":"Warning","reason":"Older","message":"x","lastTimestamp":"2026-01-01T00:00:01Z"}`),
		"/api/v1/namespaces/prod/pods/api-new-1/log": "starting\npanic: cannot log in with s3cr3t-token\n\n",
	}
}

func TestAFailedRolloutSaysWhy(t *testing.T) {
	got := k8s(t, crashing(), "retries: 3, backoff: 1h, resource: deployment/api, expect: {rollout: complete}")
	want := []string{
		"failed assert: deployment/api: the rollout has exceeded its progress deadline: ReplicaSet api-new has timed out progressing.; ",
		`pod api-new-1, container app: CrashLoopBackOff, before that Error (exit code 2), 4 restarts, event: BackOff: Back-off restarting failed container, log: "panic: cannot log in with ***"; `,
		`pod api-new-2, container app: OOMKilled (exit code 137), 1 restart, event: `,
		`pod api-new-3, container app: ImagePullBackOff: Back-off pulling image "api:v2", event: `,
		`pod api-new-4, container app: running, but not ready, event: `,
		`pod api-new-5, container app: running, but not ready, event: `,
		`; and 1 more pods`,
	}
	for _, part := range want {
		if !strings.Contains(got, part) {
			t.Errorf("got  %s\nwant %s", got, part)
		}
	}
	for _, not := range []string{"api-old", "api-new-6", "api-new-0", "s3cr3t-token"} {
		if strings.Contains(got, not) {
			t.Errorf("got  %s\nwant nothing of %s", got, not)
		}
	}
}

func TestWhatARolloutAsksOfTheServer(t *testing.T) {
	server := apiServer(t, crashing())
	one(t, fmt.Sprintf("{name: a, type: k8s, kubeconfig: %q, resource: deployment/api, expect: {rollout: complete}}", kubeconfig(t, server.URL)))
	var got []string
	for _, r := range server.requests() {
		uri, err := url.QueryUnescape(r.URI)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Method+" "+uri)
		if r.Header.Get("Authorization") != "Bearer s3cr3t-token" || r.Body != "" {
			t.Errorf("%s: Authorization %q and body %q, want the token and no body", uri, r.Header.Get("Authorization"), r.Body)
		}
	}
	const ns = "/api/v1/namespaces/prod"
	want := []string{
		"GET " + deployments + "api",
		"GET /apis/apps/v1/namespaces/prod/replicasets?labelSelector=app=api,tier in (a,b)&limit=100",
		"GET " + ns + "/pods?labelSelector=app=api&limit=100",
		"GET " + ns + "/events?fieldSelector=involvedObject.uid=uid-api-new-1&limit=100",
		"GET " + ns + "/pods/api-new-1/log?container=app&limitBytes=16384&previous=true&tailLines=5",
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("requests:\n%s\nwant first:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if len(got) > 3+2*maxWhyPods+4 {
		t.Errorf("%d requests, want a bounded number:\n%s", len(got), strings.Join(got, "\n"))
	}
}

// A failure that no waiting mends ends the attempts; any other is tried again.
func TestWhichK8sFailuresAreTriedAgain(t *testing.T) {
	failedJob := map[string]string{"/apis/batch/v1/namespaces/prod/jobs/j": `{"kind":"Job","metadata":{"name":"j","namespace":"prod"},"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}}`}
	for name, c := range map[string]struct {
		objects  map[string]string
		keys     string
		attempts int
	}{
		"progress deadline exceeded": {crashing(), "resource: deployment/api, expect: {rollout: complete}", 1},
		"a failed job":               {failedJob, "resource: job/j, expect: {condition: Complete}", 1},
		"an unknown context":         {nil, "context: other, resource: job/j, expect: {condition: Complete}", 1},
		"not complete yet":           {deployment("3", `"replicas":3`, rolledOut), "resource: deployment/api, expect: {rollout: complete}", 3},
		"absent":                     {nil, "resource: deployment/api, expect: {rollout: complete}", 3},
		"unavailable":                {map[string]string{deployments + "api": "503 " + statusJSON(503, "ServiceUnavailable", "no", "")}, "retry: {on: [5xx]}, resource: deployment/api, expect: {rollout: complete}", 3},
		"not chosen":                 {map[string]string{deployments + "api": "503 " + statusJSON(503, "ServiceUnavailable", "no", "")}, "retry: {on: [assert]}, resource: deployment/api, expect: {rollout: complete}", 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := apiServer(t, c.objects)
			r := newBench(t).run(fmt.Sprintf("checks:\n  - {name: a, type: k8s, retries: 2, backoff: 1s, kubeconfig: %q, %s}\n", kubeconfig(t, server.URL), c.keys)).Checks[0]
			if r.Passed || r.Attempts != c.attempts {
				t.Errorf("passed %v after %d attempts, want a failure after %d: %s", r.Passed, r.Attempts, c.attempts, text(r.Message))
			}
		})
	}
}

func TestTheValuesOfASecretAreNotShown(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte("hunter2-hunter2"))
	objects := map[string]string{"/api/v1/namespaces/prod/secrets/s": fmt.Sprintf(`{"kind":"Secret","metadata":{"name":"s","namespace":"prod"},"data":{"password":%q}}`, encoded)}
	for _, expect := range []string{"{jsonpath: '{.data.password}=x'}", "{json: '.data.password == \"x\"'}", "{json: '(.data.password | @base64d) == \"x\"'}"} {
		got := k8s(t, objects, "resource: secret/s, expect: "+expect)
		if !strings.HasPrefix(got, "failed assert") || strings.Contains(got, encoded) || strings.Contains(got, "hunter2") {
			t.Errorf("expect: %s\ngot %s, want a failure without the value", expect, got)
		}
	}
}

func TestK8sFilesThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct{ keys, want string }{
		"nothing to look at":       {"expect: {rollout: complete}", "check 'a' has neither 'resource' nor 'kind'"},
		"both":                     {"resource: pod/p, kind: pod, expect: {ready: all}", "give one of both"},
		"no expectation":           {"resource: pod/p", "check 'a' has no 'expect'"},
		"an empty expectation":     {"resource: pod/p, expect: {}", "'expect' needs one of rollout, condition, jsonpath, json, count, absent, ready"},
		"replicas alone":           {"resource: deployment/p, expect: {replicas: 1}", "'expect' needs one of"},
		"two expectations":         {"resource: pod/p, expect: {ready: all, condition: Ready}", "'expect' has condition and ready: make a check of each"},
		"no name":                  {"resource: pod, expect: {ready: all}", `the resource "pod" must be kind/name, as deployment/api`},
		"an empty name":            {"resource: pod/, expect: {ready: all}", "has no legal name after the slash"},
		"a path":                   {"resource: pod/../secrets, expect: {ready: all}", "has no legal name after the slash"},
		"dots":                     {"resource: pod/.., expect: {ready: all}", "has no legal name after the slash"},
		"a kind that is none":      {"kind: 'po d', expect: {ready: all}", "is no kind"},
		"an empty selector":        {"kind: pod, selector: '', expect: {ready: all}", "the selector is empty"},
		"a rollout of a job":       {"resource: job/p, expect: {rollout: complete}", "jobs.batch has no rollout: deployments, statefulsets and daemonsets have"},
		"another rollout":          {"resource: deployment/p, expect: {rollout: done}", "must be one of complete"},
		"a condition with a blank": {"resource: pod/p, expect: {condition: 'Ready = True'}", "must be a condition such as Ready"},
		"a condition of another":   {"resource: pod/p, expect: {condition: Ready=yes}", "must be a condition such as Ready"},
		"count of one":             {"resource: pod/p, expect: {count: 1}", "'count' needs 'kind'"},
		"count of all":             {"kind: pod, expect: {count: '>=0'}", "every number of objects is >=0: it says nothing"},
		"count of none":            {"kind: pod, expect: {count: '>2 <3'}", "no number of objects is >2 <3: nothing could pass"},
		"count of a word":          {"kind: pod, expect: {count: many}", "must be a number of objects such as 3"},
		"count below 0":            {"kind: pod, expect: {count: -1}", "must be a number of objects such as 3"},
		"absent: false":            {"kind: pod, expect: {absent: false}", "must be true: leave the key out otherwise"},
		"value without path":       {"kind: pod, expect: {value: a, ready: all}", "'value' needs 'jsonpath'"},
		"two values":               {"kind: pod, expect: {jsonpath: '{.a}=b', value: c}", "'jsonpath' has a value already"},
		"replicas of a count":      {"kind: pod, expect: {count: 1, replicas: 1}", "'replicas' belongs to 'rollout', 'ready' or 'condition'"},
		"json that is none":        {"kind: pod, expect: {json: '.a ='}", "invalid jq"},
		"unknown key":              {"kind: pod, namspace: x, expect: {ready: all}", "did you mean 'namespace'?"},
		"namespace that is none":   {"kind: pod, namespace: 'a/b', expect: {ready: all}", `"a/b" is no name of a namespace`},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range newBench(t).problems("checks:\n  - {name: a, type: k8s, " + c.keys + "}\n") {
				got = append(got, p.Message)
			}
			if all := strings.Join(got, "\n"); !strings.Contains(all, c.want) {
				t.Errorf("problems:\n%s\nwant one with:\n%s", all, c.want)
			}
		})
	}
}

func TestTheReasonOfACutAttempt(t *testing.T) {
	var r foundOut
	for _, step := range []struct {
		object, text string
		whole        bool
		want         string
	}{
		{"a", "", false, ""},
		{"a", "pod a-1, phase Pending", false, "pod a-1, phase Pending"},
		{"a", "pod a-1, container app: Error, log: \"boom\"", true, "pod a-1, container app: Error, log: \"boom\""},
		{"a", "pod a-1, container app: Error", false, "pod a-1, container app: Error, log: \"boom\""},
		{"a", "", false, "pod a-1, container app: Error, log: \"boom\""},
		{"b", "", false, ""}, // another object
		{"b", "pod b-1, phase Pending", true, "pod b-1, phase Pending"},
		{"b", "", true, ""}, // it is sure that there is none now
		{"b", "pod b-2", false, "pod b-2"},
	} {
		if got := r.keep(step.object, step.text, step.whole); got != step.want {
			t.Errorf("keep(%q, %q, %v) = %q, want %q", step.object, step.text, step.whole, got, step.want)
		}
	}
}
