package prelude

import "assay.rs/core"

// queue is values in the order in which they came. What it does takes the same time however long it is.
type queue struct {
	values []core.Value
	gone   int // how many at the front have been taken
}

func (q *queue) len() int { return len(q.values) - q.gone }

func (q *queue) push(v core.Value) { q.values = append(q.values, v) }

// pop takes the first value. There must be one.
func (q *queue) pop() core.Value {
	v := q.values[q.gone]
	q.values[q.gone] = core.Value{} // for the collector
	q.gone++
	if 2*q.gone >= len(q.values) { // as many were taken as are moved
		left := copy(q.values, q.values[q.gone:])
		clear(q.values[left:])
		q.values, q.gone = q.values[:left], 0
	}
	return v
}
