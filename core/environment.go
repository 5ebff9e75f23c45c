package core

import (
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// environment is what a script sees of the environment variables: the host's, under its own changes.
type environment struct {
	host  func(name string) (string, bool)
	known func() []string // the names of the host's; nil lists none
	used  func(Use)       // may be nil

	mu      sync.Mutex
	changed map[string]*string // nil is a removed one
}

// newEnvironment is that of the host, or the process's when the host does not say.
func newEnvironment(host Host) *environment {
	if host.LookupEnv == nil {
		return &environment{host: os.LookupEnv, known: processEnvNames, used: host.Used}
	}
	return &environment{host: host.LookupEnv, known: host.EnvNames, used: host.Used}
}

func processEnvNames() []string {
	var names []string
	for _, entry := range os.Environ() {
		if name, _, ok := strings.Cut(entry, "="); ok && name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (e *environment) lookup(name string) (string, bool) {
	e.mu.Lock()
	value, changed := e.changed[name]
	e.mu.Unlock()
	if !changed {
		if e.used != nil {
			e.used(Use{Kind: UseEnv, Name: name})
		}
		return e.host(name)
	}
	if value == nil {
		return "", false
	}
	return *value, true
}

func (e *environment) set(name string, value *string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.changed == nil {
		e.changed = make(map[string]*string)
	}
	e.changed[name] = value
}

// names lists the variables that exist, sorted.
func (e *environment) names() []string {
	visible := make(map[string]bool)
	if e.known != nil {
		for _, name := range e.known() {
			visible[name] = true
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, value := range e.changed {
		visible[name] = value != nil
	}
	maps.DeleteFunc(visible, func(_ string, exists bool) bool { return !exists })
	return slices.Sorted(maps.Keys(visible))
}
