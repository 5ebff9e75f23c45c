package check

import (
	"context"
	"errors"
	"testing"
)

func TestRoomIsWaitedFor(t *testing.T) {
	r := newRoom(10)
	if err := r.take(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	taken := make(chan error)
	go func() { taken <- r.take(context.WithoutCancel(t.Context()), 5) }()
	why := errors.New("over")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if err := r.take(ctx, 5); !errors.Is(err, why) {
		t.Errorf("take(5) with 8 of 10 taken = %v, want %v", err, why)
	}
	r.giveBack(8)
	if err := <-taken; err != nil {
		t.Errorf("take(5) after all was given back: %v", err)
	}
	r.giveBack(5)
	if r.taken != 0 {
		t.Errorf("%d taken at the end, want 0", r.taken)
	}
}

func TestDecodedSizeIsNearTheTruth(t *testing.T) {
	for text, least := range map[string]int64{
		`[{},{},{}]`:           3 * 100,
		`{"a":"{[,:]}\"{{{{"}`: 100,
		`[1,2,3]`:              3 * 16,
	} {
		if got := decodedSize([]byte(text)); got < least || got > 8*least {
			t.Errorf("decodedSize(%s) = %d, want %d and some", text, got, least)
		}
	}
}
