package check

import (
	"context"
	"fmt"
	"strings"

	"assay.rs/check/kube"
)

// runs is whether every pod of a workload runs the image that is expected: a rollout is complete before the new one begins, too.
func (j *objectJudge) runs(ctx context.Context, workload kube.Object) finding {
	t := j.target
	want, err := j.expect.image.Expand(t.attempt.Captures)
	if err != nil {
		return finding{err: fmt.Errorf("image: %w", err)}
	}
	if want = strings.TrimSpace(want); want == "" || strings.ContainsAny(want, " \t\n") {
		return finding{err: fmt.Errorf("image: %q is no tag, digest or reference", clip(t.attempt.Redact(want)))}
	}
	selector := selectorOf(workload)
	if t.kind.Kind == "Pod" {
		return podRuns(workload, want)
	}
	if selector == "" {
		return finding{err: &kube.PermanentError{Message: fmt.Sprintf("%s has no pods of its own: 'image' looks at those of deployments, statefulsets, daemonsets, replicasets and jobs", t.kind)}}
	}
	kind, _ := kube.Standard("pods")
	n, f := 0, finding{}
	err = t.cluster.List(ctx, kind, t.namespace, kube.Selection{Labels: selector}, func(pod kube.Object) error {
		if pod.Terminating() || pod.Text("status", "phase") == "Failed" {
			return nil
		}
		if n++; f.wrong == "" {
			f = podRuns(pod, want)
		}
		return nil
	})
	switch {
	case err != nil:
		return finding{err: err}
	case n == 0:
		return wrong("no pod runs %s: it has none", want)
	}
	return f
}

// podRuns judges the containers of one pod, those that only prepare it aside.
func podRuns(pod kube.Object, want string) finding {
	var images []string
	ids := map[string]string{}
	for _, status := range pod.Objects("status", "containerStatuses") {
		ids[status.Text("name")] = status.Text("imageID")
	}
	for _, c := range pod.Objects("spec", "containers") {
		image := c.Text("image")
		if isImage(image, ids[c.Text("name")], want) {
			return finding{}
		}
		images = append(images, image)
	}
	f := wrong("pod %s runs %s, not %s", pod.Name(), strings.Join(images, ", "), want)
	f.actual = strings.Join(images, ", ")
	return f
}

// isImage reports whether a container that was asked to run image, and runs the one with an ID, runs what is wanted.
func isImage(image, id, want string) bool {
	reference, digest, pinned := strings.Cut(want, "@")
	switch {
	case strings.HasPrefix(want, "sha256:"):
		return strings.HasSuffix(id, want) || strings.HasSuffix(image, "@"+want)
	case pinned:
		name, _, _ := strings.Cut(image, "@")
		return (name == reference || strings.HasPrefix(name, reference+":")) && (strings.HasSuffix(id, digest) || strings.HasSuffix(image, "@"+digest))
	case strings.ContainsAny(want, "/:"):
		return image == want || strings.HasPrefix(image, want+"@")
	}
	name, _, _ := strings.Cut(image, "@")
	_, tag, tagged := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ":")
	return tagged && tag == want
}
