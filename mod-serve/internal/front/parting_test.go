package front

import "testing"

func TestParting(t *testing.T) {
	for _, tt := range []struct {
		name string
		what func(p *Parting, end func())
		ends int
	}{
		{"an ordinary answer is waited for", func(p *Parting, end func()) { p.Began(end) }, 0},
		{"a stream is left", func(p *Parting, end func()) { Streams(p.With(t.Context())); p.Began(end) }, 1},
		{"a stream for a client that sends no more", func(p *Parting, end func()) { p.Began(end); Streams(p.With(t.Context())) }, 1},
		{"a stream whose client is there", func(p *Parting, _ func()) { Streams(p.With(t.Context())) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var p Parting
			ended := 0
			tt.what(&p, func() { ended++ })
			p.Stop()
			if ended != tt.ends {
				t.Errorf("the request was ended %d times at once, want %d", ended, tt.ends)
			}
		})
	}
	Streams(t.Context()) // of no request of ours: nothing to do
}
