package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A script that is held to a folder, or to reading, tries each way that SQLite has to another file.
func TestAttachStaysInTheFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"in", "out"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, source string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	assay := filepath.Join(built, "assay")
	if r := run(t, assay, write("make.lua", `
		for _, f in ipairs{"/in/i.db", "/out/o.db"} do db.connect("sqlite://" .. arg[1] .. f):exec_script("create table s (v); insert into s values ('canary')") end`), dir); r.code != 0 {
		t.Fatal(r.stderr)
	}
	attack := write("attack.lua", `
		local c = db.connect("sqlite://" .. arg[1] .. "/in/i.db?mode=" .. arg[2])
		for i, name in ipairs{
			"file:DIR/out/o.db", "file:DIR/out/o.db#/../../in/i.db", "file:DIR/out/o.db%00/../../in/i.db", "file:DIR/in/i.db?vfs=unix",
			"DIR/out/o.db", "DIR/in/../out/o.db", "DIR/in/../out/new.db",
		} do
			name = name:gsub("DIR", arg[1])
			for _, how in ipairs{"attach '" .. name .. "' as x" .. i, "attach ('" .. name .. "' || '') as y" .. i, "vacuum into '" .. name .. ".copy'"} do
				if pcall(c.execute, c, how) then print("REACHED " .. how) end
			end
		end
		print("survived")`)
	inside := filepath.Join(dir, "in")
	for name, flags := range map[string][]string{
		"ro":  {"--allow-read", inside},
		"rwc": {"--allow-read", inside, "--allow-write", inside},
	} {
		r := run(t, assay, append(flags, attack, dir, name)...)
		if r.code != 0 || strings.TrimSpace(r.stdout) != "survived" {
			t.Errorf("with %v: exit code %d, %s%s", flags, r.code, r.stdout, r.stderr)
		}
	}
	if left, err := os.ReadDir(filepath.Join(dir, "out")); err != nil || len(left) != 1 {
		t.Errorf("the folder outside holds %v, %v, want o.db alone", left, err)
	}
}

// Each promise of SECURITY.md names the tests that hold it to its word.
func TestPromisesHaveTests(t *testing.T) {
	text, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| promise | tests |\n| --- | --- |\n")
	if !found {
		t.Fatal("SECURITY.md has no table of promises and tests")
	}
	promises := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			break
		}
		promises++
		for named := range strings.SplitSeq(cells[2], ",") {
			file, name, ok := strings.Cut(strings.Trim(strings.TrimSpace(named), "`"), ":")
			source, err := os.ReadFile(filepath.Join("../..", file))
			if !ok || err != nil || !strings.Contains(string(source), "\nfunc "+name+"(") {
				t.Errorf("%s: there is no test %s in %s (%v)", strings.TrimSpace(cells[1]), name, file, err)
			}
		}
	}
	if promises < 15 {
		t.Errorf("%d promises, want the whole table", promises)
	}
}
