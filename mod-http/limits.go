package http

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// limitType is a time above 0, since 0 seconds are no time to do anything in.
func limitType() core.Type[time.Duration] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "duration"}, func(_ core.Call, v core.Value) (time.Duration, error) {
		var limit time.Duration
		var err error
		if seconds, ok := v.Number(); ok {
			limit, err = core.Seconds(seconds)
		} else if text, ok := v.Text(); ok {
			limit, err = core.ParseDuration(strings.TrimSpace(text))
		} else {
			err = mismatch(`seconds or text such as "500ms"`, v)
		}
		if err == nil && limit == 0 {
			err = errors.New("time must be more than 0")
		}
		return min(limit, maxLimit), err
	}, nil)
}

// maxLimit keeps deadlines within what a time can express.
const maxLimit = 100 * 365 * 24 * time.Hour

// countType is a whole number of at least least.
func countType[N int | int64](least N) core.Type[N] {
	return core.Custom(spec.Type{Kind: spec.Scalar, Name: "integer"}, func(_ core.Call, v core.Value) (N, error) {
		n, ok := v.Integer()
		if !ok {
			return 0, mismatch("integer", v)
		}
		if n < int64(least) || n > math.MaxInt64>>10 {
			return 0, fmt.Errorf("must be at least %d, got %d", least, n)
		}
		return N(n), nil
	}, nil)
}
