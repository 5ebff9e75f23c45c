// Package modules holds the tests of how the modules of the workspace hang
// together: which may need which, what the slim binary links, and that each can be
// built from a module proxy as a third party would.
package modules
