package http

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"assay.rs/core"
)

// Without max_body, a line is bounded all the same.
func TestLineIsBounded(t *testing.T) {
	_, err := readLine(core.Call{}, bufio.NewReader(strings.NewReader(strings.Repeat("x", 20_000))), 10_000)
	if got, ok := errors.AsType[*core.Error](err); !ok || got.Code != errBodyTooLarge {
		t.Errorf("error = %v, want one of %s", err, errBodyTooLarge.Name())
	}
}
