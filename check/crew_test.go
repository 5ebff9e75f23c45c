package check

import (
	"sync"
	"testing"
)

func TestCrewRunsAllThatItIsGiven(t *testing.T) {
	c := newCrew(4)
	var done sync.WaitGroup
	run := func(n int) {
		for range n {
			done.Add(1)
			c.run(done.Done)
		}
		done.Wait()
	}
	run(1000)
	c.disband()
	run(1000) // of checks that were left behind
}
