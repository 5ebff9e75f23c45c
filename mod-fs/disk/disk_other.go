//go:build !linux && !darwin

package disk

import (
	"errors"
	"runtime"

	"assay.rs/core"
)

func measure(core.Call, string) (usage, error) {
	return usage{}, errors.New("not implemented on " + runtime.GOOS)
}
