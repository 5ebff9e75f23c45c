package check

import (
	"errors"
	"strings"
	"testing"
)

// A secret that cannot be read is told once, where it is declared, and not again where it is used; one that is so short
// that it would be masked inside of words is refused.
func TestSecretsThatCannotBe(t *testing.T) {
	const use = "\nchecks:\n  - {name: a, type: http, url: 'http://127.0.0.1:1/', headers: {Authorization: 'Bearer ${secrets.token}'}}\n"
	for secret, want := range map[string]string{
		"{from_env: NOWHERE}":         "the environment variable NOWHERE is not set",
		"{from_file: /nowhere/token}": "no such file",
		"{from_env: SHORT}":           "is shorter than 4 bytes",
	} {
		b := newBench(t)
		b.options.LookupEnv = func(name string) (string, bool) { return "abc", name == "SHORT" }
		b.options.Types = Standard()
		_, err := LoadText("checks.yaml", "secrets: {token: "+secret+"}"+use, b.options)
		config, ok := errors.AsType[*ConfigError](err)
		if !ok {
			t.Errorf("%s: %v, want a *ConfigError", secret, err)
			continue
		}
		if got := config.Error(); !strings.Contains(got, want) || strings.Count(got, "checks.yaml:") != 1 {
			t.Errorf("%s: got\n%s\nwant one mistake: %s", secret, got, want)
		}
	}
}
