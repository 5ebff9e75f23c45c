package fs

import (
	"crypto/rand"
	"os"
	"path/filepath"

	"assay.rs/core"
)

func tempFuncs() []core.Func {
	parent := core.Opt("folder", core.String(), "", "Where to make it: the system's folder for temporary files, or the first folder of --allow-write when that is not permitted.")
	return []core.Func{
		core.Fn1(doc("tempdir", "Makes a new empty folder that nobody else can enter. It stays until it is removed.", core.Write,
			`local dir = fs.tempdir()  assert.is_true(fs.stat(dir).is_dir)  fs.remove(dir)`),
			parent, core.Returns(core.String(), "Its path."), tempDir),
		core.Fn1(doc("tempfile", "Makes a new empty file that nobody else can read. It stays until it is removed.", core.Write,
			`local f = fs.tempfile()  assert.eq(fs.read(f), "")  fs.remove(f)`),
			parent, core.Returns(core.String(), "Its path."), tempFile),
	}
}

// tempPath is a name that nobody has guessed.
func tempPath(c core.Call, folder string) string {
	if folder == "" {
		folder = c.Root().TempFolder()
	}
	return filepath.Join(folder, "assay-"+rand.Text())
}

func tempDir(c core.Call, folder string) (string, error) {
	path := tempPath(c, folder)
	return path, coded(c.Root().Mkdir(path, 0o700))
}

func tempFile(c core.Call, folder string) (string, error) {
	path := tempPath(c, folder)
	f, err := c.Root().OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", coded(err)
	}
	return path, f.Close()
}
