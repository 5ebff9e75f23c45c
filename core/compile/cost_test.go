package compile

import (
	"runtime"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// cost is how many bytes and objects a function allocates, and how many bytes of
// them its result keeps.
func cost(t *testing.T, make func() any) (bytes, objects, kept uint64) {
	t.Helper()
	runtime.GC()
	var before, after, later runtime.MemStats
	runtime.ReadMemStats(&before)
	result := make()
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.ReadMemStats(&later)
	runtime.KeepAlive(result)
	return after.TotalAlloc - before.TotalAlloc, after.Mallocs - before.Mallocs, max(later.HeapAlloc, before.HeapAlloc) - before.HeapAlloc
}

func TestHalfTheCostOfGopherLua(t *testing.T) {
	text := hundred()
	ours := func() any {
		chunk, err := Source("x", []byte(text), Options{GuardConcat: true})
		if err != nil {
			t.Fatal(err)
		}
		return chunk
	}
	theirs := func() any {
		stmts, err := parse.Parse(strings.NewReader(text), "x")
		if err != nil {
			t.Fatal(err)
		}
		proto, err := lua.Compile(stmts, "x")
		if err != nil {
			t.Fatal(err)
		}
		return proto
	}
	bytes, objects, kept := cost(t, ours)
	theirBytes, theirObjects, theirKept := cost(t, theirs)
	t.Logf("%d bytes of source: %d bytes, %d objects, %d kept; gopher-lua %d, %d, %d", len(text), bytes, objects, kept, theirBytes, theirObjects, theirKept)
	if bytes*2 > theirBytes || objects*2 > theirObjects || kept*2 > theirKept {
		t.Error("more than half of gopher-lua's")
	}
}
