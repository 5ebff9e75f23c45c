package spec

import (
	"encoding/json"
	"fmt"
	"io"
)

// Version is the version of the catalog that [JSON] writes and [Read] reads.
const Version = 1

type catalog struct {
	Version int      `json:"version"`
	Modules []Module `json:"modules"`
}

// JSON writes the catalog of modules, in their order, indented by two spaces.
func JSON(w io.Writer, modules []Module) error {
	if modules == nil {
		modules = []Module{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(catalog{Version, modules}); err != nil {
		return fmt.Errorf("write catalog: %w", err)
	}
	return nil
}

// Read reads a catalog that [JSON] wrote. One of another version is an error; keys that are not known
// are skipped, since a later program may say more.
func Read(r io.Reader) ([]Module, error) {
	var c catalog
	if err := json.NewDecoder(r).Decode(&c); err != nil {
		return nil, fmt.Errorf("read catalog: %w", err)
	}
	if c.Version != Version {
		return nil, fmt.Errorf("read catalog: version %d is not known, this program reads version %d", c.Version, Version)
	}
	for _, m := range c.Modules {
		if err := m.complete(); err != nil {
			return nil, fmt.Errorf("read catalog: module %q: %w", m.Title(), err)
		}
	}
	return c.Modules, nil
}
