package core

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

func TestNewRefusesAnUnknownGopherLua(t *testing.T) {
	if err := layoutError(); err != nil {
		t.Fatal(err)
	}
	known := layoutError
	t.Cleanup(func() { layoutError = known })
	layoutError = func() error { return errLayout }
	_, err := New(Config{})
	if !errors.Is(err, errLayout) || !strings.Contains(err.Error(), "version of gopher-lua") || strings.Contains(err.Error(), "\n") {
		t.Errorf("New = %v, want one sentence that refuses the version", err)
	}
}

func TestLayoutsAreCompared(t *testing.T) {
	type theirs struct {
		Name  string
		Count int
		Next  *theirs
		Any   any
	}
	for _, test := range []struct {
		name string
		ours reflect.Type
		want bool
	}{
		{"the same", reflect.TypeFor[theirs](), true},
		{"fields without a name", reflect.TypeFor[struct {
			_     string
			Count int
			_     unsafe.Pointer
			_     [2]unsafe.Pointer
		}](), true},
		{"another order", reflect.TypeFor[struct {
			Count int
			Name  string
			Next  unsafe.Pointer
			Any   any
		}](), false},
		{"another name", reflect.TypeFor[struct {
			Name string
			Left int
			Next unsafe.Pointer
			Any  any
		}](), false},
		{"another type", reflect.TypeFor[struct {
			Name  string
			Count uint
			Next  unsafe.Pointer
			Any   any
		}](), false},
		{"a field less", reflect.TypeFor[struct {
			Name  string
			Count int
			Next  unsafe.Pointer
		}](), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := alike(reflect.TypeFor[theirs](), test.ours); got != test.want {
				t.Errorf("alike = %v, want %v", got, test.want)
			}
		})
	}
}
