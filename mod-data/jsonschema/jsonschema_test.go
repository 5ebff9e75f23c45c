package jsonschema

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func decoded(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func compile(t *testing.T, text string, files map[string]string) (*Schema, error) {
	t.Helper()
	return Compile(decoded(t, text), &url.URL{Scheme: "file", Path: "/schemas/main.json"}, func(at *url.URL) (any, error) {
		text, ok := files[strings.TrimPrefix(at.Path, "/schemas/")]
		if !ok || at.Scheme != "file" {
			return nil, errors.New("no such file")
		}
		return decoded(t, text), nil
	})
}

// found is what is wrong with a value, one violation a line.
func found(t *testing.T, s *Schema, value string) string {
	t.Helper()
	bad, err := s.Validate(t.Context(), decoded(t, value))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, v := range bad {
		lines = append(lines, fmt.Sprintf("%s: %s", v.At, v.Want))
	}
	return strings.Join(lines, "\n")
}

func TestViolationsSayWhereAndWhat(t *testing.T) {
	for _, c := range []struct{ schema, value, want string }{
		{`{"type": "object", "required": ["id"]}`, `{"id": 1}`, ""},
		{`{"type": "object", "required": ["id", "name"]}`, `{}`, ": must have 'id'\n: must have 'name'"},
		{`{"type": "string"}`, `3`, ": must be string"},
		{`{"type": ["string", "null"]}`, `[]`, ": must be string or null"},
		{`{"type": "integer"}`, `1.0`, ""},
		{`{"type": "integer"}`, `1.5`, ": must be integer"},
		{`{"type": "number"}`, `1`, ""},
		{`{"properties": {"a/b": {"items": {"type": "string"}}}}`, `{"a/b": ["x", 1, 2]}`, "/a~1b/1: must be string\n/a~1b/2: must be string"},
		{`{"properties": {"a": {}}, "additionalProperties": false}`, `{"a": 1, "b": 2}`, "/b: must not be there"},
		{`{"enum": [1, "a", null]}`, `"b"`, `: must be one of 1, "a", null`},
		{`{"enum": [1, {"a": [1.0]}]}`, `{"a": [1]}`, ""},
		{`{"const": 1.50}`, `1.5`, ""},
		{`{"const": true}`, `1`, ": must be true"},
		{`{"multipleOf": 0.1}`, `0.3`, ""},
		{`{"multipleOf": 0.1}`, `0.35`, ": must be a multiple of 0.1"},
		{`{"maximum": 3, "exclusiveMinimum": 1}`, `1`, ": must be more than 1"},
		{`{"maximum": 9007199254740992}`, `9007199254740993`, ": must be at most 9007199254740992"},
		{`{"minLength": 2}`, `"ä"`, ": must have at least 2 characters"},
		{`{"pattern": "^\\u0061+$"}`, `"aab"`, `: must match ^\x{0061}+$`},
		{`{"uniqueItems": true}`, `[1, 2, 1.0]`, ": must have no two equal items: 0 and 2 are"},
		{`{"contains": {"const": 1}, "minContains": 2}`, `[1, 2]`, ": must contain at least 2 items as main.json#/contains wants, and has 1"},
		{`{"not": {"required": ["error"]}}`, `{"error": 1}`, ": must not be as main.json#/not wants"},
		{`{"anyOf": [{"type": "string"}, {"properties": {"a": {"const": 1}}, "required": ["a"]}]}`, `{"a": 2}`, ": must fit one of 2 schemas; the closest: /a must be 1"},
		{`{"oneOf": [{"type": "number"}, {"type": "integer"}]}`, `1`, ": must fit one schema, and fits 2: 0, 1"},
		{`{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}`, `{"a": 1}`, ": must have 'b'"},
		{`{"dependentRequired": {"a": ["b"]}}`, `{"a": 1}`, ": must have 'b', since it has 'a'"},
		{`{"propertyNames": {"pattern": "^[a-z]+$"}}`, `{"A": 1}`, "/A: must not have this name: it must match ^[a-z]+$"},
		{`{"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}`, `{"a": 1, "b": 1}`, "/b: must not be there"},
		{`{"prefixItems": [{"const": 1}], "unevaluatedItems": false}`, `[1, 2]`, "/1: must not be there"},
		{`{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}`, `1`, ": must be string"},
		{`{"$ref": "#"}`, `1`, ": cannot be judged: the schema refers to itself without end"},
		{`{"$ref": "other.json#/$defs/id"}`, `"x"`, ": must be integer"},
		{`{"$ref": "other.json#named"}`, `"x"`, ": must be boolean"},
		{`{"properties": {"next": {"$ref": "#"}, "v": {"type": "integer"}}}`, `{"next": {"next": {"v": "x"}}}`, "/next/next/v: must be integer"},
	} {
		s, err := compile(t, c.schema, map[string]string{"other.json": `{"$defs": {"id": {"type": "integer"}, "b": {"$anchor": "named", "type": "boolean"}}}`})
		if err != nil {
			t.Errorf("%s: %v", c.schema, err)
			continue
		}
		if got := found(t, s, c.value); got != c.want {
			t.Errorf("%s\nof %s\ngot  %s\nwant %s", c.schema, c.value, got, c.want)
		}
	}
}

func TestSchemasThatSayLessThanTheyLook(t *testing.T) {
	for schema, want := range map[string]string{
		`{"requird": ["a"]}`:                                     "main.json#/requird: unknown keyword: did you mean 'required'?",
		`{"properties": {"a": {"typ": "string"}}}`:               "main.json#/properties/a/typ: unknown keyword: did you mean 'type'?",
		`{"type": "text"}`:                                       `main.json#/type: "text" is no type: known are`,
		`{"type": "strin"}`:                                      `did you mean 'string'?`,
		`{"type": []}`:                                           "is empty: nothing could pass",
		`{"items": [{"type": "string"}]}`:                        "is of an older draft: use 'prefixItems'",
		`{"dependencies": {}}`:                                   "is of an older draft",
		`{"nullable": true}`:                                     "is OpenAPI's",
		`{"$schema": "http://json-schema.org/draft-07/schema#"}`: "only draft 2020-12 is known here",
		`{"format": "datetime"}`:                                 "unknown format \"datetime\": did you mean 'date-time'?",
		`{"pattern": "(?=a)"}`:                                   `the pattern "(?=a)" is not one that RE2 has`,
		`{"pattern": 1}`:                                         "must be a regular expression, not integer",
		`{"required": "a"}`:                                      "must be a list of names, not string",
		`{"minLength": -1}`:                                      "must be a whole number from 0",
		`{"multipleOf": 0}`:                                      "must be more than 0",
		`{"maximum": "3"}`:                                       "must be a number, not string",
		`{"then": {"type": "string"}}`:                           "mean nothing without 'if'",
		`{"maxContains": 2}`:                                     "mean nothing without 'contains'",
		`{"allOf": []}`:                                          "must be a list of schemas that is not empty",
		`{"not": 3}`:                                             "main.json#/not: a schema must be an object, true or false, not integer",
		`{"$ref": "#/$defs/a"}`:                                  "$ref #/$defs/a leads nowhere",
		`{"$ref": "#a"}`:                                         "no schema has the anchor 'a'",
		`{"$ref": "gone.json"}`:                                  "$ref gone.json: no such file",
		`{"$ref": "https://example.com/a.json"}`:                 "$ref https://example.com/a.json: no such file",
		`{"$ref": "bad.json"}`:                                   "bad.json#/type: ",
		`{"$id": "a.json", "$defs": {"x": {"$id": "a.json"}}}`:   "is there twice",
		`{"$anchor": ""}`:                                        "is no name",
	} {
		_, err := compile(t, schema, map[string]string{"bad.json": `{"type": 1}`})
		if _, ok := errors.AsType[*Error](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", schema, err, want)
		}
	}
}

func TestAsserts(t *testing.T) {
	for schema, want := range map[string]bool{
		`{}`: false, `true`: false, `{"title": "x", "$defs": {"a": {"type": "string"}}}`: false, `{"minLength": 0}`: false,
		`false`: true, `{"type": "string"}`: true, `{"$ref": "#/$defs/a", "$defs": {"a": {}}}`: true,
	} {
		s, err := compile(t, schema, nil)
		if err != nil || s.Asserts() != want {
			t.Errorf("%s: %v, want %v", schema, err, want)
		}
	}
}

func TestFormats(t *testing.T) {
	for format, values := range map[string]struct{ good, bad []string }{
		"date-time":             {[]string{"1963-06-19T08:30:06.283185Z", "1998-12-31T23:59:60Z", "1998-12-31t15:59:60.123-08:00"}, []string{"1998-12-31T22:59:60Z", "2024-02-30T00:00:00Z", "2024-01-01 00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", ""}},
		"date":                  {[]string{"2024-02-29"}, []string{"2023-02-29", "2024-2-9", "20240101"}},
		"time":                  {[]string{"08:30:06Z", "08:30:06.1+05:30"}, []string{"08:30:06", "8:30:06Z", "08:30:06.Z", "08:60:06Z", "08:30:06+24:00"}},
		"duration":              {[]string{"P4DT12H30M5S", "PT36H", "P2W", "P1Y", "PT0S", "P1M"}, []string{"PT1D", "P", "P1YT", "P2D1Y", "P1D2H", "P1Y2W", "4DT", "P1Y1D", "PT1H1S"}},
		"email":                 {[]string{"joe.bloggs@example.com", `"joe bloggs"@example.com`, "a@[127.0.0.1]", "a@[IPv6:::1]"}, []string{"2962", ".a@example.com", "a..b@example.com", "a@b c", "ä@example.com", "a@[127.0.0.300]"}},
		"idn-email":             {[]string{"ä@example.com"}, []string{"ä"}},
		"hostname":              {[]string{"www.example.com", "localhost", "xn--4gbwdl.xn--wgbh1c"}, []string{"-a.example", "a_b", "", "a..b", strings.Repeat("a", 64) + ".com", "ab--c"}},
		"ipv4":                  {[]string{"192.168.0.1"}, []string{"127.0.0.0.1", "256.0.0.1", "087.10.0.1", "1.2.3"}},
		"ipv6":                  {[]string{"::1", "::ffff:192.168.0.1"}, []string{"12345::", "::1%eth0", "1.2.3.4"}},
		"uri":                   {[]string{"http://foo.bar/?q=a#f", "urn:oasis:names", "mailto:a@b.c"}, []string{"//foo.bar/x", "/abc", `\\WINDOWS\share`, "http://a b", "http://a/%zz", "bar,baz:foo"}},
		"uri-reference":         {[]string{"/abc", "#f", "//foo/x", "http://a/"}, []string{`\\WINDOWS\share`, "#a\\b", "ä"}},
		"iri":                   {[]string{"http://ƒøø.ßår/?∂=1"}, []string{"/ä", "http://a b"}},
		"uuid":                  {[]string{"2EB8AA08-AA98-11EA-B4AA-73B441D16380"}, []string{"2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08aa9811eab4aa73b441d16380----"}},
		"uri-template":          {[]string{"http://e.com/{a}/{b*}", "x"}, []string{"http://e.com/{a", "a}", "{}"}},
		"json-pointer":          {[]string{"", "/a~0b/c~1d"}, []string{"a", "/a~", "/~2"}},
		"relative-json-pointer": {[]string{"1", "0/a", "2#"}, []string{"/a", "01/a", "-1/a", "0##"}},
		"regex":                 {[]string{"^a+$"}, []string{"^(abc]"}},
	} {
		s, err := compile(t, `{"format": "`+format+`"}`, nil)
		if err != nil {
			t.Fatal(err)
		}
		for want, list := range map[bool][]string{true: values.good, false: values.bad} {
			for _, v := range list {
				bad, err := s.Validate(t.Context(), v)
				if (len(bad) == 0) != want || err != nil {
					t.Errorf("%q is of the format %s: %v, want %v", v, format, !want, want)
				}
			}
		}
		if got := found(t, s, "12"); got != "" {
			t.Errorf("%s of a number: %s, want nothing", format, got)
		}
	}
	s, err := compile(t, `{"format": "int32"}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if found(t, s, "2147483647")+found(t, s, "-2147483648") != "" || found(t, s, "2147483648") == "" || found(t, s, "1.5") == "" {
		t.Error("int32 does not hold for its range")
	}
}

func TestAValueThatTakesTooLong(t *testing.T) {
	// Each level asks for the next twice.
	s, err := compile(t, `{"$defs": {"a": {"items": {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}, "not": {"const": 1}, "type": ["array", "string"]}}, "$ref": "#/$defs/a"}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	deep := decoded(t, strings.Repeat("[", 60)+"1"+strings.Repeat("]", 60))
	if _, err := s.within(t.Context(), deep, 50_000); !errors.Is(err, ErrTooComplex) {
		t.Errorf("got %v, want ErrTooComplex", err)
	}
	ended, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if _, err := s.Validate(ended, deep); !errors.Is(err, why) {
		t.Errorf("got %v, want the end of the context", err)
	}
}

func FuzzCompileAndValidate(f *testing.F) {
	f.Add(`{"type": "object", "properties": {"a": {"$ref": "#"}}}`, `{"a": {"a": 1}}`)
	f.Add(`{"$dynamicRef": "#n", "$defs": {"n": {"$dynamicAnchor": "n", "format": "date-time"}}}`, `"x"`)
	f.Add(`{"unevaluatedItems": false, "contains": {"multipleOf": 1e-9}}`, `[1e400, 2]`)
	f.Fuzz(func(t *testing.T, schema, value string) {
		read := func(text string) (v any, err error) {
			d := json.NewDecoder(strings.NewReader(text))
			d.UseNumber()
			err = d.Decode(&v)
			return v, err
		}
		d, err := read(schema)
		v, err2 := read(value)
		if err != nil || err2 != nil {
			return
		}
		s, err := Compile(d, &url.URL{Scheme: "file", Path: "/a.json"}, nil)
		if err != nil {
			return
		}
		if _, err := s.Validate(t.Context(), v); err != nil && !errors.Is(err, ErrTooComplex) {
			t.Error(err)
		}
	})
}
