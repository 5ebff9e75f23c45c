// Package cost measures what runs of programs take.
package cost

import (
	"context"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Cost is what one run of a program took.
type Cost struct {
	Wall, CPU time.Duration
	RSS       int64 // bytes, at most
}

// Run runs a program to its end, with its standard output in out.
func Run(ctx context.Context, out io.Writer, name string, args ...string) (Cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	began := time.Now()
	err := cmd.Run()
	c := Cost{Wall: time.Since(began)}
	if state := cmd.ProcessState; state != nil {
		c.CPU = state.UserTime() + state.SystemTime()
		if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
			c.RSS = usage.Maxrss << 10
		}
	}
	return c, err
}

// Median is the median of each figure by itself.
func Median(costs []Cost) Cost {
	return Cost{
		Wall: middle(costs, func(c Cost) time.Duration { return c.Wall }),
		CPU:  middle(costs, func(c Cost) time.Duration { return c.CPU }),
		RSS:  middle(costs, func(c Cost) int64 { return c.RSS }),
	}
}

func middle[T ~int64](costs []Cost, of func(Cost) T) T {
	values := make([]T, len(costs))
	for i, c := range costs {
		values[i] = of(c)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// Milliseconds is d for a table.
func Milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 0, 64)
}

// Megabytes is n bytes for a table.
func Megabytes(n int64) string { return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) }
