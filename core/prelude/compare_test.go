package prelude

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"assay.rs/core"
)

// withCall runs f as the body of a builtin, which is where values exist.
func withCall(t testing.TB, f func(c core.Call)) {
	t.Helper()
	body := core.Fn0(core.Doc{Name: "body", Text: "Runs the test.", Needs: core.Pure, Level: core.Check},
		core.ReturnsNothing(), func(c core.Call) (core.None, error) {
			f(c)
			return core.None{}, nil
		})
	rt, err := core.New(core.Config{Modules: []core.Module{{Funcs: []core.Func{body}}}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("test.lua", []byte("body()"))
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Fatal(err)
	}
}

func TestCompareMixed(t *testing.T) {
	for _, tt := range []struct {
		n    int64
		f    float64
		want int
	}{
		{1 << 53, 1 << 53, 0},
		{1<<53 + 1, 1 << 53, 1},
		{1<<53 + 1, 1<<53 + 2, -1},
		{math.MaxInt64, 1 << 63, -1},
		{math.MaxInt64, math.MaxInt64 - 1023, 1},
		{math.MinInt64, -1 << 63, 0},
		{math.MinInt64, -1e19, 1},
		{math.MaxInt64, math.Inf(1), -1},
		{math.MinInt64, math.Inf(-1), 1},
		{-3, -3.5, 1},
		{-4, -3.5, -1},
	} {
		if got, ordered := compareMixed(tt.n, tt.f); got != tt.want || !ordered {
			t.Errorf("compareMixed(%d, %v) = %d, %v, want %d", tt.n, tt.f, got, ordered, tt.want)
		}
	}
	if _, ordered := compareMixed(1, math.NaN()); ordered {
		t.Error("compareMixed(1, NaN) is ordered")
	}
}

func TestRenderIsBounded(t *testing.T) {
	withCall(t, func(c core.Call) {
		deep := c.NewTable(0)
		for range 100_000 {
			outer := c.NewTable(1)
			outer.Set("inner", deep.Value())
			deep = outer
		}
		wide := c.NewArray(0)
		for i := range 100_000 {
			wide.Append(core.NumberValue(float64(i)))
		}
		long := core.TextValue(strings.Repeat("é\n", 100_000))
		for name, v := range map[string]core.Value{"deep": deep.Value(), "wide": wide.Value(), "long": long} {
			got := c.Render(v)
			if len(got) > 500 || strings.ContainsRune(got, '\n') || !utf8.ValidString(got) {
				t.Errorf("render of a %s value has %d bytes: %q", name, len(got), got)
			}
		}
	})
}

func TestDeepTablesAreAnError(t *testing.T) {
	withCall(t, func(c core.Call) {
		nested := func() core.Value {
			v := core.NumberValue(1)
			for range maxDepth + 1 {
				outer := c.NewTable(1)
				outer.Set("x", v)
				v = outer.Value()
			}
			return v
		}
		if found, err := diff(c, nested(), nested()); err == nil || found != nil {
			t.Errorf("diff = %v, %v, want an error about the depth", found, err)
		}
	})
}

// graph reads tables that refer to each other from data: for each table its entries.
type graph struct {
	c      core.Call
	data   []byte
	tables []core.Table
}

func (g *graph) next() byte {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return b
}

func (g *graph) value() core.Value {
	switch b := g.next(); b % 8 {
	case 0:
		return core.NumberValue(float64(g.next()))
	case 1:
		return core.TextValue(string([]byte{g.next(), b}))
	case 2:
		return core.BoolValue(b&8 == 0)
	case 3:
		return g.c.Integer(1<<60 + int64(g.next()))
	case 4:
		return g.c.NullValue()
	case 5:
		return core.NumberValue(float64(g.next()) / 3)
	default:
		return g.tables[int(g.next())%len(g.tables)].Value()
	}
}

func (g *graph) key() core.Value {
	switch b := g.next(); b % 4 {
	case 0:
		return core.NumberValue(float64(b/4%8 + 1))
	case 1:
		return core.TextValue(string('a' + rune(b/4%8)))
	case 2:
		return core.BoolValue(b&4 == 0)
	default:
		return core.NumberValue(float64(b) / 3)
	}
}

// root builds the graph; the same data gives an equal graph of other tables.
func (g *graph) root() core.Value {
	for range 1 + g.next()%6 {
		g.tables = append(g.tables, g.c.NewTable(0))
	}
	for i := 0; len(g.data) > 0; i++ {
		k := g.key()
		_ = g.tables[i%len(g.tables)].SetAt(k, g.value())
	}
	return g.tables[0].Value()
}

func FuzzDiff(f *testing.F) {
	f.Add([]byte("\x03abcdefghijklmnopqrstuvwxyz"), []byte("\x03abcdefghijklmnopqrstuvwxyZ"))
	f.Add([]byte{1, 5, 6, 0, 5, 7, 1}, []byte{1, 5, 6, 1, 5, 7, 0})
	f.Add([]byte("2&$2701"), []byte("02"))
	f.Add([]byte{}, []byte{2, 3, 0, 1})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		withCall(t, func(c core.Call) {
			one, same, other := (&graph{c: c, data: a}).root(), (&graph{c: c, data: a}).root(), (&graph{c: c, data: b}).root()
			if found, err := diff(c, one, same); found != nil || err != nil {
				t.Errorf("diff of equal graphs = %v, %v: %s", found, err, c.Render(one))
			}
			there, errThere := diff(c, one, other)
			back, errBack := diff(c, other, one)
			if (there == nil) != (back == nil) || errThere != nil || errBack != nil {
				t.Errorf("diff there = %v, %v, back = %v, %v", there, errThere, back, errBack)
			}
			if there != nil && (there.path != back.path || there.text(c) == "") {
				t.Errorf("diff there at %s, back at %s", there.path, back.path)
			}
			if got := c.Render(one); len(got) > 500 || strings.ContainsRune(got, '\n') {
				t.Errorf("render = %q", got)
			}
		})
	})
}
