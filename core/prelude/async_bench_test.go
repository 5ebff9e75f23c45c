package prelude_test

import (
	"runtime"
	"runtime/metrics"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// BenchmarkSleepingTasks reports what one of 10,000 tasks holds that wait.
func BenchmarkSleepingTasks(b *testing.B) {
	const tasks = 10_000
	used := func() uint64 {
		runtime.GC()
		samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
		metrics.Read(samples)
		return samples[0].Value.Uint64() + samples[1].Value.Uint64()
	}
	var before, held uint64
	probe := core.Module{Name: "probe", Doc: "Measures.", Funcs: []core.Func{
		core.Fn0(core.Doc{Name: "before", Text: "Before.", Needs: core.Pure, Level: core.Check}, core.ReturnsNothing(),
			func(core.Call) (core.None, error) { before = used(); return core.None{}, nil }),
		core.Fn0(core.Doc{Name: "held", Text: "With the tasks.", Needs: core.Pure, Level: core.Check}, core.ReturnsNothing(),
			func(core.Call) (core.None, error) { held = used() - before; return core.None{}, nil }),
	}}
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), probe), Policy: core.FullPolicy()})
	if err != nil {
		b.Fatal(err)
	}
	chunk, err := core.Compile("sleep.lua", []byte(`
		local n, tasks = 0, {}
		probe.before()
		for i = 1, 10000 do tasks[i] = async.spawn(function() n = n + 1 sleep(3600) end) end
		while n < 10000 do sleep(0.001) end
		probe.held()
		return tasks`))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 512 << 20}})
		if err := vm.Run(b.Context(), chunk); err != nil {
			b.Fatal(err)
		}
		vm.Close()
	}
	b.ReportMetric(float64(held)/tasks, "B/task")
}
