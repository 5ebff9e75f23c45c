package check

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"assay.rs/check/kube"
)

// What the reasons of a failure may cost.
const (
	maxWhyTime = 5 * time.Second
	maxWhyPods = 5
	maxPods    = 200 // that are looked at
)

// foundOut is what the last attempt that had the time for it has found out about an object. The attempt that a deadline cuts short
// says it again: it is the one whose message stays.
type foundOut struct {
	mu     sync.Mutex
	object string
	text   string
}

// keep gives the text to say of an object: that of this attempt, or of an earlier one when this one could not find out all.
func (r *foundOut) keep(object, text string, whole bool) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !whole && r.object == object && r.text != "" {
		return r.text
	}
	r.object, r.text = object, text
	return text
}

// why says why an object is not what it should be: of the pods that its newest form has made, what their containers do, the
// last event and the last line of the log. It is a help and never a verdict: what it may not read it leaves out.
func (t *k8sTarget) why(ctx context.Context, o kube.Object) string {
	limit := maxWhyTime
	if at, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(at)/2)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	found := t.findOut(ctx, o)
	return t.foundOut.keep(o.Text("metadata", "uid"), found, ctx.Err() == nil)
}

func (t *k8sTarget) findOut(ctx context.Context, o kube.Object) string {
	var pods []kube.Object
	var err error
	owner := o
	switch t.kind.String() {
	case "pods":
		pods = []kube.Object{o}
	case "deployments.apps":
		if owner, err = t.newestReplicaSet(ctx, o); err == nil && owner != nil {
			pods, err = t.podsOf(ctx, owner)
		}
	case "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "jobs.batch":
		pods, err = t.podsOf(ctx, o)
	default:
		return ""
	}
	if refused, ok := errors.AsType[*kube.StatusError](err); ok && refused.Code == 403 {
		return "why is not known: " + refused.Message
	}
	if err != nil || owner == nil {
		return ""
	}
	var reasons []string
	for _, pod := range pods[:min(len(pods), maxWhyPods)] {
		reasons = append(reasons, t.whyPod(ctx, pod))
	}
	if more := len(pods) - maxWhyPods; more > 0 {
		reasons = append(reasons, fmt.Sprintf("and %d more pods", more))
	}
	if len(pods) == 0 {
		if event := t.lastEvent(ctx, owner); event != "" {
			reasons = append(reasons, fmt.Sprintf("event of %s: %s", owner.Name(), event))
		}
	}
	return strings.Join(reasons, "; ")
}

// newestReplicaSet is that of the deployment's present template; nil when there is none.
func (t *k8sTarget) newestReplicaSet(ctx context.Context, deployment kube.Object) (kube.Object, error) {
	sets, _ := kube.Standard("replicasets")
	var newest kube.Object
	err := t.cluster.List(ctx, sets, t.namespace, kube.Selection{Labels: selectorOf(deployment), Most: maxPods}, func(set kube.Object) error {
		if set.OwnedBy(deployment.Text("metadata", "uid")) && (newest == nil || revision(set) > revision(newest)) {
			newest = set
		}
		return nil
	})
	return newest, err
}

func revision(set kube.Object) int {
	n, _ := naturalNumber(set.Text("metadata", "annotations", "deployment.kubernetes.io/revision"))
	return n
}

// podsOf are the pods of an owner that are not well, those that have failed first.
func (t *k8sTarget) podsOf(ctx context.Context, owner kube.Object) ([]kube.Object, error) {
	kind, _ := kube.Standard("pods")
	var pods []kube.Object
	err := t.cluster.List(ctx, kind, t.namespace, kube.Selection{Labels: selectorOf(owner), Most: maxPods}, func(pod kube.Object) error {
		well := strings.EqualFold(pod.Condition("Ready").Text("status"), "True") || pod.Text("status", "phase") == "Succeeded"
		if pod.OwnedBy(owner.Text("metadata", "uid")) && !well && !pod.Terminating() {
			pods = append(pods, pod)
		}
		return nil
	})
	sort.SliceStable(pods, func(i, j int) bool { return len(troubles(pods[i])) > 0 && len(troubles(pods[j])) == 0 })
	return pods, err
}

// selectorOf is the label selector of a workload as text.
func selectorOf(o kube.Object) string {
	var parts []string
	labels, _ := o.At("spec", "selector", "matchLabels").(map[string]any)
	for key, value := range labels {
		parts = append(parts, fmt.Sprintf("%s=%v", key, value))
	}
	for _, e := range o.Objects("spec", "selector", "matchExpressions") {
		key := e.Text("key")
		var values []string
		list, _ := e["values"].([]any)
		for _, v := range list {
			values = append(values, fmt.Sprint(v))
		}
		switch e.Text("operator") {
		case "In":
			parts = append(parts, key+" in ("+strings.Join(values, ",")+")")
		case "NotIn":
			parts = append(parts, key+" notin ("+strings.Join(values, ",")+")")
		case "Exists":
			parts = append(parts, key)
		case "DoesNotExist":
			parts = append(parts, "!"+key)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// trouble is a container that does not do what it should.
type trouble struct {
	container, state string
	ended            bool // a container of this name has ended, and may have left a log
	running          bool
}

// troubles are those of a pod's containers, in their order.
func troubles(pod kube.Object) []trouble {
	var out []trouble
	for _, list := range []string{"initContainerStatuses", "containerStatuses"} {
		for _, status := range pod.Objects("status", list) {
			if t := troubleOf(status, list == "initContainerStatuses"); t.state != "" {
				out = append(out, t)
			}
		}
	}
	return out
}

func troubleOf(status kube.Object, init bool) trouble {
	t := trouble{container: status.Text("name")}
	last := exitText(status, "lastState")
	restarts := status.Count("restartCount")
	t.ended = last != "" || restarts > 0
	waiting := status.Text("state", "waiting", "reason")
	switch exit := exitText(status, "state"); {
	case exit != "" && status.Count("state", "terminated", "exitCode") != 0:
		t.state, t.ended, last = exit, true, ""
	case waiting != "" && waiting != "ContainerCreating" && waiting != "PodInitializing":
		t.state = waiting
		if message := status.Text("state", "waiting", "message"); message != "" && last == "" {
			t.state += ": " + cut(message, 200)
		}
	case status.At("state", "running") != nil && !status.Bool("ready") && !init:
		t.state, t.running = "running, but not ready", true
	case waiting != "" && last != "":
		t.state = waiting
	}
	if t.state != "" && last != "" {
		t.state += ", before that " + last
	}
	if t.state != "" && restarts > 0 {
		t.state += ", " + plural(int(restarts), "restart")
	}
	return t
}

// exitText is how a container ended: "OOMKilled (exit code 137)".
func exitText(status kube.Object, state string) string {
	if status.At(state, "terminated") == nil {
		return ""
	}
	text := status.Text(state, "terminated", "reason")
	if text == "" {
		text = "ended"
	}
	if signal := status.Count(state, "terminated", "signal"); signal != 0 {
		text += fmt.Sprintf(" (signal %d)", signal)
	} else {
		text += fmt.Sprintf(" (exit code %d)", status.Count(state, "terminated", "exitCode"))
	}
	if message := status.Text(state, "terminated", "message"); message != "" {
		text += ": " + cut(oneLine(message), 200)
	}
	return text
}

// whyPod says what is the matter with a pod.
func (t *k8sTarget) whyPod(ctx context.Context, pod kube.Object) string {
	parts := []string{"pod " + pod.Name()}
	list := troubles(pod)
	for _, trouble := range list[:min(len(list), 3)] {
		parts = append(parts, fmt.Sprintf("container %s: %s", trouble.container, trouble.state))
	}
	scheduled := pod.Condition("PodScheduled")
	switch {
	case len(list) > 0:
	case pod.Text("status", "reason") != "":
		parts = append(parts, pod.Text("status", "reason")+because(kube.Object{"message": pod.At("status", "message")}))
	case strings.EqualFold(scheduled.Text("status"), "False"):
		parts = append(parts, scheduled.Text("reason")+because(scheduled))
	default:
		parts = append(parts, "phase "+pod.Text("status", "phase"))
	}
	if event := t.lastEvent(ctx, pod); event != "" {
		parts = append(parts, "event: "+event)
	}
	if len(list) > 0 {
		if line := t.lastLine(ctx, pod, list[0]); line != "" {
			parts = append(parts, "log: "+quoted(line))
		}
	}
	return strings.Join(parts, ", ")
}

// lastEvent is the newest event about an object, a warning if there is one.
func (t *k8sTarget) lastEvent(ctx context.Context, o kube.Object) string {
	events, _ := kube.Standard("events")
	var newest kube.Object
	fields := "involvedObject.uid=" + o.Text("metadata", "uid")
	err := t.cluster.List(ctx, events, t.namespace, kube.Selection{Fields: fields, Most: maxPods}, func(e kube.Object) error {
		if newest == nil || eventRank(e) >= eventRank(newest) {
			newest = e
		}
		return nil
	})
	if err != nil || newest == nil {
		return ""
	}
	return t.attempt.Redact(newest.Text("reason") + ": " + cut(t.attempt.Redact(oneLine(newest.Text("message"))), 200))
}

// eventRank orders events: warnings are after the others, then the later ones.
func eventRank(e kube.Object) string {
	rank := "0 "
	if e.Text("type") == "Warning" {
		rank = "1 "
	}
	for _, path := range [][]string{{"series", "lastObservedTime"}, {"lastTimestamp"}, {"eventTime"}, {"metadata", "creationTimestamp"}} {
		if at, err := time.Parse(time.RFC3339Nano, e.Text(path...)); err == nil {
			return rank + at.UTC().Format("2006-01-02T15:04:05.000000000")
		}
	}
	return rank
}

// lastLine is the last line that a container wrote: the one that ended, if it runs no more.
func (t *k8sTarget) lastLine(ctx context.Context, pod kube.Object, trouble trouble) string {
	for _, previous := range []bool{true, false} {
		if previous && (!trouble.ended || trouble.running) {
			continue
		}
		query := url.Values{"container": {trouble.container}, "tailLines": {"5"}, "limitBytes": {"16384"}}
		if previous {
			query.Set("previous", "true")
		}
		kind, _ := kube.Standard("pods")
		text, err := t.cluster.Raw(ctx, kube.Query{
			Verb: "get", Resource: "pods/log", Namespace: t.namespace, Name: pod.Name(),
			Path: kind.Path(t.namespace, pod.Name()) + "/log", Query: query, Accept: "text/plain, */*",
		})
		if err != nil {
			continue
		}
		lines := strings.FieldsFunc(string(text), func(c rune) bool { return c == '\n' || c == '\r' })
		for _, line := range slices.Backward(lines) {
			if strings.TrimSpace(line) != "" {
				return cut(t.attempt.Excerpt(strings.TrimSpace(line)), 200)
			}
		}
	}
	return ""
}
