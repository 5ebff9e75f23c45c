package compile

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// table compiles a constructor into the next register.
func (f *function) table(id syntax.NodeID) int {
	line := f.line(id)
	kids := f.kids(id)
	r := f.alloc(id, 1)
	create := f.emit(line, abc(lua.OP_NEWTABLE, r, 0, 0))
	if names := f.itemNames(kids); len(names) > 0 {
		f.shapes++
		f.emit(line, abx(lua.OP_NOP, r, f.pool.shape(names)))
	}
	list := list{f: f, id: id, table: r}
	named := 0
	for i, kid := range kids {
		switch f.kind(kid) {
		case syntax.NamedItem, syntax.KeyedItem:
			named++
			f.setItem(kid, r, line)
		default:
			list.add(kid, i == len(kids)-1)
		}
	}
	list.flush()
	f.code[create] |= abc(0, 0, min(list.count, maskBC), min(named, maskBC))
	return r
}

const (
	maxNames  = 64   // that the table of a constructor is given in advance
	maxShapes = 1000 // constructors of a chunk that give them: they live as long as it, and no limit counts them
)

// itemNames are the names that a constructor sets before the first key that is not known here, so that next gives the
// keys in the order of the source.
func (f *function) itemNames(items []syntax.NodeID) (names []string) {
	if f.shapes == maxShapes {
		return nil
	}
	for _, item := range items {
		switch f.kind(item) {
		case syntax.NamedItem:
			if len(names) < maxNames {
				names = append(names, f.tree.Name(f.kids(item)[0]))
			}
		case syntax.KeyedItem:
			return names
		}
	}
	return names
}

// items compiles the table of some expressions into the next register.
func (f *function) items(id syntax.NodeID, kids []syntax.NodeID) {
	r := f.alloc(id, 1)
	f.emit(f.line(id), abc(lua.OP_NEWTABLE, r, min(len(kids), maskBC), 0))
	list := list{f: f, id: id, table: r}
	for _, kid := range kids {
		list.add(kid, false)
	}
	list.flush()
}

// setItem compiles name = value and [key] = value.
func (f *function) setItem(id syntax.NodeID, table, line int) {
	kids := f.kids(id)
	free := f.free
	key, op := f.key(kids[0])
	value := f.rk(kids[1])
	f.emit(line, abc(setOp(op), table, key, value))
	f.free = free
}

// setOp is the instruction that writes what op reads.
func setOp(op int) int {
	if op == lua.OP_GETTABLEKS {
		return lua.OP_SETTABLEKS
	}
	return lua.OP_SETTABLE
}

// list collects array items and stores them in the table by the batch.
type list struct {
	f       *function
	id      syntax.NodeID
	table   int
	count   int // stored and waiting
	waiting int
}

func (l *list) add(id syntax.NodeID, last bool) {
	f := l.f
	if last && f.isOpen(id) {
		f.open(id, -1)
		l.store(0)
		return
	}
	f.next(id)
	l.count++
	l.waiting++
	if l.waiting == lua.FieldsPerFlush {
		l.flush()
	}
}

func (l *list) flush() {
	if l.waiting > 0 {
		l.store(l.waiting)
	}
}

// store stores n waiting items, or all up to the top for n = 0.
func (l *list) store(n int) {
	f := l.f
	batch := (l.count-l.waiting)/lua.FieldsPerFlush + 1
	line := f.line(l.id)
	if batch <= maskBC {
		f.emit(line, abc(lua.OP_SETLIST, l.table, n, batch))
	} else {
		f.emit(line, abc(lua.OP_SETLIST, l.table, n, 0))
		f.emit(line, uint32(batch))
	}
	l.waiting = 0
	f.free = l.table + 1
}
