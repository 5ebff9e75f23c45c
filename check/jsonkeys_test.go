package check

import "testing"

func TestContradiction(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"a":2}`:                        "a",
		`{"a":1,"a":1}`:                        "",
		`{"a":{"a":1},"b":[{"a":2},{"a":3}]}`:  "",
		`[{"x":[ {"k" : "v", "k" : "w" } ]}]`:  "k",
		`{"a":"\"a\":2","b":"}"}`:              "",
		`{"ok":true,"\u006fk":false}`:          "ok",
		`{"":1,"":2}`:                          "",
		`{"a\"":1,"a\"":2}`:                    `a"`,
		` { "a" : [ ] , "a" : { } } `:          "a",
		`{"a":-1.5e3,"b":null,"a":true}`:       "a",
		`"a"`:                                  "",
		`[]`:                                   "",
		`{"a":{},"b":{"c":1,"d":[1,{"c":2}]}}`: "",
	} {
		got, found := contradiction([]byte(text))
		if got != want || found != (want != "" || text == `{"":1,"":2}`) {
			t.Errorf("contradiction(%s) = %q, %v; want %q", text, got, found, want)
		}
	}
}
