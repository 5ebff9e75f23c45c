// Package xml offers XML 1.0 to scripts: xml.parse and xml.encode.
//
// A document becomes a tree of elements, one table each. Only tokens of [encoding/xml] are used: what decodes into Go
// types would be much of a small binary. Document types are passed over, so no entity but the five of XML is known and
// none can grow.
package xml

import "assay.rs/core"

var (
	errSyntax = core.NewCode("xml.syntax", "the text is not XML")
	errValue  = core.NewCode("xml.value", "the value has no form in XML")
	errLimit  = core.NewCode("xml.limit", "the text or the value is too large or nested too deeply")
)

// What XML may cost before it is refused.
const (
	maxBytes    = 16 << 20 // of text
	maxDepth    = 200      // of nested elements
	maxElements = 1 << 18  // and attributes
	elementSize = 1000     // about what an element takes in Lua, besides its texts
)

// New makes the module.
func New() core.Module {
	return core.Module{
		Name: "xml",
		Doc: "Reads and writes XML 1.0.\n\n" +
			"An element is a table: `name` without a prefix, `space`, the URL of its namespace where it has one, `attributes`, a table by name without a prefix, " +
			"`children`, an array of elements, and `text`, all text that stands directly in it.",
		Funcs: []core.Func{
			core.Fn1(core.Doc{
				Name: "parse",
				Text: "Reads an XML document in UTF-8 and gives its root element. Comments, instructions and document types are passed over; " +
					"entities but the five of XML raise. Text that is not XML raises, with its line.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errSyntax, errLimit},
				Examples: []string{
					`local e = xml.parse('<a id="1"><b>x &amp; y</b></a>')  assert.eq({e.attributes.id, e.children[1].text}, {"1", "x & y"})`,
					`local ok, e = pcall(xml.parse, "<a>\n</b>")  assert.eq(e.code, "xml.syntax")  assert.contains(e.message, "line 2")`,
				},
			}, core.Arg("text", core.String(), "XML text."), core.Returns(core.Any(), "The root element."), parse),
			core.Fn1(core.Doc{
				Name: "encode",
				Text: "Writes an element as XML text, on one line: `text` comes before `children`, attributes are sorted. `space` becomes `xmlns` where it is another " +
					"than that of the element around. Names that XML does not have, and control characters, raise.",
				Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errValue, errLimit},
				Examples: []string{
					`assert.eq(xml.encode({name = "a", attributes = {id = 1}, children = {{name = "b", text = "x & y"}}}), '<a id="1"><b>x &amp; y</b></a>')`,
				},
			}, core.Arg("element", core.Any(), "An element: a table with `name`, and `space`, `attributes`, `text` and `children` as it has them."),
				core.Returns(core.String(), "XML text, without a declaration."), encode),
		},
	}
}
