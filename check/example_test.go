package check_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"assay.rs/check"
	"assay.rs/core/prelude"
)

// A program runs checks that it has as text, and reads the report.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"status": "starting"}`))
	}))
	defer server.Close()
	plan, err := check.LoadText("checks.yaml", `
checks:
  - { name: health, type: http, url: "${base}/health", expect: { status: 200, json: '.status == "ok"' } }
  - { name: sums, type: script, script: 'assert.eq(1 + 1, 2)' }
vars: { base: "" }
`, check.Options{Types: check.Standard(prelude.Modules()...), Vars: map[string]string{"base": server.URL}})
	if err != nil {
		fmt.Println(err) // a *check.ConfigError names every mistake with its place
		return
	}
	report := plan.Run(context.Background())
	fmt.Println(report.Passed, report.ExitCode())
	for _, c := range report.Checks {
		fmt.Println(c.Name, c.Status)
	}
	// Output:
	// false 1
	// health failed
	// sums passed
}
