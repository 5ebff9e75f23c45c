// Command tenants runs many VMs in one program, some of them guilty: they compute without end, fill their memory,
// print without end or start tasks without end. It tells what the honest ones notice: it prints a table, writes it
// to latest.md in its folder, and fails when one of them is ended, when their p99 is more than ten times what it is
// without the guilty, or when the heap is more than the sum of the limits.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/mod-data/json"
	"assay.rs/test/internal/stage"
)

const (
	memory   = 8 << 20
	output   = 1 << 20
	every    = 4 * time.Second // an honest VM has something to do
	atLonger = 10              // times the p99 that there may be with the guilty
)

func main() {
	length := flag.Duration("for", 20*time.Second, "how long, without the guilty and with them")
	vms := flag.Int("vms", 1000, "how many")
	guilty := flag.Int("guilty", 40, "how many of them are guilty")
	note := flag.String("note", "", "what else is to be known of the machine, such as what ran beside")
	flag.Parse()
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), json.New()), Policy: core.SandboxPolicy(core.Destinations{})})
	if err == nil {
		err = run(context.Background(), rt, *vms, *guilty, *length, *note)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "tenants: %v\n", err)
		os.Exit(1)
	}
}

// honest is what an honest VM does when it is asked to.
const honest = `
	local t = {}
	for i = 1, 10 do t[i] = {id = i, name = "item " .. i, price = i * 1.5} end
	local back = json.parse(json.encode(t))
	table.sort(back, function(a, b) return a.price > b.price end)
	assert.eq(back[1].id, 10)`

// crimes are what the guilty do.
func crimes() []string {
	return []string{
		`while true do end`,
		`local t = {} for i = 1, 1e9 do t[i] = {i} end`,
		`while true do print(("x"):rep(1000)) end`,
		`while true do async.spawn(function() sleep(0.01) end) end`,
	}
}

func run(ctx context.Context, rt *core.Runtime, vms, guilty int, length time.Duration, note string) error {
	s, err := stage.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	alone, err := measure(ctx, rt, vms, 0, length)
	if err != nil {
		return err
	}
	beside, err := measure(ctx, rt, vms, guilty, length)
	if err != nil {
		return err
	}
	judged := judge(alone, beside, int64(vms)*memory)
	return errors.Join(judged, s.Publish("tenants", write(vms, guilty, length, alone, beside, note)))
}

// figures are what a measurement has found.
type figures struct {
	took    []time.Duration // by the honest, each time, from when they were to begin
	ended   int64           // honest VMs
	stopped int64           // times that a guilty one was
	live    int64           // bytes, at most
}

func (f figures) at(share float64) time.Duration {
	return f.took[min(int(share*float64(len(f.took))), len(f.took)-1)]
}

func measure(ctx context.Context, rt *core.Runtime, vms, guilty int, length time.Duration) (figures, error) {
	chunk, err := core.Compile("honest.lua", []byte(honest))
	if err != nil {
		return figures{}, err
	}
	var opened []*core.VM
	for range vms - guilty {
		vm := open(rt)
		defer vm.Close()
		if err := ask(ctx, vm, chunk); err != nil {
			return figures{}, err
		}
		opened = append(opened, vm)
	}
	runtime.GC()
	within, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var f figures
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range guilty {
		crime, err := core.Compile("guilty.lua", []byte(crimes()[i%len(crimes())]))
		if err != nil {
			return figures{}, err
		}
		all.Go(func() { offend(within, rt, crime, &f.stopped) })
	}
	for i, vm := range opened {
		all.Go(func() {
			took, ended := behave(within, vm, chunk, time.Duration(i)*every/time.Duration(vms))
			mu.Lock()
			defer mu.Unlock()
			f.took = append(f.took, took...)
			if ended {
				f.ended++
			}
		})
	}
	f.live = mostLive(within)
	all.Wait()
	slices.Sort(f.took)
	if len(f.took) == 0 {
		return f, errors.New("nobody has done anything")
	}
	return f, nil
}

func open(rt *core.Runtime) *core.VM {
	return rt.Open(core.Host{Limits: core.Limits{Memory: memory, Output: output}})
}

func ask(ctx context.Context, vm *core.VM, chunk *core.Chunk) error {
	return vm.Do(ctx, func(c core.Call) error {
		var f core.Callback
		c.Hold(func() { f = c.Load(chunk) })
		_, err := f.Call(c)
		return err
	})
}

// behave is the life of an honest VM, whose first task comes after a while.
func behave(ctx context.Context, vm *core.VM, chunk *core.Chunk, after time.Duration) (took []time.Duration, ended bool) {
	for due := time.Now().Add(after); ; due = due.Add(every) {
		select {
		case <-ctx.Done():
			return took, false
		case <-time.After(time.Until(due)):
		}
		err := ask(ctx, vm, chunk)
		if ctx.Err() != nil {
			return took, false
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "an honest VM was ended: %v\n", err)
			return took, true
		}
		took = append(took, time.Since(due))
	}
}

// offend opens guilty VMs, one after the other.
func offend(ctx context.Context, rt *core.Runtime, crime *core.Chunk, stopped *int64) {
	for ctx.Err() == nil {
		vm := open(rt)
		within, cancel := context.WithTimeout(ctx, 2*time.Second)
		_ = vm.Run(within, crime) // until a limit, or the time
		cancel()
		vm.Close()
		atomic.AddInt64(stopped, 1)
	}
}

// mostLive is the most that the collector has found in use until ctx ended.
func mostLive(ctx context.Context) int64 {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var most int64
	for ctx.Err() == nil {
		<-tick.C
		metrics.Read(samples)
		most = max(most, int64(samples[0].Value.Uint64()))
	}
	return most
}

func judge(alone, beside figures, limits int64) error {
	var wrong []error
	if beside.ended > 0 {
		wrong = append(wrong, fmt.Errorf("%d honest VMs were ended", beside.ended))
	}
	if a, b := alone.at(0.99), beside.at(0.99); b > atLonger*a {
		wrong = append(wrong, fmt.Errorf("p99 of the honest is %v, and %v without the guilty", b, a))
	}
	if beside.live > limits {
		wrong = append(wrong, fmt.Errorf("%d MB were in use, the limits together are %d MB", beside.live>>20, limits>>20))
	}
	return errors.Join(wrong...)
}

func write(vms, guilty int, length time.Duration, alone, beside figures, note string) string {
	if note != "" {
		note = " " + note + "."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d VMs in one program for %s, of %d MB each. The honest ones handle some JSON every %s; the figures are from when they were to begin to when they were done. %s.%s\n\n", vms, length, memory>>20, every, machine(), note)
	b.WriteString("| | p50 ms | p99 ms | most ms | honest ended | guilty stopped | live MB at most |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, row := range []struct {
		name string
		f    figures
	}{{"all honest", alone}, {fmt.Sprintf("%d guilty: loops, eaters of memory, floods of output, spawners of tasks", guilty), beside}} {
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %.2f | %d | %d | %d |\n", row.name, ms(row.f.at(0.5)), ms(row.f.at(0.99)), ms(row.f.at(1)), row.f.ended, row.f.stopped, row.f.live>>20)
	}
	return b.String()
}

// machine tells what the figures were measured on, and with which priority: other programs on it lengthen them.
func machine() string {
	text := fmt.Sprintf("Measured with %s on %d cores (%s/%s)", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return text
	}
	_, behind, _ := strings.Cut(string(stat), ") ")
	const nice = 16 // behind the name, as proc(5) counts
	switch fields := strings.Fields(behind); {
	case len(fields) <= nice:
		return text
	case fields[nice] == "0":
		return text + ", at the usual priority"
	case strings.HasPrefix(fields[nice], "-"):
		return text + ", its priority raised (nice " + fields[nice] + ")"
	default:
		return text + ", its priority lowered (nice " + fields[nice] + ")"
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
