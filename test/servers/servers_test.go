package servers

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestPrometheusAnswersUntilTheTestEnds(t *testing.T) {
	var base string
	t.Run("while it runs", func(t *testing.T) {
		base = Prometheus(t)
		if err := hasResult(t.Context(), base, "up == 1"); err != nil {
			t.Error(err)
		}
	})
	if base == "" {
		t.Skip("no prometheus, as said above")
	}
	resp, err := http.Get(base + "/-/ready")
	if err == nil {
		resp.Body.Close()
		t.Errorf("%s still answers after its test", base)
	}
}

func TestPollTellsWhyItGaveUp(t *testing.T) {
	notYet := errors.New("not yet")
	never := func(context.Context) error { return notYet }

	t.Run("the last error when time is up", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := poll(ctx, nil, never); !errors.Is(err, notYet) {
			t.Errorf("poll = %v, want one that is %v", err, notYet)
		}
	})
	t.Run("the end of the process", func(t *testing.T) {
		ended := make(chan struct{})
		close(ended)
		if err := poll(t.Context(), ended, never); !errors.Is(err, errEnded) {
			t.Errorf("poll = %v, want %v", err, errEnded)
		}
	})
}
