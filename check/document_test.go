package check

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"assay.rs/core/retry"
)

var update = flag.Bool("update", false, "write the golden files")

// steady replaces what differs from run to run.
func steady(doc, dir, url string) string {
	doc = strings.ReplaceAll(doc, dir+"/", "")
	if url != "" {
		doc = strings.ReplaceAll(doc, url, "http://server")
	}
	doc = regexp.MustCompile(`"(duration_ms|total_ms|start_ms)": \d+`).ReplaceAllString(doc, `"$1": 0`)
	return regexp.MustCompile(`"started_at": "[0-9TZ:.-]+"`).ReplaceAllString(doc, `"started_at": "2026-01-02T03:04:05.678Z"`)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update accepts it:\n%s", name, diff)
	}
}

func TestNamesCannotWriteVerdicts(t *testing.T) {
	r := newBench(t).run("checks:\n  - {name: \"a\\nPASS 1/1\\u001b[2J\", type: script, script: 'error(\"x\")'}\n  - {name: \"b\\nc\", type: script, if: 'false', script: 'error(\"x\")'}\n")
	got := r.Termination()
	if want := 2; strings.Count(got, "\n") != want || strings.ContainsAny(got, "\x1b") || !strings.Contains(got, `a PASS 1/1\x1b[2J`) {
		t.Errorf("verdict = %q, want %d lines without control characters", got, want)
	}
}

func TestDocument(t *testing.T) {
	server := serve(t, answer(503, `{"status":"down"}`))
	prom := prometheus(t, `{"resultType":"vector","result":[{"metric":{},"value":[1,"3"]}]}`)
	b := newBench(t)
	r := b.run(`name: post-sync
retries: 1
backoff: 2s
checks:
  - name: api-health
    type: http
    url: ` + server.URL + `/health
    headers: {Authorization: Bearer abc123def, X-Env: prod}
    expect: {status: 200, json: '.status == "up"'}
  - {name: up, type: prometheus, url: '` + prom.URL + `', query: 'count(up)'}
  - {name: bounded, type: prometheus, url: '` + prom.URL + `', query: 'count(up)', expect: {min: 1, warn: {max: 2}}}
  - {name: custom, type: script, script: 'assert.eq(1, 1)'}
  - {name: later, type: script, script: 'assert(true)', needs: [api-health]}
`)
	var out bytes.Buffer
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "document.json", steady(strings.ReplaceAll(out.String(), prom.URL, "http://prom"), b.dir, server.URL))
	golden(t, "termination.txt", regexp.MustCompile(`in [0-9.]+s`).ReplaceAllString(r.Termination(), "in 0.0s"))
}

func TestDocumentOfAConfigError(t *testing.T) {
	b := newBench(t)
	_, err := Load(b.write("checks.yaml", "timeuot: 3s\nchecks:\n  - name: a\n    type: http\n    url: localhost:8080\n    headers: {Authorization: Bearer abcdef}\n    expect: {status: '200', body: \"x\ty\", jsn: 1}\n"), b.options)
	var wrong *ConfigError
	if !errors.As(err, &wrong) {
		t.Fatalf("Load error = %v, want a *ConfigError", err)
	}
	var out bytes.Buffer
	if err := wrong.Report().Write(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "configerror.json", steady(out.String(), b.dir, ""))
	golden(t, "configerror.txt", steady(wrong.Error(), b.dir, "")+"\n")
}

func TestDocumentIsValidWhateverTheTexts(t *testing.T) {
	b := newBench(t)
	bad := "\xff\x00\u2028</script>\x1b[31m\"\\" + strings.Repeat("é", 10000)
	b.options.Types = []Type{stub(func(context.Context, Attempt) Outcome {
		return Outcome{
			Err: Failed(bad), Value: map[string]any{bad: []any{bad}},
			Assertions: []Assertion{{Expr: bad, Expected: bad, Actual: []any{bad}}},
			Request:    &Request{bad, bad, bad}, Response: &Response{200, 1, bad},
		}
	})}
	r := b.run("checks:\n  - {name: a, type: stub}\n")
	var out bytes.Buffer
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(out.Bytes()) {
		t.Error("the document is not valid UTF-8")
	}
	document(t, r)
	if term := r.Termination(); len(term) > maxTermination || !utf8.ValidString(term) {
		t.Errorf("the termination message has %d bytes, valid %v; want at most %d", len(term), utf8.ValidString(term), maxTermination)
	}
}

func TestTerminationLogIsNotCreated(t *testing.T) {
	r := newBench(t).run("checks:\n  - {name: a, type: script, script: 'assert(true)'}\n")
	path := filepath.Join(t.TempDir(), "termination-log")
	if err := r.WriteTermination(path); err != nil {
		t.Errorf("WriteTermination without the file: %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file was created")
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("old", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteTermination(path); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := regexp.MustCompile(`^PASS 1/1 in [0-9.]+s: 1 of 1 check passed\n$`); !want.Match(got) {
		t.Errorf("termination log = %q, want %s", got, want)
	}
}

// The canary stands in every place that a run can print from. It must come out of none of them, in no form.
func TestSecretsAreInNoOutput(t *testing.T) {
	const canary, pw = `C4nary/+ "sec"=ret?é`, "hunter2hunter2"
	server := serve(t, answer(500, `{"echo":"C4nary/+ \"sec\"=ret?é","b":"QzRuYXJ5LysgInNlYyI9cmV0P8Op"}`))
	b := newBench(t)
	b.options.LookupEnv = func(name string) (string, bool) { return canary, name == "TOKEN" }
	b.write("pw", pw+"\n")
	var log bytes.Buffer
	b.options.Log = newTestLog(&log)
	var events strings.Builder
	b.options.Events = func(e Event) { events.WriteString(text(e.Result.Message)) }
	host := strings.TrimPrefix(server.URL, "http://")
	r := b.run(`secrets: {token: {from_env: TOKEN}, pw: {from_file: pw}}
checks:
  - name: a
    type: http
    url: "http://user:${secrets.pw}@` + host + `/x?k=${secrets.token}"
    method: POST
    headers: {X-Key: "${secrets.token}", Authorization: "Basic dXNlcjpodW50ZXIyaHVudGVyMg=="}
    body: {token: "${secrets.token}", pw: "u:${secrets.pw}"}
    expect: {status: 200, body: {equals: "${secrets.token}"}, json: '.echo == "x"', headers: {Content-Type: "${secrets.token}"}}
  - name: b
    type: script
    env: {T: "${secrets.token}"}
    script: |
      log.info("token " .. env.get("T"), {t = env.get("T")})
      print(env.get("T"))
      error(env.get("T") .. " was refused")
  - {name: c, type: prometheus, url: '` + server.URL + `', query: 'up{t="${secrets.token}"}'}
`)
	var out bytes.Buffer
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"document": out.String(), "log": log.String(), "events": events.String(), "termination": r.Termination()}
	for where, got := range all {
		for _, form := range []string{
			canary, `C4nary/+ \"sec`, "QzRuYXJ5LysgInNlYyI9cmV0P8Op", "C4nary%2F%2B", "C4nary%2f", "C4nary/+", "sec", "C4nary",
			pw, "aHVudGVyMmh1bnRlcjI", "aHVudGVyMmh1bnRlcjI", "dXNlcjpodW50ZXIyaHVudGVyMg", "aHVudGVy", "h1bnRlcjI",
		} {
			if form == "sec" {
				continue // a word of its own
			}
			if strings.Contains(got, form) {
				t.Errorf("%q is in the %s:\n%s", form, where, got)
			}
		}
	}
	if !strings.Contains(log.String(), "***") || !strings.Contains(out.String(), "***") {
		t.Errorf("no *** in the log and the document: were the secrets there at all?\n%s", log.String())
	}
}

func TestSecretsAreNotInConfigErrors(t *testing.T) {
	b := newBench(t)
	b.options.LookupEnv = func(name string) (string, bool) { return strings.Repeat("s3cr3t", 30), name == "TOKEN" }
	_, err := Load(b.write("checks.yaml", "secrets: {t: {from_env: TOKEN}}\nchecks:\n  - name: a\n    type: http\n    url: '${secrets.t}'\n    headers: {Authorization: Bearer plainsecret, X: [1]}\n    retries: '${secrets.t}'\n"), b.options)
	if err == nil {
		t.Fatal("no error")
	}
	for _, form := range []string{"s3cr3t", "plainsecret"} {
		if strings.Contains(err.Error(), form) {
			t.Errorf("%q is in the error:\n%s", form, err)
		}
	}
}

func TestReasonNamesTheWorst(t *testing.T) {
	for name, c := range map[string]struct {
		errs []error
		want string
	}{
		"one failure":   {[]error{nil, Failed("x")}, "1 of 2 checks failed: b: x"},
		"one error":     {[]error{Broken(retry.Connect, errors.New("refused")), nil}, "1 of 2 checks could not be measured: a: refused"},
		"both":          {[]error{Broken(retry.Connect, errors.New("refused")), Failed("x")}, "2 of 2 checks failed: b: x"},
		"all passed":    {[]error{nil, nil}, "2 of 2 checks passed"},
		"single passed": {[]error{nil}, "1 of 1 check passed"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.options.Types = []Type{stub(func(_ context.Context, a Attempt) Outcome { return Outcome{Err: c.errs[a.Check[0]-'a']} })}
			file := "checks:\n"
			for i := range c.errs {
				file += "  - {name: " + string(rune('a'+i)) + ", type: stub}\n"
			}
			if got := b.run(file).Reason; got != c.want {
				t.Errorf("reason = %q, want %q", got, c.want)
			}
		})
	}
}
