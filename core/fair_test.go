package core

import (
	"testing"
	"time"
)

// A VM that computes gives others their turn, and one that is alone keeps the processor.
func TestTurnsOfVMs(t *testing.T) {
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(`for i = 1, 1e6 do end`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		others int
		want   bool
	}{{0, false}, {1, true}, {5, true}} {
		for range test.others {
			defer rt.Open(Host{}).Close()
		}
		vm := rt.Open(Host{})
		first := vm.turnEnds
		if err := vm.Run(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
		if got := vm.turnEnds != first; got != test.want {
			t.Errorf("beside %d others: gave them their turn = %v, want %v", test.others, got, test.want)
		}
		vm.Close()
		if got, want := openVMs.Load(), int64(test.others); got < want {
			t.Errorf("%d VMs are counted as open, want %d", got, want)
		}
	}
}

// A VM that has rested computes for longer before others have their turn; one that is new, or has waited for its turn, does not.
func TestTurnOfAVMThatHasRested(t *testing.T) {
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(Host{})
	defer vm.Close()
	if now := time.Since(rt.made); vm.turnEnds > now+turn {
		t.Error("a new VM has a longer turn")
	}
	now := time.Since(rt.made)
	vm.turnEnds = now - 2*rest
	vm.share()
	if vm.turnEnds < now+turnRested {
		t.Errorf("its turn ends after %s, want %s", vm.turnEnds-now, turnRested)
	}
	vm.turnEnds = time.Since(rt.made) - rest/2
	vm.share()
	if now := time.Since(rt.made); vm.turnEnds > now+turn {
		t.Error("it has a longer turn without a rest")
	}
}
