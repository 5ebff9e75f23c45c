package format

import (
	"fmt"
	"slices"
	"strings"
)

// Diff is a unified diff of two texts with three lines around each change, or empty when they are equal.
func Diff(name, before, after string) string {
	a, b := slices.Collect(strings.Lines(before)), slices.Collect(strings.Lines(after))
	steps := script(a, b)
	var out strings.Builder
	const around = 3
	for i := 0; i < len(steps); {
		if steps[i].op == ' ' {
			i++
			continue
		}
		from := max(0, i-around)
		to, equal := i, 0
		for to < len(steps) && equal <= 2*around {
			if steps[to].op == ' ' {
				equal++
			} else {
				equal = 0
			}
			to++
		}
		to -= max(0, equal-around)
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- %s\n+++ %s (formatted)\n", name, name)
		}
		hunk(&out, steps[from:to])
		i = to
	}
	return out.String()
}

// step keeps, removes or adds a line; a and b are the lines that come next on both sides, from 0.
type step struct {
	op   byte
	text string
	a, b int
}

func hunk(out *strings.Builder, steps []step) {
	removed, added := 0, 0
	for _, s := range steps {
		if s.op != '+' {
			removed++
		}
		if s.op != '-' {
			added++
		}
	}
	fmt.Fprintf(out, "@@ -%d,%d +%d,%d @@\n", steps[0].a+1, removed, steps[0].b+1, added)
	for _, s := range steps {
		out.WriteByte(s.op)
		out.WriteString(s.text)
		if !strings.HasSuffix(s.text, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// script is the shortest way from a to b, by Myers' algorithm ("An O(ND) Difference Algorithm", 1986).
func script(a, b []string) []step {
	furthest := map[int]int{1: 0}
	var history []map[int]int
	for d := 0; ; d++ {
		history = append(history, cloned(furthest, d))
		for k := -d; k <= d; k += 2 {
			x := furthest[k-1] + 1
			if k == -d || k != d && furthest[k-1] < furthest[k+1] {
				x = furthest[k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			furthest[k] = x
			if x >= len(a) && x-k >= len(b) {
				return backtrack(a, b, history)
			}
		}
	}
}

func cloned(m map[int]int, d int) map[int]int {
	c := make(map[int]int, 2*d+2)
	for k := -d - 1; k <= d+1; k++ {
		if x, ok := m[k]; ok {
			c[k] = x
		}
	}
	return c
}

func backtrack(a, b []string, history []map[int]int) []step {
	var steps []step
	x, y := len(a), len(b)
	for d, v := range slices.Backward(history) {
		k := x - y
		before := k - 1
		if k == -d || k != d && v[k-1] < v[k+1] {
			before = k + 1
		}
		px := v[before]
		py := px - before
		for x > max(px, 0) && y > max(py, 0) {
			x, y = x-1, y-1
			steps = append(steps, step{' ', a[x], x, y})
		}
		switch {
		case d == 0:
		case x == px:
			y--
			steps = append(steps, step{'+', b[y], x, y})
		default:
			x--
			steps = append(steps, step{'-', a[x], x, y})
		}
	}
	slices.Reverse(steps)
	return steps
}
