package toml

// table is a table while a document is read. TOML forbids to define one twice, so it remembers how it came
// to be.
type table struct {
	members map[string]any // *table, *list, or a scalar
	made    making
}

// making is how a table was made.
type making uint8

const (
	implied making = iota // by the header of a table in it
	headed                // by its own header
	dotted                // by a dotted key
	inline                // as a value: nothing can be added
)

// list is an array.
type list struct {
	items  []any
	tables bool // of tables with headers [[...]], to which more can be added
}

func newTable(made making) *table { return &table{make(map[string]any), made} }

// key is a key with its parts.
type key struct {
	parts []string
	at    []int // where each part begins
}

// enter is the table called key.parts[i] in t, for a header that goes on behind it.
func (p *parser) enter(t *table, k key, i int) (*table, error) {
	switch member := t.members[k.parts[i]].(type) {
	case nil:
		made := newTable(implied)
		t.members[k.parts[i]] = made
		return made, p.value()
	case *table:
		if member.made == inline {
			return nil, p.fail(k.at[i], "the inline table %q cannot be extended", excerpt(k.parts[i]))
		}
		return member, nil
	case *list:
		if member.tables {
			return member.items[len(member.items)-1].(*table), nil
		}
	}
	return nil, p.fail(k.at[i], "%q is a value, not a table", excerpt(k.parts[i]))
}

// header goes to the table of a header [a.b] or, with many, [[a.b]].
func (p *parser) header(k key, many bool) (*table, error) {
	t := p.root
	last := len(k.parts) - 1
	for i := range last {
		var err error
		if t, err = p.enter(t, k, i); err != nil {
			return nil, err
		}
	}
	name, made := k.parts[last], newTable(headed)
	member, known := t.members[name]
	switch member := member.(type) {
	case *table:
		if !many && member.made == implied {
			member.made = headed
			return member, nil
		}
	case *list:
		if many && member.tables {
			member.items = append(member.items, made)
			return made, p.value()
		}
	}
	if known {
		return nil, p.fail(k.at[last], "%q is defined already", excerpt(name))
	}
	t.members[name] = made
	if many {
		t.members[name] = &list{items: []any{made}, tables: true}
	}
	return made, p.value()
}

// set gives a key of t, dotted or not, its value.
func (p *parser) set(t *table, k key, value any) error {
	last := len(k.parts) - 1
	for i, name := range k.parts[:last] {
		switch member := t.members[name].(type) {
		case nil:
			made := newTable(dotted)
			t.members[name] = made
			t = made
			if err := p.value(); err != nil {
				return err
			}
		case *table:
			if member.made != dotted {
				return p.fail(k.at[i], "the table %q is defined elsewhere and cannot be extended here", excerpt(name))
			}
			t = member
		default:
			return p.fail(k.at[i], "%q is a value, not a table", excerpt(name))
		}
	}
	if _, known := t.members[k.parts[last]]; known {
		return p.fail(k.at[last], "the key %q is there already", excerpt(k.parts[last]))
	}
	t.members[k.parts[last]] = value
	return nil
}

// excerpt keeps a message readable when a key is long.
func excerpt(s string) string {
	const limit = 60
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}
