package stability

import "assay.rs/core/spec"

// luaFacts are what scripts may rely on.
func luaFacts(modules []spec.Module) facts {
	f := facts{}
	for _, m := range modules {
		name := m.Name
		if m.Require != "" {
			name = m.Require
		}
		prefix := ""
		if name != "" {
			f.add("table %s", name)
			prefix = name + "."
		}
		if m.Call != nil {
			f.function(name, *m.Call)
		}
		for _, fn := range m.Funcs {
			f.function(prefix+fn.Name, fn)
		}
		for _, c := range m.Consts {
			f.add("value %s%s is %s", prefix, c.Name, c.Type)
		}
		for _, r := range m.Records {
			for _, field := range r.Fields {
				f.add("key %s.%s takes %s", r.Name, field.Name, field.Type)
			}
		}
		for _, c := range m.Classes {
			for _, field := range c.Fields {
				f.add("property %s.%s is %s", c.Name, field.Name, field.Type)
			}
			for _, method := range c.Methods {
				f.function(c.Name+":"+method.Name, method)
			}
		}
		for _, c := range m.Codes {
			f.add("code %s", c.Name)
		}
	}
	return f
}

// function adds with how many arguments of which types it can be called, and what it gives: a further optional
// argument breaks no call, one that must be given does.
func (f facts) function(name string, fn spec.Func) {
	needed := 0
	for i, p := range fn.Params {
		if !p.Optional && !p.Rest {
			needed = i + 1
		}
		if p.Rest {
			f.add("function %s takes any number of %s", name, p.Type)
		} else {
			f.add("function %s takes %s as argument %d", name, p.Type, i+1)
		}
	}
	for n := needed; n <= len(fn.Params); n++ {
		f.add("function %s can be called with %d arguments", name, n)
	}
	for i, r := range fn.Returns {
		f.add("function %s gives %s as result %d", name, r.Type, i+1)
	}
	if fn.Level == "check" {
		f.add("function %s is for checks", name)
	}
}
