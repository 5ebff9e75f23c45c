package main

import (
	"bytes"
	"strings"
	"testing"
)

// The playground has the builtins that touch nothing, and neither network nor files.
func TestRun(t *testing.T) {
	for _, c := range []struct{ source, out, err string }{
		{`print(json.encode({a = {1, 2}}), crypto.hash("x", "sha256"):sub(1, 8))`, "{\"a\":[1,2]}\t2d711642\n", ""},
		{`print(yaml.parse("a: 1").a, template.render_string("{{ x }}", {x = 2}))`, "1\t2\n", ""},
		{`assert.eq(1, 2)`, "", "1"},
		{`print(fs.read("/etc/passwd"))`, "", "fs"},
		{`http.get("http://127.0.0.1")`, "", "http"},
		{`local = 1`, "", "expected a name"},
		{`local t = {} while true do t[#t + 1] = ("x"):rep(1e6) .. #t end`, "", "memory limit"},
		{`os.exit(0)`, "", "os"},
	} {
		var out, logs bytes.Buffer
		err := run(strings.NewReader(c.source), &out, &logs)
		if out.String() != c.out || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v, want %q and an error with %q", c.source, out.String(), err, c.out, c.err)
		}
	}
}
