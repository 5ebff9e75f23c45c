package prelude

import (
	"errors"
	"fmt"
	"strings"

	"assay.rs/core"
)

// maxPieces is the most that string.split gives, so that a large text cannot become a far larger table.
const maxPieces = 1 << 20

// luaSpace is what the class %s of Lua patterns matches.
const luaSpace = " \t\n\v\f\r"

func stringModule() core.Module {
	s := core.Arg("s", core.String(), "The text.")
	return core.Module{
		Name: "string", Doc: "Functions on text, besides those of Lua. They can be called as methods: `s:trim()`.",
		Funcs: []core.Func{
			core.Fn2(core.Doc{
				Name: "split", Text: "Cuts s at every sep, which is plain text. Text without a sep gives one piece.",
				Needs: core.Pure, Level: core.Check,
				Examples: []string{`assert.eq(string.split("a,b,,c", ","), {"a", "b", "", "c"})`},
			},
				s, core.Arg("sep", core.String(), "Where to cut; at least one byte."),
				core.Returns(core.ListOf(core.String()), "The pieces."), split),
			core.Fn1(core.Doc{
				Name: "trim", Text: "Removes spaces, tabs and line ends from both ends of s.",
				Needs: core.Pure, Level: core.Check,
				Examples: []string{`assert.eq(("  ready\n"):trim(), "ready")`},
			},
				s, core.Returns(core.String(), "What is left."),
				func(_ core.Call, s string) (string, error) { return strings.Trim(s, luaSpace), nil }),
		},
	}
}

var errSeparator = errors.New("argument 2 'sep': must not be empty")

// pieceBytes is what a piece takes besides its text, in Go and in Lua.
const pieceBytes = 48

func split(c core.Call, s, sep string) ([]string, error) {
	if sep == "" {
		return nil, errSeparator
	}
	n := strings.Count(s, sep) + 1
	if n > maxPieces {
		return nil, fmt.Errorf("%d pieces, %d at most", n, maxPieces)
	}
	if err := c.Charge(n * pieceBytes); err != nil {
		return nil, err
	}
	return strings.Split(s, sep), nil
}
