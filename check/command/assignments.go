package command

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// assignments is a flag name=value that may be repeated. The value is all that follows the first =.
type assignments map[string]string

func (a *assignments) String() string { return strings.Join(slices.Sorted(maps.Keys(*a)), " ") }

// Type is the word for the value in the help.
func (a *assignments) Type() string { return "name=value" }

// Set adds one; a name that is given again has the later value.
func (a *assignments) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return errors.New("write it as name=value")
	}
	if *a == nil {
		*a = make(assignments)
	}
	(*a)[name] = value
	return nil
}
