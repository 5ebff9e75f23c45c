package template

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func TestExamples(t *testing.T) { coretest.Examples(t, []core.Module{New()}, nil) }

func TestScripts(t *testing.T) { coretest.Run(t, "testdata", New()) }

func TestFilesAreThoseThatThePolicyPermits(t *testing.T) {
	files, err := filepath.Abs("testdata/files")
	if err != nil {
		t.Fatal(err)
	}
	policy := core.FullPolicy()
	policy.Files, policy.Roots = false, []string{filepath.Join(files, "sub")}
	for script, want := range map[string]string{
		`print(template.render(DIR .. "/sub/item.html", {item = "x"}))`:                                                 "<li>x</li>",
		`print(select(2, pcall(template.render, DIR .. "/base.html")).code)`:                                            "policy.denied",
		`print(select(2, pcall(template.render_string, "{% include 'base.html' %}", {}, {dir = DIR})))`:                 "denied by the policy",
		`print(select(2, pcall(template.render_string, '{{ template "base.html" }}', {}, {dir = DIR, engine = "go"})))`: "denied by the policy",
	} {
		kit := coretest.Kit{Modules: []core.Module{New()}, Policy: policy, Globals: map[string]any{"DIR": files}}
		if got := kit.Exec(t, "files.lua", script); got.Err != nil || !strings.Contains(got.Stdout, want) {
			t.Errorf("%s = %s, %v, want %s", script, got.Stdout, got.Err, want)
		}
	}
}

func TestFunctionsObeyThePolicy(t *testing.T) {
	policy := core.FullPolicy()
	policy.Address = func(string, netip.AddrPort) error { return errors.New("refused") }
	kit := coretest.Kit{Modules: []core.Module{New()}, Policy: policy, Env: map[string]string{"SEEN": "yes"}}
	t.Setenv("HIDDEN", "canary")
	for script, want := range map[string]string{
		`print(template.render_string('{{ env "SEEN" }}{{ env "HIDDEN" }}{{ expandenv "-$SEEN-$HIDDEN-" }}', {}, {engine = "go"}))`: "yes-yes--",
		`print(select(2, pcall(template.render_string, '{{ getHostByName "localhost" }}', {}, {engine = "go"})))`:                   "look up localhost: denied by the policy",
	} {
		if got := kit.Exec(t, "policy.lua", script); got.Err != nil || !strings.Contains(got.Stdout, want) {
			t.Errorf("%s = %s, %v, want %s", script, got.Stdout, got.Err, want)
		}
	}
}

// Rendering ends with its task and within its memory, whatever the template does.
func TestRenderingIsBounded(t *testing.T) {
	rt, err := core.New(core.Config{Modules: []core.Module{New()}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for source, memory := range map[string]bool{
		`template.render_string("{% for a in range(100000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}")`:                         false,
		`template.render_string("{{ range 1000000000 }}{{ end }}", {}, {engine = "go"})`:                                                    false,
		`template.render_string('{{ range 1000 }}{{ bcrypt "x" }}{{ end }}', {}, {engine = "go"})`:                                          false,
		`template.render_string("{% set l = [] %}{% for a in range(10000) %}{% do l.append('x' * 100000) %}{% endfor %}")`:                  true,
		`template.render_string("{% for a in range(10000) %}{{ 'x' * 100000 }}{% endfor %}")`:                                               true,
		`template.render_string('{{ range 10000 }}{{ repeat 100000 "x" }}{{ end }}', {}, {engine = "go"})`:                                  true,
		`template.render_string('{{ repeat 2000000000 "x" }}', {}, {engine = "go"})`:                                                        true,
		`template.render_string('{{ $l := list }}{{ range 10000 }}{{ $l = append $l (repeat 100000 "x") }}{{ end }}', {}, {engine = "go"})`: true,
	} {
		chunk, err := core.Compile("test.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		timeout := time.Second
		if memory {
			timeout = 5 * time.Minute // on a busy machine too; the limit comes in a second of work
		}
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 32 << 20}})
		err = vm.Run(ctx, chunk)
		vm.Close()
		cancel()
		_, limited := errors.AsType[*core.LimitError](err)
		if limited != memory || !memory && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: error = %v, want the limit of memory: %v, or else that of time", source, err, memory)
		}
	}
}

// What is garbage does not count: a long rendering needs much in all and little at a time.
func TestGarbageDoesNotCount(t *testing.T) {
	rt, err := core.New(core.Config{Modules: []core.Module{New()}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("test.lua", []byte(`
		template.render_string("{% for a in range(1000) %}{% set x = 'x' * 200000 %}{% endfor %}")
		template.render_string('{{ range 1000 }}{{ $x := repeat 200000 "x" }}{{ end }}', {}, {engine = "go"})`))
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(core.Host{Limits: core.Limits{Memory: 32 << 20}})
	defer vm.Close()
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Errorf("error = %v, want none", err)
	}
}

func TestKeysAreNotBegunShortBeforeTheEnd(t *testing.T) {
	kit := coretest.Kit{Modules: []core.Module{New()}, Timeout: 5 * time.Second}
	got := kit.Exec(t, "keys.lua", `print(select(2, pcall(template.render_string, '{{ genPrivateKey "rsa" }}', {}, {engine = "go"})))`)
	if !strings.Contains(got.Stdout, "it takes up to 8 seconds, and the script has ") {
		t.Errorf("got %s, %v", got.Stdout, got.Err)
	}
}
