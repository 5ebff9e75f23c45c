package check

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestSecretsInFilesAreReadAtEachAttempt(t *testing.T) {
	var path string
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer second-value" {
			_, _ = w.Write([]byte("welcome second-value"))
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
		if err := os.WriteFile(path, []byte("second-value\n"), 0o600); err != nil {
			t.Error(err)
		}
	})
	for name, check := range map[string]string{
		"header": "headers: {Authorization: 'Bearer ${secrets.t}'}",
		"bearer": "auth: {bearer: '${secrets.t}'}",
		"body":   "headers: {Authorization: 'Bearer ${secrets.t}'}, expect: {body: 'welcome ${secrets.t}'}",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			path = b.write("token", "first-value\n")
			doc := document(t, b.run("secrets: {t: {from_file: token}}\nretries: 1\nchecks:\n  - {name: a, type: http, url: '"+server.URL+"', "+check+"}\n"))
			result := doc["checks"].([]any)[0].(map[string]any)
			if result["status"] != "passed" || result["attempts"] != 2.0 {
				t.Errorf("%v after %v attempts, want passed after 2", result["status"], result["attempts"])
			}
			response := result["response"].(map[string]any)
			if got := response["body_excerpt"]; got != "welcome ***" {
				t.Errorf("the answer is shown as %q, want the new value masked", got)
			}
		})
	}
}

func TestASecretThatIsGone(t *testing.T) {
	b := newBench(t)
	path := b.write("token", "first-value")
	b.options.Types = append(b.options.Types, stub(func(context.Context, Attempt) Outcome {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
		return Outcome{}
	}))
	r := b.run("secrets: {t: {from_file: token}}\nchecks:\n  - {name: a, type: stub}\n  - {name: b, type: http, url: 'http://127.0.0.1:1/', headers: {X-A: '${secrets.t}'}}\n")
	if got, want := text(r.Checks[1].Message), "header X-A: secret 't': "; r.Checks[1].Status != StatusError || !strings.Contains(got, want) || !strings.Contains(got, "no such file") {
		t.Errorf("%s %s, want an error with %s", r.Checks[1].Status, got, want)
	}
}
