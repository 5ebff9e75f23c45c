package kubernetes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"assay.rs/test/internal/jump"
	"assay.rs/test/internal/workspace"
	"assay.rs/test/servers"
)

const (
	many     = 1000            // objects that a controller looks after
	duration = 4 * time.Second // of the Lease in testdata/controller.lua
)

// replica is one that runs.
type replica struct {
	cmd    *exec.Cmd
	stderr string // a file
}

// says is what it has logged.
func (r *replica) says(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(r.stderr)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func startReplica(t *testing.T, kubeconfig, identity, log string) *replica {
	t.Helper()
	return startReplicaOf(t, runtime, kubeconfig, identity, log)
}

// startReplicaOf is startReplica with another binary.
func startReplicaOf(t *testing.T, binary, kubeconfig, identity, log string) *replica {
	t.Helper()
	cmd := script(t, kubeconfig, "testdata/controller.lua", identity, log)
	cmd.Path = binary
	r := &replica{cmd: cmd, stderr: filepath.Join(t.TempDir(), "stderr")}
	stderr, err := os.Create(r.stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	r.cmd.Stderr = stderr
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill() // it may have ended
		_ = r.cmd.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", identity, r.says(t))
		}
	})
	return r
}

// holder is who has the Lease.
func holder(t *testing.T, c *servers.Cluster) string {
	t.Helper()
	_, answer, err := c.Request(t.Context(), http.MethodGet, "/apis/coordination.k8s.io/v1/namespaces/many/leases/copier", "", "")
	var lease struct {
		Spec struct{ HolderIdentity string }
	}
	if err != nil || json.Unmarshal(answer, &lease) != nil {
		return ""
	}
	return lease.Spec.HolderIdentity
}

// copied counts the copies that are as their sources.
func copied(t *testing.T, c *servers.Cluster) (n int) {
	t.Helper()
	var sources struct {
		Items []struct {
			Metadata struct{ Name string }
			Data     map[string]string
		}
	}
	var copies struct {
		Items []struct {
			Metadata struct{ Name string }
			Data     map[string][]byte
		}
	}
	if err := json.Unmarshal(c.Must(t, http.MethodGet, "/api/v1/namespaces/many/configmaps?labelSelector=copy%3Dyes", ""), &sources); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(c.Must(t, http.MethodGet, "/api/v1/namespaces/many/secrets", ""), &copies); err != nil {
		t.Fatal(err)
	}
	of := make(map[string]string)
	for _, s := range sources.Items {
		of[s.Metadata.Name] = s.Data["n"]
	}
	for _, s := range copies.Items {
		if n2, ok := of[s.Metadata.Name]; ok && n2 == string(s.Data["n"]) {
			n++
		}
	}
	return n
}

// put makes an object, or changes it.
func put(t *testing.T, c *servers.Cluster, i, n int) {
	t.Helper()
	body := fmt.Sprintf(`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c%d", "labels": {"copy": "yes"}}, "data": {"n": "%d"}}`, i, n)
	path := fmt.Sprintf("/api/v1/namespaces/many/configmaps/c%d?fieldManager=test&force=true", i)
	status, answer, err := c.Request(t.Context(), http.MethodPatch, path, "application/apply-patch+yaml", body)
	if err != nil || status >= 300 {
		t.Errorf("%s: status %d, %v: %s", path, status, err, answer)
	}
}

// work is one reconcile of the log.
type work struct {
	who        string
	begun, end float64 // seconds; end is 0 when it was killed
}

// works reads the log that the replicas have written, by key.
func works(t *testing.T, log string) map[string][]work {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]work)
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) != 4 {
			t.Fatalf("the log has %q", line)
		}
		at, err := strconv.ParseFloat(f[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		key := f[2]
		if f[1] == "begin" {
			all[key] = append(all[key], work{who: f[0], begun: at})
			continue
		}
		for i := range all[key] {
			if w := &all[key][i]; w.who == f[0] && w.end == 0 {
				w.end = at
			}
		}
	}
	return all
}

// Two replicas: the one that leads is killed while objects are written. The other one takes over once the Lease is over,
// every object is as it shall be in the end, and none was ever worked at by two at a time. One that is told to end hands
// over at once. A controller that has nothing to do takes next to no time of a processor.
func TestControllerFailover(t *testing.T) {
	cluster := servers.Kubernetes(t)
	cluster.Must(t, http.MethodPost, "/api/v1/namespaces", `{apiVersion: v1, kind: Namespace, metadata: {name: many}}`)
	kubeconfig := cluster.Kubeconfig(t, "controller", "")
	log := filepath.Join(t.TempDir(), "log")
	first := startReplica(t, kubeconfig, "first", log)
	eventually(t, "the first leads", func() bool { return holder(t, cluster) == "first" })
	second := startReplica(t, kubeconfig, "second", log)

	var killed time.Time
	var writers sync.WaitGroup
	half := make(chan struct{})
	for w := range 4 {
		writers.Go(func() {
			for i := w; i < many; i += 4 {
				if i == many/2 {
					close(half)
				}
				put(t, cluster, i, 1)
			}
		})
	}
	<-half
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed = time.Now()
	_ = first.cmd.Wait() // it was killed
	eventually(t, "the second leads", func() bool { return holder(t, cluster) == "second" })
	took := time.Since(killed)
	writers.Wait()
	for i := 0; i < many; i += 10 {
		put(t, cluster, i, 2)
	}
	eventuallyWithin(t, 2*time.Minute, "all are copied", func() bool { return copied(t, cluster) == many })
	t.Logf("taken over after %s, %d objects after %s", took.Round(time.Millisecond), many, time.Since(killed).Round(time.Millisecond))
	if limit := duration + 10*time.Second; took < duration/4 || took > limit {
		t.Errorf("taken over after %s, want it when the Lease is over, %s at the latest", took, limit)
	}
	judge(t, works(t, log), float64(killed.UnixMicro())/1e6)

	// Idle: of a processor's time, a hundredth at most.
	size := int64(-1)
	eventually(t, "nothing more is done", func() bool {
		before := size
		size = sizeOf(t, log)
		<-time.After(time.Second)
		return sizeOf(t, log) == size && before != -1
	})
	before, began := cpu(t, second.cmd.Process.Pid), time.Now()
	<-time.After(10 * time.Second) // what the test is about
	if used := (cpu(t, second.cmd.Process.Pid) - before).Seconds() / time.Since(began).Seconds(); used > 0.01 {
		t.Errorf("an idle controller uses %.2f %% of a processor, want 1 %% at most", 100*used)
	} else {
		t.Logf("idle: %.2f %% of a processor", 100*used)
	}

	third := startReplica(t, kubeconfig, "third", log)
	eventually(t, "the third waits", func() bool { return strings.Contains(third.says(t), "waiting for the lease") })
	told := time.Now()
	if err := second.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := second.cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v, want exit status 0", err)
	}
	eventually(t, "the third leads", func() bool { return holder(t, cluster) == "third" })
	if took := time.Since(told); took >= duration {
		t.Errorf("handed over after %s, want less than the Lease of %s", took, duration)
	}
	put(t, cluster, 0, 3)
	eventually(t, "the third works", func() bool { return copied(t, cluster) == many })
}

// Two replicas whose clocks jump, whose connections are cut, slow and reset, and which are killed one after the other: in the end
// every object is as it shall be, and one of them leads.
func TestControllerUnderChaos(t *testing.T) {
	w, err := workspace.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	jumping, err := jump.Build(t.Context(), w.Root, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cluster := servers.Kubernetes(t)
	cluster.Must(t, http.MethodPost, "/api/v1/namespaces", `{apiVersion: v1, kind: Namespace, metadata: {name: many}}`)
	log := filepath.Join(t.TempDir(), "log")
	var proxies []*servers.Toxiproxy
	var replicas []*replica
	start := func(i, life int) *replica {
		through := cluster.KubeconfigAt(t, fmt.Sprintf("through-%d-%d", i, life), "", fmt.Sprintf("https://127.0.0.1:%d", proxies[i].Port))
		return startReplicaOf(t, jumping, through, fmt.Sprintf("%d-%d", i, life), log)
	}
	for i := range 2 {
		proxies = append(proxies, servers.Before(t, portOf(t, cluster)))
		replicas = append(replicas, start(i, 0))
	}
	eventually(t, "one leads", func() bool { return holder(t, cluster) != "" })

	const objects, rounds = 100, 12
	for round := range rounds {
		for i := range objects {
			put(t, cluster, i, round)
		}
		i := round % 2
		switch round % 6 {
		case 0:
			proxies[i].Silence(t)
		case 1:
			proxies[i].Add(t, "reset_peer", "downstream", map[string]int{"timeout": 20})
		case 2:
			proxies[i].Add(t, "latency", "downstream", map[string]int{"latency": 800, "jitter": 400})
		case 3:
			proxies[i].Cut(t)
		case 4, 5:
			if err := replicas[i].cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = replicas[i].cmd.Wait() // it was killed
			replicas[i] = start(i, round)
		}
		<-time.After(2 * time.Second)
		proxies[i].Heal(t)
	}
	eventuallyWithin(t, time.Minute, "all are copied", func() bool { return copied(t, cluster) == objects })
	leader := holder(t, cluster)
	t.Logf("%s leads", leader)
	for i, r := range replicas {
		if text := r.says(t); strings.Contains(text, "goroutine ") {
			t.Errorf("replica %d, a trace of Go:\n%s", i, text)
		}
		if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("replica %d has ended by itself: %v", i, err)
		}
	}
}

// judge says what is wrong with the works: the first replica was killed at a time, and a key is worked at by one at a time.
func judge(t *testing.T, all map[string][]work, killed float64) {
	t.Helper()
	if len(all) != many {
		t.Errorf("%d objects were worked at, want %d", len(all), many)
	}
	for key, list := range all {
		for i, w := range list {
			if w.who == "second" && w.begun < killed {
				t.Errorf("%s: the second worked %.3f s before the first was killed", key, killed-w.begun)
			}
			if w.who == "first" && w.end == 0 {
				continue // killed, long before the second began
			}
			if i+1 < len(list) && list[i+1].begun < w.end {
				t.Errorf("%s: %s began at %.6f, when %s had not ended before %.6f", key, list[i+1].who, list[i+1].begun, w.who, w.end)
			}
		}
	}
}

func sizeOf(t *testing.T, file string) int64 {
	t.Helper()
	about, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return about.Size()
}

// cpu is the time of a processor that a process has used.
func cpu(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ") // proc(5): utime and stime are the 14th and the 15th field
	f := strings.Fields(after)
	var ticks int
	for _, field := range f[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
