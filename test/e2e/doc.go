// Package e2e holds the tests that run the built binaries against real servers.
package e2e
