// Package toml offers TOML 1.1 to scripts: toml.parse and toml.encode.
//
// A [parser] reads a document on top of a [scanner], with nesting, keys and memory bounded while it reads;
// a [writer] writes values in sorted order.
package toml

import "assay.rs/core"

var (
	errSyntax = core.NewCode("toml.syntax", "the text is not TOML")
	errValue  = core.NewCode("toml.value", "the value has no form in TOML")
	errLimit  = core.NewCode("toml.limit", "the text or the value is too large or nested too deeply")
)

// What TOML may cost before it is refused.
const (
	maxBytes  = 10 << 20 // of text
	maxDepth  = 200      // of nested tables and arrays, and parts of a dotted key
	maxValues = 1 << 20
)

// New makes the module.
func New() core.Module {
	return core.Module{
		Name: "toml",
		Doc: "Reads and writes TOML 1.1.\n\n" +
			"Dates and times are text as RFC 3339 writes them. Integers are exact within 64 bits. Tables follow the rules of `json`: " +
			"a table with the keys 1 to n is an array, arrays that came from TOML stay arrays.",
		Funcs: []core.Func{
			core.Fn1(core.Doc{
				Name: "parse", Text: "Reads a TOML document. Text that is not TOML raises, with line and column.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errSyntax, errLimit},
				Examples: []string{
					`local c = toml.parse('title = "x"\n[owner]\nborn = 1979-05-27\n')  assert.eq(c.owner.born, "1979-05-27")`,
					`local ok, e = pcall(toml.parse, "a = 1\na = 2")  assert.eq(e.code, "toml.syntax")  assert.contains(e.message, "2:1")`,
				},
			}, core.Arg("text", core.String(), "TOML text."), core.Returns(core.Any(), "The table."), parse),
			core.Fn1(core.Doc{
				Name: "encode",
				Text: "Writes a table as a TOML document, keys sorted. Arrays of tables become `[[sections]]`. TOML has no null: `json.null`, nils in arrays, " +
					"functions, cycles, nesting over 200 and text that is not UTF-8 raise and name the path, such as `.owner.names[3]`.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errValue, errLimit},
				Examples: []string{`assert.eq(toml.encode({name = "x", server = {ports = {80, 443}}}), 'name = "x"\n\n[server]\nports = [80, 443]\n')`},
			}, core.Arg("v", core.Any(), "A table whose keys are strings."), core.Returns(core.Bytes(), "TOML text."), encode),
		},
	}
}
