package check

import (
	"fmt"
	"strings"

	"assay.rs/check/kube"
)

// rolloutOf is how the rollout of a kind is judged, as by kubectl rollout status; nil when the kind has none. replicas is how
// many the workload must ask for, or -1 for any number but 0.
func rolloutOf(k kube.Kind) func(o kube.Object, replicas int) finding {
	switch k.String() {
	case "deployments.apps":
		return deploymentRollout
	case "statefulsets.apps":
		return statefulSetRollout
	case "daemonsets.apps":
		return daemonSetRollout
	}
	return nil
}

// unobserved is wrong when the status is that of an older form of the object. Objects without such a number are taken as
// they are.
func unobserved(o kube.Object, path ...string) finding {
	generation, ok := o.Int("metadata", "generation")
	observed, reports := o.Int(path...)
	if ok && reports && observed < generation {
		return wrong("its status is of generation %d, and it is at generation %d: the controller has not seen the change yet", observed, generation)
	}
	return finding{}
}

// mustBeObserved is unobserved for a kind whose controller always reports: without the number it has seen nothing.
func mustBeObserved(o kube.Object) finding {
	if _, reports := o.Int("status", "observedGeneration"); !reports {
		return wrong("its controller has not seen it yet")
	}
	return unobserved(o, "status", "observedGeneration")
}

// desired is how many replicas a workload asks for: 1 when it does not say.
func desired(o kube.Object) int64 {
	if n, ok := o.Int("spec", "replicas"); ok {
		return n
	}
	return 1
}

// scaled is wrong when a workload asks for another number of replicas than it must, or for none without being told to.
func scaled(n int64, replicas int) finding {
	switch {
	case replicas >= 0 && n != int64(replicas):
		return wrong("replicas == %d (got %d)", replicas, n)
	case replicas < 0 && n == 0:
		return wrong("it is scaled to 0, so nothing runs: say 'replicas: 0' if that is meant")
	}
	return finding{}
}

// standingStill is wrong for a workload that is paused or scaled to 0, whose conditions would say that all is well.
func standingStill(k kube.Kind, o kube.Object, replicas int) finding {
	switch k.String() {
	case "deployments.apps":
		if o.Bool("spec", "paused") {
			return wrong("it is paused: no change is rolled out")
		}
		return scaled(desired(o), replicas)
	case "statefulsets.apps", "replicasets.apps":
		return scaled(desired(o), replicas)
	case "daemonsets.apps":
		return scaled(o.Count("status", "desiredNumberScheduled"), replicas)
	}
	return finding{}
}

func deploymentRollout(o kube.Object, replicas int) finding {
	if f := mustBeObserved(o); f.wrong != "" {
		return f
	}
	if c := o.Condition("Progressing"); c.Text("reason") == "ProgressDeadlineExceeded" {
		return failedForGood("the rollout has exceeded its progress deadline%s", because(c))
	}
	if o.Bool("spec", "paused") {
		return wrong("it is paused: no change is rolled out")
	}
	want := desired(o)
	if f := scaled(want, replicas); f.wrong != "" {
		return f
	}
	updated, all, available := o.Count("status", "updatedReplicas"), o.Count("status", "replicas"), o.Count("status", "availableReplicas")
	switch {
	case updated < want:
		return wrong("%d of %d replicas are updated%s", updated, want, because(failing(o.Condition("ReplicaFailure"))))
	case all > updated:
		return wrong("%s pending termination", areReplicas(all-updated, "old"))
	case available < updated:
		return wrong("%d of %d updated replicas are available", available, updated)
	}
	return finding{}
}

// failing is the condition when it is True, else nothing.
func failing(c kube.Object) kube.Object {
	if c.Text("status") != "True" {
		return nil
	}
	return c
}

// because is the message of a condition behind a colon, or nothing.
func because(c kube.Object) string {
	if message := c.Text("message"); message != "" {
		return ": " + cut(message, 300)
	}
	return ""
}

func areReplicas(n int64, which string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s replica is", which)
	}
	return fmt.Sprintf("%d %s replicas are", n, which)
}

func statefulSetRollout(o kube.Object, replicas int) finding {
	if strategy := o.Text("spec", "updateStrategy", "type"); strategy != "" && strategy != "RollingUpdate" {
		return failedForGood("its update strategy is %s, under which pods are renewed by hand: there is no rollout to judge; use 'ready: all' with its pods", strategy)
	}
	if f := mustBeObserved(o); f.wrong != "" {
		return f
	}
	want := desired(o)
	if f := scaled(want, replicas); f.wrong != "" {
		return f
	}
	updated, ready := o.Count("status", "updatedReplicas"), o.Count("status", "readyReplicas")
	partition := o.Count("spec", "updateStrategy", "rollingUpdate", "partition")
	sameRevision := o.Text("status", "updateRevision") == o.Text("status", "currentRevision")
	switch {
	case ready < want:
		return wrong("%d of %d replicas are ready", ready, want)
	case o.Count("spec", "minReadySeconds") > 0 && o.Count("status", "availableReplicas") < want:
		return wrong("%d of %d replicas are available", o.Count("status", "availableReplicas"), want)
	case partition >= want && want > 0 && !sameRevision:
		return wrong("its partition of %d keeps all %d replicas at the old revision", partition, want)
	case updated < want-partition:
		return wrong("%d of %d replicas are updated", updated, want-partition)
	case partition == 0 && !sameRevision:
		return wrong("the new revision %s is not that of all replicas yet", o.Text("status", "updateRevision"))
	}
	return finding{}
}

func daemonSetRollout(o kube.Object, replicas int) finding {
	if strategy := o.Text("spec", "updateStrategy", "type"); strategy != "" && strategy != "RollingUpdate" {
		return failedForGood("its update strategy is %s, under which pods are renewed by hand: there is no rollout to judge; use 'ready: all' with its pods", strategy)
	}
	if f := mustBeObserved(o); f.wrong != "" {
		return f
	}
	want := o.Count("status", "desiredNumberScheduled")
	if replicas < 0 && want == 0 {
		return wrong("no node is to run it: say 'replicas: 0' if that is meant")
	}
	if f := scaled(want, replicas); f.wrong != "" {
		return f
	}
	updated, available := o.Count("status", "updatedNumberScheduled"), o.Count("status", "numberAvailable")
	switch {
	case updated < want:
		return wrong("%d of %d pods are updated", updated, want)
	case available < want:
		return wrong("%d of %d pods are available", available, want)
	}
	return finding{}
}

// ready judges whether an object is ready: a workload by its rollout, a job by its end, a replica set by its replicas, and
// whatever else by its condition Ready.
func (j *objectJudge) ready(o kube.Object) finding {
	kind, replicas := j.target.kind, j.expect.replicas
	if rollout := rolloutOf(kind); rollout != nil {
		return rollout(o, replicas)
	}
	switch kind.String() {
	case "jobs.batch":
		return conditionOf(kind, o, conditionWant{"Complete", "True"})
	case "replicasets.apps":
		if f := standingStill(kind, o, replicas); f.wrong != "" {
			return f
		}
		if f := mustBeObserved(o); f.wrong != "" {
			return f
		}
		if got := o.Count("status", "readyReplicas"); got < desired(o) {
			return wrong("%d of %d replicas are ready", got, desired(o))
		}
		return finding{}
	}
	f := conditionOf(kind, o, conditionWant{"Ready", "True"})
	if o.Condition("Ready") == nil && kind.Kind != "Pod" {
		f.wrong += ": say with 'condition' or 'json' what ready means for " + kind.String()
	}
	return f
}

// conditionOf judges a condition, as kubectl wait does. One of an older generation counts for nothing.
func conditionOf(k kube.Kind, o kube.Object, want conditionWant) finding {
	isJob := k.String() == "jobs.batch"
	c := o.Condition(want.name)
	if _, own := c.Int("observedGeneration"); own {
		if f := unobserved(kube.Object{"metadata": o["metadata"], "condition": map[string]any(c)}, "condition", "observedGeneration"); f.wrong != "" {
			return wrong("condition %s: %s", want, f.wrong)
		}
	} else if f := unobserved(o, "status", "observedGeneration"); f.wrong != "" {
		return f
	}
	if failed := failing(o.Condition("Failed")); isJob && failed != nil && want.status == "True" && !strings.EqualFold(want.name, "Failed") {
		return failedForGood("the job has failed: %s%s", failed.Text("reason"), because(failed))
	}
	if c == nil {
		return wrong("it has no condition %s", want.name)
	}
	status := c.Text("status")
	if strings.EqualFold(status, want.status) {
		return finding{}
	}
	f := wrong("condition %s (got %s", want, status)
	if reason := c.Text("reason"); reason != "" {
		f.wrong += ", " + reason
	}
	f.wrong += because(c) + ")"
	f.actual = status
	return f
}
