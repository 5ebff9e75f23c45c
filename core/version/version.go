// Package version tells which build of a program is running: what Go wrote into the binary about its commit.
package version

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
)

// Info is a build. Commit and Date are empty in one that was not made in a checkout, such as one by go install.
type Info struct {
	Program  string `json:"program"`
	Version  string `json:"version"`            // of the tag, such as v0.1.0, or "devel"
	Commit   string `json:"commit,omitempty"`   // the whole hash
	Date     string `json:"date,omitempty"`     // of the commit, RFC 3339
	Modified bool   `json:"modified,omitempty"` // files differ from the commit
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// Of is the build of this program, which calls itself by the name.
func Of(program string) Info {
	i := Info{Program: program, Version: Current(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, s := range build.Settings {
			switch s.Key {
			case "vcs.revision":
				i.Commit = s.Value
			case "vcs.time":
				i.Date = s.Value
			case "vcs.modified":
				i.Modified = s.Value == "true"
			}
		}
	}
	return i
}

// stamped is the version that the linker is told (-X) when a release is built: Go knows none in a workspace.
var stamped string //nolint:gochecknoglobals // the linker sets variables alone

// Current is the version of the release or of the module that the program was built from, or "devel".
func Current() string {
	if stamped != "" {
		return stamped
	}
	build, ok := debug.ReadBuildInfo()
	if !ok || build.Main.Version == "" || build.Main.Version == "(devel)" {
		return "devel"
	}
	return build.Main.Version
}

// String is the line that people read.
func (i Info) String() string {
	line := i.Program + " " + i.Version
	if i.Commit != "" {
		line += " commit " + i.Commit[:min(12, len(i.Commit))]
		if i.Modified {
			line += "+modified"
		}
		line += " " + i.Date
	}
	return line + " " + i.OS + "/" + i.Arch + " " + i.Go
}

// JSON is a line for programs.
func (i Info) JSON() (string, error) {
	text, err := json.Marshal(i)
	return string(text), err
}
