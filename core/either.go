package core

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/spec"
)

// Either is an A where isA says so of the value, else a B. It is for arguments and options; it is never
// returned.
func Either[A, B, T any](isA func(Value) bool, a Type[A], b Type[B], fromA func(A) (T, error), fromB func(B) (T, error)) Type[T] {
	return Type[T]{
		shape: &shape{spec: spec.Type{Kind: spec.Union, Of: []spec.Type{a.spec, b.spec}}, refs: allRefs(a.refs, b.refs)},
		from: func(t *thread, v lua.LValue, _ T) (T, error) {
			if isA(Value{v}) {
				return converted(t, v, a, fromA)
			}
			return converted(t, v, b, fromB)
		},
	}
}

func converted[A, T any](t *thread, v lua.LValue, of Type[A], then func(A) (T, error)) (T, error) {
	var none A
	read, err := of.from(t, v, none)
	if err != nil {
		var nothing T
		return nothing, err
	}
	return then(read)
}
