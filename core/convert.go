package core

// Value is v in Lua. It needs the baton.
func (of Type[T]) Value(c Call, v T) Value { return Value{of.to(c.t, v)} }
