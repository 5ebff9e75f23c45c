package core

import (
	"context"
	"errors"
	"testing"
)

func TestLifetime(t *testing.T) {
	stop, other := errors.New("stop"), errors.New("other")
	for _, tt := range []struct {
		name string
		do   func(l *lifetime, endParent func(error))
		want error
	}{
		{"nothing has ended it", func(*lifetime, func(error)) {}, nil},
		{"stopped", func(l *lifetime, _ func(error)) { l.stop(stop) }, stop},
		{"stopped for no reason", func(l *lifetime, _ func(error)) { l.stop(nil) }, context.Canceled},
		{"its parent has ended", func(_ *lifetime, end func(error)) { end(stop) }, stop},
		{"stopped, then again", func(l *lifetime, _ func(error)) { l.stop(stop); l.stop(other) }, stop},
		{"stopped, then its parent ends", func(l *lifetime, end func(error)) { l.stop(stop); end(other) }, stop},
		{"its parent ends, then stopped", func(l *lifetime, end func(error)) { end(stop); l.stop(other) }, stop},
	} {
		for _, asked := range []string{"before", "after"} {
			t.Run(tt.name+", context asked for "+asked, func(t *testing.T) {
				parent, end := context.WithCancelCause(t.Context())
				defer end(nil)
				l := &lifetime{parent: parent}
				if asked == "before" {
					l.context()
				}
				tt.do(l, end)
				ctx := l.context()
				if got := context.Cause(ctx); !errors.Is(got, tt.want) {
					t.Errorf("the cause of its context = %v, want %v", got, tt.want)
				}
				if got := l.cause(); !errors.Is(got, tt.want) {
					t.Errorf("cause = %v, want %v", got, tt.want)
				}
				if got := l.over(); got != (tt.want != nil) {
					t.Errorf("over = %v, want %v", got, tt.want != nil)
				}
				l.stop(nil)
				if ctx.Err() == nil {
					t.Error("the context goes on after the end")
				}
			})
		}
	}
}

func TestDoneIsClosedAtTheEnd(t *testing.T) {
	begin := make(chan struct{})
	_, err := runScript(t, t.Context(), `start()`, Module{Funcs: []Func{Fn0(Doc{Name: "start", Text: "Starts a task.", Needs: Net, Level: Script},
		ReturnsNothing(), func(c Call) (None, error) {
			task := c.Start(func(Call) ([]Value, error) { <-begin; return nil, nil })
			select {
			case <-task.Done():
				t.Error("Done is closed before the end")
			default:
			}
			close(begin)
			<-task.Done()
			if again := task.Done(); again != task.Done() {
				t.Error("Done is another channel each time")
			}
			return None{}, nil
		})}})
	if err != nil {
		t.Fatal(err)
	}
}
