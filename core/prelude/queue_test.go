package prelude

import (
	"math/rand/v2"
	"testing"

	"assay.rs/core"
)

func TestQueueKeepsTheOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var q queue
	var want []int
	for next := range 20_000 {
		if r.IntN(3) > 0 {
			q.push(core.NumberValue(float64(next)))
			want = append(want, next)
		}
		for range r.IntN(3) {
			if len(want) == 0 {
				break
			}
			if got, _ := q.pop().Integer(); got != int64(want[0]) {
				t.Fatalf("pop = %d, want %d", got, want[0])
			}
			want = want[1:]
		}
		if q.len() != len(want) {
			t.Fatalf("len = %d, want %d", q.len(), len(want))
		}
	}
}

// The values that wait are moved a few times, not once for each that is taken.
func TestQueueMovesFewValues(t *testing.T) {
	const n = 100_000
	var q queue
	for range n {
		q.push(core.NumberValue(1))
	}
	moved := 0
	for q.len() > 0 {
		before := len(q.values)
		q.pop()
		if len(q.values) != before {
			moved += q.len()
		}
	}
	if moved > n {
		t.Errorf("to take %d values moved %d, want at most as many", n, moved)
	}
	if cap(q.values) > 2*n {
		t.Errorf("room for %d values, want at most %d", cap(q.values), 2*n)
	}
}
