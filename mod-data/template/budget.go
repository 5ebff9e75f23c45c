package template

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"assay.rs/core"
)

// budget grants an engine what its task may have.
type budget struct {
	call   core.Call
	memory *core.Meter
	steps  int
	ended  error // why it granted no more
}

// lookEach is how many steps an engine makes between two looks at whether the task was stopped.
const lookEach = 1000

func (b *budget) spend(steps, bytes int) error {
	if b.ended != nil {
		return b.ended
	}
	if b.steps += steps; b.steps >= lookEach {
		b.steps = 0
		if b.ended = context.Cause(b.call.Context()); b.ended != nil {
			return b.ended
		}
	}
	b.ended = b.memory.Add(bytes)
	return b.ended
}

// slow refuses what takes that long when the task ends before.
func (b *budget) slow(seconds float64) error {
	if err := b.spend(lookEach, 0); err != nil {
		return err
	}
	deadline, ok := b.call.Context().Deadline()
	if !ok {
		return nil
	}
	if left := time.Until(deadline).Seconds(); left < seconds {
		return fmt.Errorf("it takes up to %g seconds, and the script has %.1f left", seconds, left)
	}
	return nil
}

// loader reads the templates that one includes, from a folder.
func (o options) loader(c core.Call) func(name string) (string, error) {
	return func(name string) (string, error) {
		if o.dir == "" {
			return "", core.WithHint(fmt.Errorf("template %q cannot be loaded: the folder is not known", name), "say where with options.dir")
		}
		if !filepath.IsLocal(name) {
			return "", fmt.Errorf("template %q lies outside of the folder %s", name, o.dir)
		}
		text, err := c.Root().ReadFile(filepath.Join(o.dir, name), maxText)
		return string(text), err
	}
}

func environment(c core.Call) func(name string) string {
	return func(name string) string {
		value, _ := c.Env(name)
		return value
	}
}

// lookup gives the addresses of a name, at least one.
func lookup(c core.Call) func(host string) ([]string, error) {
	return func(host string) ([]string, error) {
		addresses, err := c.Dialer().LookupHost(c.Context(), host)
		if err == nil && len(addresses) == 0 {
			err = errors.New(host + " has no address")
		}
		return addresses, err
	}
}
