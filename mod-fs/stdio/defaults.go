package stdio

import (
	"sync"

	"assay.rs/core"
)

// defaults are the files that io.read and io.write use in a VM, when they are not the standard streams.
type defaults struct {
	mu            sync.Mutex
	input, output *file
}

func currentInput(c core.Call, none *file) *file {
	d := core.Local[defaults](c)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.input == nil {
		return none
	}
	return d.input
}

func currentOutput(c core.Call, none *file) *file {
	d := core.Local[defaults](c)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.output == nil {
		return none
	}
	return d.output
}

// choice is a file, or the path of one; neither asks for the one that there is.
type choice struct {
	path string
	f    *file
}

// set opens the file that is chosen, and makes it the one that use gives.
func (to choice) set(c core.Call, flag int, use func(d *defaults) **file) error {
	f := to.f
	if f == nil {
		if to.path == "" {
			return nil
		}
		var err error
		if f, err = openFile(c, to.path, flag); err != nil {
			return err
		}
	}
	d := core.Local[defaults](c)
	d.mu.Lock()
	defer d.mu.Unlock()
	*use(d) = f
	return nil
}

func choiceType(files core.Type[*file]) core.Type[choice] {
	isPath := func(v core.Value) bool { return v.Kind() == core.KindString }
	return core.Either(isPath, core.String(), files,
		func(path string) (choice, error) { return choice{path: path}, nil },
		func(f *file) (choice, error) { return choice{f: f}, nil })
}

// fileOrNil is any value: the file that it is, or nil.
func fileOrNil(files core.Type[*file]) core.Type[*file] {
	isFile := func(v core.Value) bool { return v.TypeName() == fileName }
	return core.Either(isFile, files, core.Any(),
		func(f *file) (*file, error) { return f, nil },
		func(core.Value) (*file, error) { return nil, nil }) //nolint:nilnil // nil is no file
}

// state is what io.type gives.
func (f *file) state() *string {
	if f == nil {
		return nil
	}
	state := "file"
	if !f.mu.TryLock() {
		return &state // somebody reads or writes it
	}
	defer f.mu.Unlock()
	if f.closed {
		state = "closed file"
	}
	return &state
}
