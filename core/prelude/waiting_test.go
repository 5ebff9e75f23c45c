package prelude_test

import (
	"runtime"
	"runtime/metrics"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

const (
	sleepingTasks = `
		local n, tasks = 0, {}
		probe.before()
		for i = 1, probe.times do tasks[i] = async.spawn(function() n = n + 1 sleep(3600) end) end
		while n < probe.times do sleep(0.001) end
		probe.held()
		return tasks`
	suspendedCoroutines = `
		local kept = {}
		probe.before()
		for i = 1, probe.times do
			kept[i] = coroutine.wrap(function() coroutine.yield(i) end)
			kept[i]()
		end
		probe.held()
		return kept`
)

// memory is what the process holds on its heap, and on the stacks of goroutines.
type memory struct{ heap, stacks float64 }

func inUse() memory {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return memory{float64(samples[0].Value.Uint64()), float64(samples[1].Value.Uint64())}
}

// waiting is what one holds of many that wait.
func waiting(tb testing.TB, source string) memory {
	tb.Helper()
	const times = 10_000
	var before, after memory
	probe := core.Module{Name: "probe", Doc: "Measures.", Consts: []core.Const{core.NewConst("times", core.Number(), times, "How many.")}, Funcs: []core.Func{
		core.Fn0(core.Doc{Name: "before", Text: "Before.", Needs: core.Pure, Level: core.Check}, core.ReturnsNothing(),
			func(core.Call) (core.None, error) { before = inUse(); return core.None{}, nil }),
		core.Fn0(core.Doc{Name: "held", Text: "With what waits.", Needs: core.Pure, Level: core.Check}, core.ReturnsNothing(),
			func(core.Call) (core.None, error) { after = inUse(); return core.None{}, nil }),
	}}
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), probe), Policy: core.FullPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	chunk, err := core.Compile("waiting.lua", []byte(source))
	if err != nil {
		tb.Fatal(err)
	}
	vm := rt.Open(core.Host{Limits: core.Limits{Memory: 512 << 20}})
	defer vm.Close()
	if err := vm.Run(tb.Context(), chunk); err != nil {
		tb.Fatal(err)
	}
	return memory{(after.heap - before.heap) / times, (after.stacks - before.stacks) / times}
}

// BenchmarkWaiting reports what a task holds that sleeps, and a coroutine that has yielded.
func BenchmarkWaiting(b *testing.B) {
	for name, source := range map[string]string{"tasks": sleepingTasks, "coroutines": suspendedCoroutines} {
		b.Run(name, func(b *testing.B) {
			var each memory
			for b.Loop() {
				each = waiting(b, source)
			}
			b.ReportMetric(each.heap+each.stacks, "B/each")
			b.ReportMetric(each.stacks, "B-of-stacks")
		})
	}
}

// Their stacks are left to the benchmark: those of a build that looks for races are larger.
func TestWaitingIsSmallOnTheHeap(t *testing.T) {
	const limit = 4600
	for name, source := range map[string]string{"a task that sleeps": sleepingTasks, "a coroutine that has yielded": suspendedCoroutines} {
		if each := waiting(t, source); each.heap > limit {
			t.Errorf("%s holds %.0f bytes, want at most %d", name, each.heap, limit)
		}
	}
}
