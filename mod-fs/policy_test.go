package fs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/mod-fs"
	"assay.rs/mod-fs/disk"
)

func modules() []core.Module { return []core.Module{fs.New(), disk.New()} }

func kit() coretest.Kit { return coretest.Kit{Modules: modules()} }

func TestScripts(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	kit().Run(t, "testdata")
}

func TestExamples(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Chdir(t.TempDir())
	kit().Examples(t)
}

// Links are made here, since scripts make none.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"folder/sub/f", "other"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link": "folder", "folder/up": "..", "file": "other", "dangling": "none", "folder/abs": dir + "/other"} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	kit().Script(t, "links.lua", `
		print(fs.read("file"), fs.stat("file").is_symlink, fs.stat("file").is_file, fs.stat("link").is_dir)
		--> =other true true true
		print(fs.exists("dangling"), fs.stat("dangling").is_symlink, fs.stat("dangling").is_file)
		--> =false true false
		fs.write("file", "through")
		print(fs.read("other"), fs.stat("file").is_symlink)
		--> =through true
		fs.write("dangling", "made")
		print(fs.read("none"))
		--> =made
		print(table.concat(fs.glob("**/f"), " "), table.concat(fs.glob("*/sub/f"), " "))
		--> =folder/sub/f folder/sub/f link/sub/f
		print(#fs.readdir("folder"))
		--> =4
		fs.copy("folder", "copy")
		print(fs.stat("copy/up").is_symlink, fs.read("copy/abs"), fs.read("copy/sub/f"))
		--> =true through folder/sub/f
		print(select(2, pcall(fs.copy, "folder", "link/deep")))
		--> =fs.copy: copy link/deep: is a part of what is copied
		fs.remove("link/")
		print(fs.exists("link"), fs.exists("folder/sub/f"))
		--> =false true
		fs.remove("folder")
		print(fs.exists("folder"), fs.read("other"))
		--> =false through`)
}

// Every function of fs and disk is denied outside of the folders of the policy.
func TestEveryFunctionObeysThePolicy(t *testing.T) {
	inside, outside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "f"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(inside, "link")); err != nil {
		t.Fatal(err)
	}
	policy := core.FullPolicy()
	policy.Files, policy.Roots = false, []string{inside}
	policy.Changes, policy.ChangeRoots = false, []string{inside}
	calls := map[string]string{
		"read": "P", "write": `P, "x"`, "append": `P, "x"`, "exists": "P", "remove": "P", "list": "D", "readdir": "D", "stat": "P",
		"mkdir": `D .. "/new"`, "copy": `P, IN .. "/copy"`, "rename": `P, IN .. "/renamed"`, "glob": `D .. "/*"`, "tempdir": "D",
		"tempfile": "D", "chmod": `P, "0777"`, "lines": "P",
	}
	for _, f := range fs.New().Spec().Funcs {
		if calls[f.Name] == "" {
			t.Errorf("fs.%s: this test does not know how to call it", f.Name)
		}
	}
	k := kit()
	k.Policy = policy
	for name, arguments := range calls {
		for _, folder := range []string{outside, inside + "/link", inside + "/../" + filepath.Base(outside)} {
			k.Globals = map[string]any{"D": folder, "P": folder + "/f", "IN": inside}
			r := k.Exec(t, name, "return fs."+name+"("+arguments+")")
			if r.Err == nil && (name != "glob" || folder == outside) {
				t.Errorf("fs.%s(%s) with %s: no error", name, arguments, folder)
			}
		}
	}
	k.Globals = map[string]any{"OUT": outside}
	k.Script(t, "denied.lua", `
		print(select(2, pcall(fs.read, OUT .. "/f")).code, select(2, pcall(disk.usage, OUT)).code)
		--> =policy.denied policy.denied`)
	if got, err := os.ReadFile(filepath.Join(outside, "f")); err != nil || string(got) != "secret" {
		t.Errorf("the file outside is %q, %v, want secret", got, err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("the folder outside has %d entries, %v, want 1", len(entries), err)
	}
	k.Globals = map[string]any{"IN": inside}
	k.Script(t, "inside.lua", `
		fs.write(IN .. "/a/b", "x")
		print(fs.read(IN .. "/a/b"), fs.tempfile():sub(1, #IN) == IN, #fs.glob(IN .. "/**/b"))
		--> =x true 1`)
}

// A check names its folder as the command line did.
func TestFoldersMayBeRelative(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll("checks", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("checks/data", []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"checks", ".", dir} {
		k := kit()
		k.Policy = core.CheckPolicy(folder)
		k.Policy.Permissions = []string{"fs"}
		k.Globals = map[string]any{"DIR": dir}
		k.Script(t, "relative.lua", `
			print(fs.read("checks/data"), fs.read(DIR .. "/checks/data"), pcall(fs.write, "checks/data", "x"))
			--> =data data false fs.write: write checks/data: not permitted here: denied by the policy`)
	}
}

func TestReadStaysWithinMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, 1<<40); err != nil {
		t.Fatal(err)
	}
	rt, err := core.New(core.Config{Modules: modules(), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{`fs.read(...)`, `for line in fs.lines(...) do end`, `fs.read("/dev/zero")`} {
		chunk, err := core.Compile("big.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 16 << 20}})
		err = vm.Run(t.Context(), chunk, file)
		vm.Close()
		if err == nil || !strings.Contains(err.Error(), "memory limit of 16 MB exceeded") {
			t.Errorf("%s: %v, want the memory limit", source, err)
		}
	}
}

// A pipe that nobody opens at its other end does not keep a script that is told to end.
func TestPipeEndsWithItsTask(t *testing.T) {
	newPipe := func() string {
		pipe := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		return pipe
	}
	rt, err := core.New(core.Config{Modules: modules(), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	told := errors.New("told to")
	run := func(source, pipe string, used func(cancel func())) {
		t.Helper()
		chunk, err := core.Compile("pipe.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		vm := rt.Open(core.Host{Used: func(u core.Use) {
			if u.Kind == core.UseFile {
				go used(func() { cancel(told) })
			}
		}})
		defer vm.Close()
		if err := vm.Run(ctx, chunk, pipe); !errors.Is(err, told) {
			t.Errorf("%s: Run = %v, want %v", source, err, told)
		}
	}
	for _, source := range []string{`fs.read(...)`, `fs.write(..., "x")`, `fs.append(..., "x")`} {
		run(source, newPipe(), func(cancel func()) { cancel() })
	}
	pipe := newPipe()
	// Now it is opened, and then read.
	writer, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if _, err := writer.WriteString("a line\nand a half"); err != nil {
		t.Fatal(err)
	}
	run(`for line in fs.lines(...) do fs.exists(line) end`, pipe, func(cancel func()) { cancel() })
	run(`fs.write(..., ("x"):rep(1000000))`, pipe, func(cancel func()) { cancel() })
}

// A pipe has no end, a device none either: a copy of one would wait, or fill the disk.
func TestSpecialFilesAreNotCopied(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := errors.Join(syscall.Mkfifo("pipe", 0o600), os.Mkdir("folder", 0o700), syscall.Mkfifo("folder/pipe", 0o600), os.WriteFile("file", []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	kit().Script(t, "special.lua", `
		for _, from in ipairs{"pipe", "folder", "/dev/zero"} do print(select(2, pcall(fs.copy, from, "to"))) end
		--> =fs.copy: copy pipe: is neither a file, a folder nor a link
		--> =fs.copy: copy folder/pipe: is neither a file, a folder nor a link
		--> =fs.copy: copy /dev/zero: is neither a file, a folder nor a link
		print(select(2, pcall(fs.copy, "file", "pipe")))
		--> =fs.copy: copy pipe: is neither a file, a folder nor a link`)
}
