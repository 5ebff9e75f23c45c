package checkfile

import (
	"fmt"
	"strings"
	"testing"
)

const sample = `# comment
name: sample
checks:
  - name: one   # a comment
    type: script
    script: |
      local x = 1

      if x then
        print("é")
      end
  - type: http
    name: "two"
    url: http://x
    expect: { status: 200,
      a: 1 }
- name: three
    script: assert.eq(1, 1)
`

func TestEntries(t *testing.T) {
	f := Read(sample)
	var got []string
	for _, e := range f.Entries {
		parent := "-"
		if e.Parent >= 0 {
			parent = f.Entries[e.Parent].Key
		}
		got = append(got, strings.Join([]string{parent, string(rune('0' + e.Item)), e.Key, e.Value}, " "))
	}
	want := []string{
		"- 0 name sample", "- 0 checks ", "checks 1 name one", "checks 1 type script", "checks 1 script |",
		"checks 2 type http", "checks 2 name \"two\"", "checks 2 url http://x", "checks 2 expect { status: 200,",
	}
	if len(got) < len(want) {
		t.Fatalf("entries = %q, want at least %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("entry %d = %q, want %q", i, got[i], want[i])
		}
	}
}

func TestFlowStyle(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"checks:\n  - { name: a, url: \"http://x, y\", expect: { status: [200, 201] } }\n  - { name: b }\n", `checks 1 name a; checks 1 url "http://x, y"; checks 1 expect { status: [200, 201] }; expect 0 status [200, 201]; checks 2 name b`},
		{"vars: { base: http://x:1/y, # its own\n  v: \"${A:-{}}\" }\nname: x\n", `vars 0 base http://x:1/y; vars 0 v "${A:-{}}"; - 0 name x`},
		{"vars: { a: ${B}, c }\n", "vars 0 a ${B}"},
		{"expect: [{ a: 1 }, { a: 2 }]\n", "expect 1 a 1; expect 2 a 2"},
		{"checks:\n  - { name: a, url: \nname: x\n", "checks 1 name a; checks 1 url ; - 0 name x"},
	} {
		f := Read(tt.text)
		var got []string
		for _, e := range f.Entries {
			if parent := e.Parent; parent >= 0 {
				got = append(got, fmt.Sprint(f.Entries[parent].Key, " ", e.Item, " ", e.Key, " ", e.Value))
			} else if e.Key == "name" {
				got = append(got, fmt.Sprint("- ", e.Item, " ", e.Key, " ", e.Value))
			}
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("entries of %q = %q, want %q", tt.text, g, tt.want)
		}
	}
}

func TestScriptsAreMappedBothWays(t *testing.T) {
	for _, text := range []string{sample, strings.ReplaceAll(sample, "\n", "\r\n")} {
		f := Read(text)
		if len(f.Scripts) == 0 {
			t.Fatal("found no script")
		}
		s := &f.Scripts[0]
		if want := "local x = 1\n\nif x then\n  print(\"é\")\nend\n"; s.Text != want {
			t.Fatalf("script = %q, want %q", s.Text, want)
		}
		for i := range s.Text {
			outer := s.Outer(i)
			if s.Text[i] != '\n' && text[outer] != s.Text[i] {
				t.Errorf("Outer(%d) = %d, which is %q, want %q", i, outer, text[outer], s.Text[i])
			}
			if back, ok := s.Inner(outer); !ok || back != i {
				t.Errorf("Inner(Outer(%d)) = %d, %v", i, back, ok)
			}
		}
		for _, outside := range []int{0, s.Start - 1, s.End + 1} {
			if _, ok := s.Inner(outside); ok {
				t.Errorf("Inner(%d) is in the script [%d, %d]", outside, s.Start, s.End)
			}
		}
	}
}

func TestScriptsOfOtherFilesAreNoLua(t *testing.T) {
	for _, text := range []string{
		"job:\n  script:\n    - make\n",
		"test:\n  script: |\n    make\n",
		"checks:\n  - type: http\n    expect:\n      script: |\n        x\n",
		"checks:\n  - script: >\n      folded\n",
	} {
		if f := Read(text); len(f.Scripts) != 0 {
			t.Errorf("Read(%q) has the script %q, want none", text, f.Scripts[0].Text)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("checks:\n  - { name: a, b: [{c: \"d\\\"\"}, e], ${f}: 'g }\n  - [")
	f.Add("checks:\n- script: |\n\n    x\n  y: 'a\n   b'")
	f.Fuzz(func(t *testing.T, text string) {
		file := Read(text)
		for _, e := range file.Entries {
			if e.Start > e.End || e.End > len(text) || e.BlockEnd < e.End || e.ValueStart+len(e.Value) > len(text) {
				t.Errorf("entry %+v of %q", e, text)
			}
		}
		for i := range file.Scripts {
			s := &file.Scripts[i]
			for at := range s.Text {
				if back, ok := s.Inner(s.Outer(at)); !ok || back != at {
					t.Errorf("Inner(Outer(%d)) = %d, %v of %q", at, back, ok, text)
				}
			}
		}
	})
}

func TestPermit(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"none yet", "checks:\n  - name: a\n    script: |\n      x()\n", "checks:\n  - name: a\n    permissions: [fs]\n    script: |\n      x()\n"},
		{"the first key", "checks:\n  - script: x()\n    name: a\n", "checks:\n  - permissions: [fs]\n    script: x()\n    name: a\n"},
		{"one more", "checks:\n  - script: x()\n    permissions: [db] # it asks\n", "checks:\n  - script: x()\n    permissions: [db, fs] # it asks\n"},
		{"an empty list", "checks:\n  - permissions: []\n    script: x()\n", "checks:\n  - permissions: [fs]\n    script: x()\n"},
		{"of another check", "checks:\n  - permissions: [db]\n    script: x()\n  - script: x()\n", "checks:\n  - permissions: [db]\n    script: x()\n  - permissions: [fs]\n    script: x()\n"},
		{"a list of lines", "checks:\n  - script: x()\n    permissions:\n      - db\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Read(tt.text)
			at, text, ok := f.Permit(&f.Scripts[len(f.Scripts)-1], "fs")
			got := ""
			if ok {
				got = tt.text[:at] + text + tt.text[at:]
			}
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
