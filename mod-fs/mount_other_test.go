//go:build !linux

package fs_test

import "errors"

var errNoMount = errors.New("not on this system")

func mount(string, int) error { return errNoMount }

func bind(string, string) error { return errNoMount }

func unmount(string) error { return errNoMount }
