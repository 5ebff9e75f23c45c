package core

import "testing"

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
		if err := vm.Run(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
		if got := vm.shared > 0; got != test.want {
			t.Errorf("beside %d others: gave them their turn = %v, want %v", test.others, got, test.want)
		}
		vm.Close()
		if got, want := openVMs.Load(), int64(test.others); got < want {
			t.Errorf("%d VMs are counted as open, want %d", got, want)
		}
	}
}
