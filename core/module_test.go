package core

import "testing"

// Several modules may add to one table; each may say something about it.
func TestSpecsJoinsDocs(t *testing.T) {
	for _, test := range []struct{ first, second, want string }{
		{"Talks.", "Listens.", "Talks.\n\nListens."}, {"", "Talks.", "Talks."}, {"Talks.", "", "Talks."}, {"Talks.", "Talks.", "Talks."},
	} {
		if got := Specs(Module{Name: "ws", Doc: test.first}, Module{Name: "ws", Doc: test.second})[0].Doc; got != test.want {
			t.Errorf("docs %q and %q join to %q, want %q", test.first, test.second, got, test.want)
		}
	}
}
