package core

import "os"

// Folder opens a folder to read what is in it, and nothing else: neither .. nor a symbolic link leads out
// of it. It must lie within the permitted folders.
func (r Root) Folder(path string) (*os.Root, error) {
	return in(r, "open", path, false, os.OpenRoot, (*os.Root).OpenRoot)
}
