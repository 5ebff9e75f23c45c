package check

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestExpectSchema(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/secret" {
			_, _ = io.WriteString(w, `{"token": "s3cret-t0ken"}`)
			return
		}
		_, _ = io.WriteString(w, `{"status": "ok", "since": "yesterday", "items": [{"id": 1}, {"id": "2"}, {}]}`)
	})
	b := newBench(t)
	b.options.LookupEnv = func(name string) (string, bool) { return "s3cret-t0ken", name == "TOKEN" }
	b.write("health.json", `{"type": "object", "properties": {"items": {"items": {"$ref": "parts/item.json#/$defs/item"}}, "since": {"format": "date-time"}}}`)
	if err := os.Mkdir(b.dir+"/parts", 0o700); err != nil {
		t.Fatal(err)
	}
	b.write("parts/item.json", `{"$defs": {"item": {"required": ["id"], "properties": {"id": {"type": "integer"}}}}}`)
	b.write("yaml.yaml", "type: object\nrequired: [status]\n")
	for check, want := range map[string]string{
		"schema: {file: yaml.yaml}": "passed: ",
		"schema: {type: object, properties: {status: {const: ok, pattern: '^[a-z]+$'}}}": "passed: ",
		"schema: {file: health.json}":                         `failed: schema health.json: /items/1/id must be integer (got "2")`,
		"status: 200, json: .status == \"ok\", schema: false": "config",
		"schema: {minProperties: 9}":                          `failed: schema: the body must have at least 9 properties (got {"items":`,
	} {
		file := "checks:\n  - {name: a, type: http, url: '" + server.URL + "', expect: {" + check + "}}\n"
		if want == "config" {
			b.problems(file)
			continue
		}
		r := b.run(file).Checks[0]
		if got := string(r.Status) + ": " + text(r.Message); !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", check, got, want)
		}
		if strings.Contains(check, "health.json") && len(r.Assertions) != 4 { // the status, and each violation
			t.Errorf("%d assertions, want each of 3 violations: %v", len(r.Assertions), r.Assertions)
		}
	}
	r := b.run("secrets: {t: {from_env: TOKEN}}\nchecks:\n  - {name: a, type: http, url: '" + server.URL + "/secret', headers: {X-A: '${secrets.t}'}, expect: {schema: {properties: {token: {const: no}}}}}\n")
	if got := text(r.Checks[0].Message); !strings.Contains(got, `/token must be "no" (got "***")`) {
		t.Errorf("a secret in a violation: %s", got)
	}
}
