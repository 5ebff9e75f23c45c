package db

import (
	"reflect"
	"strings"
	"testing"
)

func styles() map[string]style {
	return map[string]style{
		"postgres": {syntax: postgresSyntax(), numbered: numbered{"$", true}, operator: true},
		"mysql":    {syntax: mysqlSyntax(), numbered: numbered{"?", false}},
		"sqlite":   {syntax: sqliteSyntax(), numbered: numbered{"?", true}},
	}
}

func array(values ...any) params            { return params{array: values} }
func named(values map[string]any) params    { return params{named: values} }
func one(name string, v any) map[string]any { return map[string]any{name: v} }

func TestPlaceholders(t *testing.T) {
	for _, tt := range []struct {
		name, database, sql string
		params              params
		want                string
		args                []any
		err                 string
	}{
		{"marks", "postgres", "a = ? and b = ?", array(1, 2), "a = $1 and b = $2", []any{1, 2}, ""},
		{"marks", "mysql", "a = ? and b = ?", array(1, 2), "a = ? and b = ?", []any{1, 2}, ""},
		{"marks", "sqlite", "a = ? and b = ?", array(1, 2), "a = ?1 and b = ?2", []any{1, 2}, ""},
		{"numbers out of order", "postgres", "$2 $1 $2", array(1, 2), "$1 $2 $1", []any{2, 1}, ""},
		{"numbers out of order", "mysql", "$2 $1 $2", array(1, 2), "? ? ?", []any{2, 1, 2}, ""},
		{"numbers out of order", "sqlite", "$2 $1 $2", array(1, 2), "?1 ?2 ?1", []any{2, 1}, ""},
		{"numbered marks", "sqlite", "?2 ?1", array(1, 2), "?1 ?2", []any{2, 1}, ""},
		{"names", "postgres", ":a::text :b, :a", named(map[string]any{"a": 1, "b": 2}), "$1::text $2, $1", []any{1, 2}, ""},
		{"names", "mysql", ":a :b :a", named(map[string]any{"a": 1, "b": 2}), "? ? ?", []any{1, 2, 1}, ""},
		{"names and assignment", "mysql", "@x := :a", named(one("a", 1)), "@x := ?", []any{1}, ""},
		{"slices", "postgres", "a[1:b], a[:b], array[:b]", named(one("b", 1)), "a[1:b], a[:b], array[$1]", []any{1}, ""},
		{"numbers make marks operators", "postgres", "j ? $1", array("k"), "j ? $1", []any{"k"}, ""},
		{"without values marks are operators", "postgres", "j ? 'a' and j ?| array['b']", params{}, "j ? 'a' and j ?| array['b']", nil, ""},
		{"two marks are the operator", "postgres", "j ?? ? and j ??| ?", array(1, 2), "j ? $1 and j ?| $2", []any{1, 2}, ""},
		{"two marks without values", "postgres", "j ?? 'a'", params{}, "j ? 'a'", nil, ""},
		{"prepare", "postgres", "prepare x as select $1 ?? 'a'", params{}, "prepare x as select $1 ? 'a'", nil, ""},
		{"literals", "postgres", `'?''?' "?" $$?$$ $a$ $$ ? $a$ E'\'?' /* ? /* ? */ ? */ ? -- ?`, array(1), `'?''?' "?" $$?$$ $a$ $$ ? $a$ E'\'?' /* ? /* ? */ ? */ $1 -- ?`, []any{1}, ""},
		{"a backslash is itself", "postgres", `'\' ?`, array(1), `'\' $1`, []any{1}, ""},
		{"a backslash escapes", "mysql", `'\'?' "\"?" ? # ?`, array(1), `'\'?' "\"?" ? # ?`, []any{1}, ""},
		{"minus minus", "mysql", "1--? -- ?", array(1), "1--? -- ?", []any{1}, ""},
		{"quoted names", "sqlite", "`?` [?] \"?\" ? /* /* */ ? -- ?", array(1, 2), "`?` [?] \"?\" ?1 /* /* */ ?2 -- ?", []any{1, 2}, ""},
		{"a dollar in a name", "postgres", "a$1 = ?", array(1), "a$1 = $1", []any{1}, ""},
		{"letters beyond ASCII", "sqlite", "é = ? and 'ü?' = ?", array(1, 2), "é = ?1 and 'ü?' = ?2", []any{1, 2}, ""},
		{"too few values", "postgres", "? ?", array(1), "", nil, "placeholders for 2 values, but params has 1"},
		{"too many values", "mysql", "?", array(1, 2), "", nil, "placeholders for 1 values, but params has 2"},
		{"no values", "mysql", "?", params{}, "", nil, "placeholders for 1 values, but params has 0"},
		{"a value that is not used", "postgres", "$2", array(1, 2), "", nil, "does not use $1"},
		{"no placeholders", "sqlite", "select 1", array(1), "", nil, "placeholders for 0 values, but params has 1"},
		{"an unknown name", "sqlite", ":x", named(one("y", 1)), "", nil, "no value for :x"},
		{"never closed", "sqlite", "'?", params{}, "'?", nil, ""},
	} {
		t.Run(tt.database+" "+tt.name, func(t *testing.T) {
			got, err := styles()[tt.database].prepare(tt.sql, tt.params)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("prepare(%q) error = %v, want one with %q", tt.sql, err, tt.err)
				}
				return
			}
			if err != nil || got.text != tt.want || !reflect.DeepEqual(got.args, tt.args) {
				t.Errorf("prepare(%q) = %q %v %v, want %q %v", tt.sql, got.text, got.args, err, tt.want, tt.args)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		name, database, script string
		want                   []part
	}{
		{"lines", "sqlite", "a;\n\n -- c;\nb 'x;y';;\n", []part{{"a", 1}, {"-- c;\nb 'x;y'", 3}}},
		{"trigger", "sqlite", "create temp trigger t begin select case when 1 then 2 end; end; b", []part{{"create temp trigger t begin select case when 1 then 2 end; end", 1}, {"b", 1}}},
		{"a transaction", "sqlite", "begin; a; commit", []part{{"begin", 1}, {"a", 1}, {"commit", 1}}},
		{"dollar quotes", "postgres", "create function f() as $x$ begin; end; $x$; b", []part{{"create function f() as $x$ begin; end; $x$", 1}, {"b", 1}}},
		{"begin atomic", "postgres", "create function f() begin atomic a; b; end; c", []part{{"create function f() begin atomic a; b; end", 1}, {"c", 1}}},
		{"a column called begin", "postgres", "select begin; b", []part{{"select begin", 1}, {"b", 1}}},
		{"delimiter", "mysql", "a;\nDELIMITER //\ncreate procedure p() begin a; b; end//\ndelimiter ;\nc;", []part{{"a", 1}, {"create procedure p() begin a; b; end", 3}, {"c", 5}}},
		{"comment that is run", "mysql", "/*!40101 set names utf8 */; /* nothing */ ; # nothing", []part{{"/*!40101 set names utf8 */", 1}}},
		{"nothing", "postgres", " -- nothing;\n/* ; */ ; ", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := styles()[tt.database].split(tt.script); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("split(%q) = %+v, want %+v", tt.script, got, tt.want)
			}
		})
	}
}

// What is opaque is never changed, and the text between is found again.
func FuzzPlaceholders(f *testing.F) {
	f.Add("select '?', $1, :a ?? \"x\" -- ?", 1)
	f.Add("$a$ ? $a$ E'\\'' `?` [?] /* /* */ */", 2)
	f.Add("create trigger t begin a; end; DELIMITER //\n a//", 0)
	f.Fuzz(func(t *testing.T, sql string, values int) {
		p := params{}
		for range values & 7 {
			p.array = append(p.array, "v")
		}
		for name, x := range styles() {
			for _, p := range []params{p, named(one("a", 1))} {
				s, err := x.prepare(sql, p)
				if err == nil && p.none() && !x.operator && s.text != sql {
					t.Errorf("%s: prepare(%q) without values = %q", name, sql, s.text)
				}
				if err == nil && p.array != nil && x.number && len(s.args) != len(p.array) {
					t.Errorf("%s: prepare(%q) has %d values, want %d", name, sql, len(s.args), len(p.array))
				}
			}
			for _, part := range x.split(sql) {
				if !strings.Contains(sql, part.text) {
					t.Errorf("%s: split(%q) made up %q", name, sql, part.text)
				}
			}
		}
	})
}
