package prelude

import "assay.rs/core"

// packages are the modules of a VM by the names that they were required with, but for those of ./ and ../. The baton
// guards them.
type packages struct {
	values  map[string]core.Value // until the script names the table package
	loaded  core.Table
	preload core.Table
	opened  bool
}

func packageModule() core.Module {
	table := func(of func(p *packages) core.Table) core.Type[core.None] {
		return core.Custom(core.AnyOf("table"), func(core.Call, core.Value) (core.None, error) { return core.None{}, nil },
			func(c core.Call, _ core.None) core.Value {
				p := &core.Local[required](c).named
				p.open(c)
				return of(p).Value()
			})
	}
	return core.Module{
		Name: "package", Doc: "What require has given, and may give. There are no paths to set, and nothing in C is loaded.",
		Consts: []core.Const{
			core.NewConst("loaded", table(func(p *packages) core.Table { return p.loaded }), core.None{},
				"The modules that were required, by name. One that is set to nil is loaded anew; those of ./ and ../ are not in it."),
			core.NewConst("preload", table(func(p *packages) core.Table { return p.preload }), core.None{},
				"Functions that make modules, by name: require calls them before it looks for a file."),
		},
	}
}

// open makes the tables that the script sees.
func (p *packages) open(c core.Call) {
	if p.opened {
		return
	}
	p.opened = true
	p.loaded, p.preload = c.NewTable(len(p.values)), c.NewTable(0)
	for name, v := range p.values {
		p.loaded.Set(name, v)
	}
}

// find gives the module of this name, or what makes it. again tells that the script has taken it away.
func (p *packages) find(c core.Call, name string) (known core.Value, preload core.Callback, again bool) {
	_, was := p.values[name]
	if p.opened {
		known = p.loaded.Get(name)
		preload, _ = p.preload.Get(name).Function()
		again = was && known.IsNil()
	} else {
		known = p.values[name]
	}
	if known.IsNil() && !was && preload.IsZero() {
		known = c.Library(name)
	}
	return known, preload, again
}

// keep is what require gives for a module that returned v: one that returned nothing may have put itself into loaded.
func (p *packages) keep(name string, v core.Value) core.Value {
	if p.opened {
		if set := p.loaded.Get(name); !set.IsNil() && v.Kind() == core.KindBool {
			v = set
		}
		p.loaded.Set(name, v)
	}
	if p.values == nil {
		p.values = make(map[string]core.Value)
	}
	p.values[name] = v
	return v
}
