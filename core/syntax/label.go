package syntax

func (r *resolver) gotos(s *scope) {
	for _, g := range s.gotos {
		name := r.tree.Name(g.node)
		l, ok := s.labels[name]
		switch {
		case ok && l.active > g.active:
			v := r.out.Variables[r.active[g.active]]
			r.errorf(g.node, "goto '%s' jumps into the scope of local '%s'", name, v.Name)
		case ok:
			if r.out.targets == nil {
				r.out.targets = make(map[NodeID]label)
			}
			r.out.targets[g.node] = l
		case s.parent == nil || s.parent.function != s.function:
			if name != "" {
				r.errorf(g.node, "no visible label '%s' for goto", name)
			}
		default:
			s.parent.gotos = append(s.parent.gotos, pendingGoto{g.node, min(g.active, s.mark)})
		}
	}
}

// label declares a label. One at the end of its block stands outside the scope
// of the block's variables.
func (r *resolver) label(id NodeID, trailing bool) {
	name := r.tree.Name(id)
	if name == "" {
		return
	}
	if l, ok := r.scope.labels[name]; ok {
		r.errorf(id, "label '%s' is already defined at %s", name, r.position(l.node))
		return
	}
	active := len(r.active)
	if trailing {
		active = r.scope.mark
	}
	if r.scope.labels == nil {
		r.scope.labels = make(map[string]label)
	}
	r.scope.labels[name] = label{id, r.scope.block, active}
}
