package core

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// counted is a module for a table that counts how often it is made.
func counted(table string, made *atomic.Int32) Module {
	return Later(table, func() Module {
		made.Add(1)
		return Module{Name: table, Funcs: []Func{
			Fn0(Doc{Name: "name", Text: "Tells its table.", Needs: Pure, Level: Check}, Returns(String(), "The name."), func(Call) (string, error) { return table, nil }),
		}}
	})
}

func TestLater(t *testing.T) {
	for _, test := range []struct {
		name, source string
		policy       Policy
		made         [2]int32
		want         string // in the error; empty is none
	}{
		{"nothing is named", `local x = 1`, FullPolicy(), [2]int32{}, ""},
		{"one is named", `if one.name() ~= "one" then error("no") end`, FullPolicy(), [2]int32{1, 0}, ""},
		{"found by a text", `if _G["t" .. "wo"].name() ~= "two" then error("no") end`, CheckPolicy(), [2]int32{0, 1}, ""},
		{"listed", `local n = 0 for k in pairs(_G) do if k == "one" or k == "two" then n = n + 1 end end if n ~= 2 then error("no") end`, FullPolicy(), [2]int32{1, 1}, ""},
		{"kept away", `one.name()`, Policy{Level: Script, Needs: AllNeeds, Without: []string{"one"}}, [2]int32{}, "attempt to index"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var one, two atomic.Int32
			rt, err := New(Config{Modules: []Module{counted("one", &one), counted("two", &two)}, Policy: test.policy})
			if err != nil {
				t.Fatal(err)
			}
			chunk, err := Compile("test.lua", []byte(test.source))
			if err != nil {
				t.Fatal(err)
			}
			var vms sync.WaitGroup
			for range 8 {
				vms.Go(func() {
					vm := rt.Open(Host{})
					defer vm.Close()
					err := vm.Run(t.Context(), chunk)
					if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
						t.Errorf("Run = %v, want %q", err, test.want)
					}
				})
			}
			vms.Wait()
			if got := [2]int32{one.Load(), two.Load()}; got != test.made {
				t.Errorf("made %v times, want %v", got, test.made)
			}
		})
	}
}

func TestLaterWithAnotherTable(t *testing.T) {
	defer func() {
		if got := recover(); got == nil || !strings.Contains(got.(error).Error(), "declare other: it is made later for one") {
			t.Errorf("panic = %v, want one about the table", got)
		}
	}()
	Specs(Later("one", func() Module { return Module{Name: "other"} }))
}

// A method is called by the function of its table also where the script has got the object without naming the table.
func TestMethodOfATableThatNobodyNames(t *testing.T) {
	class := NewObject[int]("pipe.End", "An end of a pipe.")
	doc := func(name string) Doc { return Doc{Name: name, Text: "Fails.", Needs: Pure, Level: Check} }
	fail := func(Call, int) (None, error) { return None{}, errors.New("it broke") }
	class.Method(Fn1(doc("read"), class.Self(), ReturnsNothing(), fail), Fn1(doc("own"), class.Self(), ReturnsNothing(), fail))
	pipe := Later("pipe", func() Module {
		return Module{Name: "pipe", Funcs: []Func{Fn1(doc("read"), Arg("end", class.Type(), "The end."), ReturnsNothing(), fail)}}
	})
	open := Module{Funcs: []Func{Fn0(doc("open"), Returns(class.Type(), "An end."), func(Call) (int, error) { return 1, nil })}}
	rt, err := New(Config{Modules: []Module{pipe, open}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{`open():read()`: "pipe.read: it broke", `open():own()`: "pipe.End:own: it broke"} {
		chunk, err := Compile("test.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(Host{})
		defer vm.Close()
		if err := vm.Run(t.Context(), chunk); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", source, err, want)
		}
	}
}
