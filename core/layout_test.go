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
		count int
		next  *theirs
		any   any
	}
	for _, test := range []struct {
		name string
		ours reflect.Type
		want bool
	}{
		{"the same", reflect.TypeFor[theirs](), true},
		{"fields without a name", reflect.TypeFor[struct {
			_     string
			count int
			_     unsafe.Pointer
			_     [2]unsafe.Pointer
		}](), true},
		{"another order", reflect.TypeFor[struct {
			count int
			Name  string
			next  unsafe.Pointer
			any   any
		}](), false},
		{"another name", reflect.TypeFor[struct {
			Name string
			left int
			next unsafe.Pointer
			any  any
		}](), false},
		{"another type", reflect.TypeFor[struct {
			Name  string
			count uint
			next  unsafe.Pointer
			any   any
		}](), false},
		{"a field less", reflect.TypeFor[struct {
			Name  string
			count int
			next  unsafe.Pointer
		}](), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := alike(reflect.TypeFor[theirs](), test.ours); got != test.want {
				t.Errorf("alike = %v, want %v", got, test.want)
			}
		})
	}
}
