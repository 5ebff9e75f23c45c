package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeAll writes the files of a test, by name, below the folder of the bench.
func (b *bench) writeAll(files map[string]string) {
	b.t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(b.dir, name)), 0o700); err != nil {
			b.t.Fatal(err)
		}
		b.write(name, text)
	}
}

// echo is a script check that passes when a text is what the files should have made of it.
func echo(name, got, want string) string {
	return "  - { name: " + name + ", type: script, env: { GOT: \"" + got + "\", WANT: \"" + want + "\" }, script: 'assert.eq(env.get(\"GOT\"), env.get(\"WANT\"))' }\n"
}

func TestIncludedFilesRunBeforeTheFile(t *testing.T) {
	b := newBench(t)
	b.writeAll(map[string]string{
		"common/b.yaml": "vars: { who: own, level: own }\nsecrets: { token: { from_env: NONE } }\ndefaults: { tags: [common], attempt_timeout: 9s }\nchecks:\n" +
			echo("b", "${who} ${level} ${outer} ${secrets.token}", "top own seen s3cret-value") + "  - { name: late, type: script, script: 'assert(1 == 1)', needs: [last] }\n",
		"common/a.yaml":      "include: [deep/*.yaml]\nchecks:\n" + echo("a", "${who}", "top"),
		"common/deep/d.yaml": "checks:\n" + echo("d", "${who}", "top"),
	})
	b.options.LookupEnv = func(name string) (string, bool) { return "s3cret-value", name == "TOKEN" }
	plan := b.plan("include: [common/*.yaml]\nvars: { who: top, outer: seen }\nsecrets: { token: { from_env: TOKEN } }\nchecks:\n" + echo("last", "${who}", "top"))
	r := plan.Run(t.Context())
	var names []string
	for _, c := range r.Checks {
		names = append(names, c.Name)
		if c.Status != StatusPassed {
			t.Errorf("%s is %s: %s", c.Name, c.Status, text(c.Message))
		}
	}
	if got := strings.Join(names, " "); got != "d a b late last" {
		t.Errorf("the checks are %s, want d a b late last: those of included files first, by name", got)
	}
	if !strings.HasSuffix(strings.Split(r.Checks[0].Location, ":")[0], "d.yaml") {
		t.Errorf("the location of d is %s, want its own file", r.Checks[0].Location)
	}
	for _, c := range plan.suites[0].checks {
		if common := c.name == "b" || c.name == "late"; common != (len(c.settings.tags) == 1) {
			t.Errorf("the tags of %s are %v: defaults hold for the checks of their file alone", c.name, c.settings.tags)
		}
	}
	if files := plan.Requirements().Files; len(files) != 4 {
		t.Errorf("the plan needs the files %q, want four", files)
	}
}

func TestIncludeRefusesMistakes(t *testing.T) {
	const one = "checks:\n  - { name: one, type: script, script: 'assert(1 == 1)' }\n"
	const two = "checks:\n  - { name: two, type: script, script: 'assert(1 == 1)' }\n"
	for name, tt := range map[string]struct {
		top   string
		files map[string]string
		want  []string
	}{
		"a pattern that matches nothing": {"include: [common/*.yaml]\n" + one, nil, []string{"checks.yaml:1:11: include 'common/*.yaml': no file"}},
		"a duplicate name":               {"include: [x.yaml]\n" + one, map[string]string{"x.yaml": one}, []string{"checks.yaml:3:5: the name 'one' is taken by the check at", "x.yaml:2:5"}},
		"a file given twice":             {"include: [x.yaml, '*x.yaml']\n" + one, map[string]string{"x.yaml": two}, []string{"the name 'two' is taken"}},
		"a file that includes itself":    {"include: ['*.yaml']\n" + one, nil, []string{"checks.yaml:1:11: files include each other", "checks.yaml -> "}},
		"a circle":                       {"include: [x.yaml]\n" + one, map[string]string{"x.yaml": "include: [checks.yaml]\n" + two}, []string{"x.yaml:1:11: files include each other", "checks.yaml -> ", "x.yaml -> "}},
		"the time of the run":            {"include: [x.yaml]\n" + one, map[string]string{"x.yaml": "timeout: 5s\n" + two}, []string{"x.yaml:1:10: 'timeout' is about the whole run", "checks.yaml:1:11"}},
		"a mistake in it":                {"include: [x.yaml]\n" + one, map[string]string{"x.yaml": "checks:\n  - { name: two, typ: script }\n"}, []string{"x.yaml:2:5: check 'two' has no 'type'"}},
		"no YAML":                        {"include: [x.txt]\n" + one, map[string]string{"x.txt": two}, []string{"is not a file that ends in .yaml"}},
		"an empty file":                  {"include: [x.yaml]\n" + one, map[string]string{"x.yaml": ""}, []string{"x.yaml: the file is empty"}},
		"a need that nobody meets":       {"include: [x.yaml]\n" + one, map[string]string{"x.yaml": "checks:\n  - { name: two, type: script, script: 'assert(1 == 1)', needs: [oen] }\n"}, []string{"x.yaml:2:", "did you mean 'one'"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.writeAll(tt.files)
			_, err := Load(b.write("checks.yaml", tt.top), b.options)
			if err == nil {
				t.Fatalf("no error, want %q", tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got\n%s\nwant %q", err, want)
				}
			}
		})
	}
}

func TestVarsComeFromFlagsThenFilesThenTheCheckFile(t *testing.T) {
	b := newBench(t)
	b.writeAll(map[string]string{
		"own.json":  `{"flag": 0, "given": "own", "own": "own $x ${y}", "n": 1.10, "list": [1]}`,
		"given.yml": "flag: given\ngiven: given\nunused: true\n",
	})
	b.options.Vars = map[string]string{"flag": "7"}
	b.options.VarsFile = filepath.Join(b.dir, "given.yml")
	r := b.plan("vars_file: own.json\nvars: { flag: 1, given: file, own: file, rest: \"${n}\" }\nchecks:\n" +
		echo("all", "${flag} ${given} ${own} ${rest}", "7 given own $x $${y} 1.10") +
		"  - { name: typed, type: script, if: '.vars.flag == 7 and .vars.list == [1]', script: 'assert(1 == 1)' }\n").Run(t.Context())
	for _, c := range r.Checks {
		if c.Status != StatusPassed {
			t.Errorf("%s is %s: %s", c.Name, c.Status, text(c.Message))
		}
	}
	for name, tt := range map[string]struct{ text, want string }{
		"absent":   {"", "no such file"},
		"no map":   {"[1]", "must be a map of vars"},
		"no value": {"a:\n", "the var 'a' has no value"},
		"no name":  {"a.b: 1\n", "'a.b' cannot name a var"},
		"not YAML": {"a: [\n", "bad.yaml"},
	} {
		b := newBench(t)
		if tt.text != "" {
			b.write("bad.yaml", tt.text)
		}
		const file = "checks: [{ name: a, type: script, script: 'assert(1 == 1)' }]\n"
		if _, err := Load(b.write("checks.yaml", "vars_file: bad.yaml\n"+file), b.options); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "checks.yaml:1:12: 'vars_file'") {
			t.Errorf("vars_file, %s: %v, want %q at its place", name, err, tt.want)
		}
		b.options.VarsFile = filepath.Join(b.dir, "bad.yaml")
		if _, err := Load(b.write("checks.yaml", file), b.options); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "--vars-file") {
			t.Errorf("--vars-file, %s: %v, want %q", name, err, tt.want)
		}
	}
}
