package stdlib

import (
	"bytes"
	"compress/flate"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay.rs/core/spec"
)

var update = flag.Bool("update", false, "write the packed files instead of comparing them")

// What programs carry is what the folder lua has; task generate writes it.
func TestPackedIsCurrent(t *testing.T) {
	if *update {
		if err := pack(); err != nil {
			t.Fatal(err)
		}
		return // the files of this program are those before
	}
	sources := os.DirFS("lua")
	names := make(map[string]bool)
	err := fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		names[path] = true
		want, err := fs.ReadFile(sources, path)
		if err != nil {
			return err
		}
		if got, err := fs.ReadFile(Files(), path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("packed/%s.z is not what lua/%s says (%v): run task generate", path, path, err)
		}
		return nil
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%d modules, %v", len(names), err)
	}
	err = fs.WalkDir(Files(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !names[path] {
			t.Errorf("packed/%s.z is of no module: run task generate", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// alike are the modules that the dictionary is made of: of all the common ones, those that make the others smallest. Deflate
// sees 32 KB.
var alike = []string{"certmanager", "velero", "argocd", "grafana"}

func pack() error {
	if err := os.RemoveAll("packed"); err != nil {
		return err
	}
	var dictionary []byte
	for _, name := range alike {
		source, err := os.ReadFile(filepath.Join("lua", name+".lua"))
		if err != nil {
			return err
		}
		dictionary = append(dictionary, source...)
	}
	dictionary = dictionary[max(0, len(dictionary)-32<<10):]
	if err := deflate(dictionaryFile, dictionary, nil); err != nil {
		return err
	}
	return filepath.WalkDir("lua", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return deflate(strings.TrimPrefix(path, "lua"+string(filepath.Separator))+extension, source, dictionary)
	})
}

// deflate writes a text into the folder packed.
func deflate(name string, text, dictionary []byte) error {
	var packed bytes.Buffer
	w, err := flate.NewWriterDict(&packed, flate.BestCompression, dictionary)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	to := filepath.Join("packed", name)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, packed.Bytes(), 0o644)
}

// A file can be opened as well as read, and has the name and the size of what it unpacks to.
func TestFileIsOpened(t *testing.T) {
	f, err := Files().Open("internal/rest.lua")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is memory
	about, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(Files(), "internal/rest.lua")
	if err != nil || about.Name() != "rest.lua" || about.Size() != int64(len(text)) {
		t.Errorf("%s of %d bytes, want rest.lua of %d (%v)", about.Name(), about.Size(), len(text), err)
	}
	if _, err := Files().Open("none.lua"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Each module says what it is for in its first line, and ends by giving itself; its functions are documented with
// an example.
func TestModulesAreDocumented(t *testing.T) {
	specs, err := Specs()
	if err != nil {
		t.Fatal(err)
	}
	if len(specs) == 0 {
		t.Fatal("no modules")
	}
	for _, m := range specs {
		t.Run(m.Require, func(t *testing.T) {
			if m.Doc == "" {
				t.Error("the file has no comment that begins with --- at the top")
			}
			uncoded := []string{"assay.postgres", "assay.healthcheck", "assay.tables"} // of the last, a mistake is the script's
			if !slices.Contains(uncoded, m.Require) && len(m.Codes) == 0 {
				t.Errorf("there is no ---@alias %s.code with the codes of its errors", m.Name)
			}
			for _, f := range m.Funcs {
				documented(t, m.Name+"."+f.Name, f)
			}
			for _, c := range m.Classes {
				if c.Text == "" {
					t.Errorf("%s has no text", c.Name)
				}
				for _, f := range c.Methods {
					documented(t, c.Name+":"+f.Name, f)
				}
			}
			for _, r := range m.Records {
				for _, f := range r.Fields {
					if f.Text == "" {
						t.Errorf("%s: the key %s has no text", r.Name, f.Name)
					}
				}
			}
		})
	}
}

func documented(t *testing.T, name string, f spec.Func) {
	t.Helper()
	if f.Text == "" {
		t.Errorf("%s has no text", name)
	}
	if len(f.Examples) == 0 {
		t.Errorf("%s has no example: indent one by four spaces in its comment", name)
	}
	for _, p := range f.Params {
		if p.Type.Kind == "" {
			t.Errorf("%s: the parameter %s has no ---@param", name, p.Name)
		}
	}
	for i, example := range f.Examples {
		called := strings.NewReplacer("(", " ", "{", " ", "\"", " ").Replace(example) + " "
		if !strings.Contains(called, "."+f.Name+" ") && !strings.Contains(called, ":"+f.Name+" ") {
			t.Errorf("%s: example %d does not show it", name, i+1)
		}
	}
}

func TestReadAnnotations(t *testing.T) {
	m, err := read("shapes", `--- Draws shapes.
---
---     local shapes = require("assay.shapes")

local M = {}

---@alias shapes.code
---| "shapes.http" # The server does not like it.

---@class shapes.Options
---@field unit "cm"|"mm"|nil Of lengths.
---@field on_done (fun(name: string): boolean)? Called at the end.

--- A shape.
---@class shapes.Shape
---@field side number How long.
local Shape = {}

local function hidden() end

--- Makes a shape. It is
--- not drawn.
---
---     local s = shapes.make("square", 2)
---@param kind string
---@param size? integer Its side, in cm.
---@param ... string
---@return shapes.Shape shape The shape.
---@return number # Its area.
function M.make(kind, size, ...) end

function M._private(x) end

--- Draws it.
---     s:draw()
---@param options shapes.Options? How.
---@return table<string, any[]>|nil
function Shape:draw(options) end

return M
`)
	if err != nil {
		t.Fatal(err)
	}
	if m.Name != "shapes" || m.Require != "assay.shapes" || !strings.HasPrefix(m.Doc, "Draws shapes.") {
		t.Errorf("module = %q %q %q", m.Name, m.Require, m.Doc)
	}
	if len(m.Funcs) != 1 || len(m.Classes) != 1 || len(m.Records) != 1 || len(m.Codes) != 1 {
		t.Fatalf("%d functions, %d classes, %d records, %d codes: want one of each", len(m.Funcs), len(m.Classes), len(m.Records), len(m.Codes))
	}
	f := m.Funcs[0]
	if f.Text != "Makes a shape. It is\nnot drawn." || len(f.Examples) != 1 || f.Examples[0] != `local s = shapes.make("square", 2)` {
		t.Errorf("text = %q, examples = %q", f.Text, f.Examples)
	}
	var params []string
	for _, p := range f.Params {
		params = append(params, p.Name+" "+p.Type.String()+" "+p.Text)
	}
	if got, want := strings.Join(params, "; "), "kind string ; size integer Its side, in cm.; ... string "; got != want {
		t.Errorf("parameters = %q, want %q", got, want)
	}
	if !f.Params[1].Optional || !f.Params[2].Rest {
		t.Errorf("parameters = %+v", f.Params)
	}
	if len(f.Returns) != 2 || f.Returns[0].Type.String() != "shapes.Shape" || f.Returns[0].Text != "The shape." || f.Returns[1].Text != "Its area." {
		t.Errorf("returns = %+v", f.Returns)
	}
	draw := m.Classes[0].Methods[0]
	if draw.Name != "draw" || len(draw.Examples) != 1 || !draw.Params[0].Optional || draw.Params[0].Type.String() != "shapes.Options" {
		t.Errorf("method = %+v", draw)
	}
	if got := draw.Returns[0].Type.String(); got != "table<string, any[]>|nil" {
		t.Errorf("result = %q", got)
	}
	if got := m.Records[0].Fields[1].Type.String(); got != "(fun(name: string): boolean)|nil" {
		t.Errorf("field = %q", got)
	}
	if m.Codes[0].Name != "shapes.http" || m.Codes[0].Text != "The server does not like it." {
		t.Errorf("code = %+v", m.Codes[0])
	}
}

func TestReadRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"no comment at the top", "local M = {}\nreturn M\n", "x.lua:1: want a comment that begins with --- at the top"},
		{"a parameter of another function", "--- X.\n\n--- F.\n---@param b string\nfunction M.f(a) end\nreturn M\n", "x.lua:5: M.f has no parameter 'b'"},
		{"a type that does not end", "--- X.\n\n--- F.\n---@param a table<string\nfunction M.f(a) end\nreturn M\n", "x.lua:4: "},
		{"a tag that is unknown", "--- X.\n\n--- F.\n---@parm a string\nfunction M.f(a) end\nreturn M\n", "x.lua:4: unknown annotation @parm"},
		{"an unknown class", "--- X.\n\nfunction Y:f() end\nreturn M\n", "x.lua:3: Y is no ---@class"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := read("x", tt.source); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q", err, tt.want)
			}
		})
	}
}
