package xml

import (
	"errors"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"

	"assay.rs/mod-data/internal/kit"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

func TestScripts(t *testing.T) { coretest.Run(t, "testdata", New()) }

func TestWhatIsNotRead(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "xml.syntax there is no element"},
		{"text alone", "a\nb", "xml.syntax line 2: text stands outside of the root element"},
		{"two roots", "<a/>\n<b/>", "xml.syntax line 2: <b> stands behind the root element"},
		{"text behind the root", "<a/>x", "xml.syntax line 1: text stands outside of the root element"},
		{"an element without an end", "<a><b>", "xml.syntax line 1: unexpected EOF"},
		{"crossed elements", "<a><b></a></b>", "xml.syntax line 1: element <b> closed by </a>"},
		{"an attribute twice", `<a x="1" x="2"/>`, "xml.syntax line 1: <a> has the attribute x twice"},
		{"an entity of a document type", `<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`, "xml.syntax line 1: invalid character entity &e;"},
		{"a file", `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>`, "xml.syntax line 1: invalid character entity &e;"},
		{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, "xml.syntax line 1: "},
		{"bytes that are not UTF-8", "<a>\xff</a>", "xml.syntax line 1: invalid UTF-8"},
		{"201 levels", strings.Repeat("<a>", 201), "xml.limit line 1: nested deeper than 200"},
		{"many elements", "<a>" + strings.Repeat("<b/>", maxElements) + "</a>", "xml.limit more than 262144 elements and attributes"},
		{"a long text", strings.Repeat(" ", maxBytes+1), "xml.limit 16777217 bytes of XML: at most 16777216 are read"},
	} {
		got := coretest.Kit{Modules: []core.Module{New()}, Globals: map[string]any{"T": tt.text}}.Exec(t, "x.lua",
			`local ok, e = pcall(xml.parse, T) print(e.code, e.message)`)
		if want := strings.Replace(tt.want, " ", "\t", 1); !strings.HasPrefix(got.Stdout, want) || got.Err != nil {
			t.Errorf("%s: parse(%.40q) = %s, %v, want %s", tt.name, tt.text, got.Stdout, got.Err, want)
		}
	}
}

// What entities of a document type would expand to never is.
func TestEntitiesDoNotGrow(t *testing.T) {
	text := `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&amp;</a>`
	got, err := kit.Eval(t, New(), time.Minute, `out(xml.parse('`+text+`').text)`)
	if err != nil || got != "&" {
		t.Errorf("parse(%s) = %q, %v, want the text &", text, got, err)
	}
}

func TestMemoryIsCharged(t *testing.T) {
	rt, err := core.New(core.Config{Modules: []core.Module{New()}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{
		`xml.parse("<a>" .. ("<b/>"):rep(250000) .. "</a>")`,
		`local b = {name = "b"} local a = {name = "a", children = {}} for i = 1, 100000 do a.children[i] = b end
		while true do b = a a = {name = "a", children = {b, b}} xml.encode(a) end`,
	} {
		chunk, err := core.Compile("test.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 16 << 20}})
		err = vm.Run(t.Context(), chunk)
		vm.Close()
		if _, limited := errors.AsType[*core.LimitError](err); !limited {
			t.Errorf("%s: error = %v, want the memory limit", source, err)
		}
	}
}

// What is written is read as the same, and again written as the same.
func FuzzRoundTrip(f *testing.F) {
	for _, text := range []string{
		`<a/>`, `<a b="c">x<d/>y</a>`, `<a xmlns="u"><b xmlns=""/><c:d xmlns:c="v" c:e="1"/></a>`, "<a>&#13;&lt;&#10;\t</a>", `<a b="&#9;&quot;"/>`,
		"\ufeff<?xml version='1.0'?><!-- c --><a><![CDATA[<]]></a>",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := coretest.Kit{Modules: []core.Module{New()}, Globals: map[string]any{"T": text}}.Exec(t, "x.lua", `
			local ok, tree = pcall(xml.parse, T)
			if not ok then return end
			local ok, written = pcall(xml.encode, tree)
			if not ok then return end -- a name that XML would not have
			local again = xml.encode(xml.parse(written))
			if again ~= written then error(written .. " was read as " .. again) end`)
		if got.Err != nil {
			t.Error(got.Err)
		}
	})
}
