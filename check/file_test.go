package check

import (
	"reflect"
	"testing"
)

func TestWhatACheckSaysDoesNotReachTheNext(t *testing.T) {
	const loud = `
  - { name: loud, type: http, url: "http://loud/", method: POST, body: x, headers: { A: b }, follow_redirects: false, always: true,
      retries: 3, backoff: 2s, attempt_timeout: 1s, timeout: 5s, delay: 1s, severity: warn, tags: [a], if: 'true', capture: { id: .id },
      expect: { status: 201, body: y, json: .a, headers: { B: c }, latency: "<1s" } }
  - { name: loud script, type: script, script: print(1), env: { A: b }, retry: { attempts: 3, on: [timeout] } }`
	const quiet = `
  - { name: quiet, type: http, url: "http://quiet/" }
  - { name: quiet script, type: script, script: print(2) }`
	b := newBench(t)
	alone := b.plan("checks:" + quiet).suites[0].checks
	after := b.plan("checks:" + loud + quiet).suites[0].checks[2:]
	for i, want := range alone {
		got := after[i]
		if !reflect.DeepEqual(got.settings, want.settings) {
			t.Errorf("%s: settings = %+v, want %+v", want.name, got.settings, want.settings)
		}
		if w, ok := want.body.(*scriptCheck); ok { // compiled where it stands
			got.body.(*scriptCheck).program, w.program = nil, nil
		}
		if !reflect.DeepEqual(got.body, want.body) {
			t.Errorf("%s: body = %+v, want %+v", want.name, got.body, want.body)
		}
		if got.always || got.cond != nil || len(got.needs) > 0 {
			t.Errorf("%s: always %v, if %v, needs %v: want none of them", want.name, got.always, got.cond, got.needs)
		}
	}
}
