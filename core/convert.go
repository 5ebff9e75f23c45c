package core

// ReadAs is v in Go; def is the value for what v leaves out. It needs the baton. The error says what was
// expected, and names the option of a record.
func ReadAs[T any](c Call, of Type[T], v Value, def T) (T, error) { return of.from(c.t, v.lua(), def) }

// ValueOf is v as Lua sees it, for what is handed to a [Callback]. It needs the baton.
func ValueOf[T any](c Call, of Type[T], v T) Value { return Value{of.to(c.t, v)} }

// NewFunction makes a function that a script is handed, such as the next of a middleware. It needs the
// baton.
func (c Call) NewFunction(f Func) Value {
	return Value{c.t.vm.L.NewFunction(bind(f.doc.Name, f).call)}
}

// SetGlobal sets a global variable. It may be called with or without the baton.
func (c Call) SetGlobal(name string, v Value) {
	c.Hold(func() {
		c.t.vm.bound[name] = true
		c.t.vm.L.G.Global.RawSetString(name, v.lua())
	})
}
