package core

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Policy says what a script may touch. It does not change once a Runtime has it. The zero value
// permits nothing; start from [FullPolicy] or [CheckPolicy].
type Policy struct {
	Level       Level    // builtins of a higher level do not exist
	Needs       Needs    // builtins that need more do not exist; in scripts they raise [ErrDenied]
	Permissions []string // tables ("crypto") and functions ("fs.read") that exist all the same
	Without     []string // tables and global functions, of Lua's own too, that do not exist

	// Absent tells a script that finds no table of a name where there is one, such as in another binary. nil, or an empty
	// text, says nothing.
	Absent func(name string) string

	// Kept tells somebody who needs a builtin that is kept away, "crypto" or "fs.read", what to do about it. nil says
	// nothing.
	Kept func(name string) string

	// Address refuses, with an error, an address that a connection would really be made to. It is asked
	// after name resolution, for every hop; host is the name, or the address, that was to be resolved.
	// nil permits all.
	Address func(host string, to netip.AddrPort) error

	// Host refuses, with an error, a host before its name is looked up. nil permits all.
	Host func(host string, port uint16) error

	// Files permits Call.Root to read the whole file system, Roots only what is in these folders.
	Files bool
	Roots []string

	// Changes permits Call.Root to change the whole file system, ChangeRoots only what is in these folders.
	Changes     bool
	ChangeRoots []string

	// opened are the folders of both lists as they were when the Runtime was made. What gets the name of one
	// of them later was never permitted. nil stands for a policy outside of a Runtime.
	opened map[string]*os.Root
}

// FullPolicy is for scripts that somebody runs: everything exists.
func FullPolicy() Policy { return Policy{Level: Script, Needs: AllNeeds, Files: true, Changes: true} }

// CheckPolicy is for YAML script checks; files are read from the given folders alone.
func CheckPolicy(roots ...string) Policy {
	return Policy{
		Level: Check, Needs: Pure | Net | Env | Clock | Log | Wait, Roots: roots,
		Kept: keptFromChecks,
	}
}

func keptFromChecks(name string) string {
	if name == "os.exit" {
		return "the verdict is the check's: return ends its script, and error(...) or an assertion fails it"
	}
	return "a check of type script gets it with permissions: [" + name + "]"
}

// SandboxPolicy is for scripts that nobody has read. They touch no files, learn nothing about the host, and
// connect neither to it nor to link-local addresses, metadata services and multicast, except for the
// destinations in allowed.
func SandboxPolicy(allowed Destinations) Policy {
	return Policy{
		Level: Check, Needs: Pure | Net | Env | Clock | Log | Wait, Address: allowed.sandboxed, Host: allowed.sandboxedName,
		Without: []string{"collectgarbage", "kube", "os"},
		Kept:    func(string) string { return "a sandbox does not have it" },
	}
}

// ConnectOnly is p with connections to the allowed destinations alone. Other names are not even looked up,
// unless an address or a network is among the destinations.
func (p Policy) ConnectOnly(allowed Destinations) Policy {
	p.Address, p.Host = allowed.only, allowed.lookup
	return p
}

// Root reaches the files that p permits, for Go programs that use a module without Lua.
func (p Policy) Root() Root { return Root{&p, nil, context.Background()} }

// Dialer makes the connections that p permits, likewise.
func (p Policy) Dialer() Dialer { return Dialer{&p, nil} }

// fixed is p with the paths of its folders made absolute, since the script names files in its own ways, and
// with the folders opened. One that is not there permits nothing.
func (p Policy) fixed() (Policy, error) {
	p.opened = make(map[string]*os.Root)
	for _, list := range []*[]string{&p.Roots, &p.ChangeRoots} {
		folders := make([]string, len(*list))
		for i, folder := range *list {
			var err error
			if folders[i], err = filepath.Abs(folder); err != nil {
				return p, err
			}
			if p.opened[folders[i]] != nil {
				continue
			}
			if dir, err := os.OpenRoot(folders[i]); err == nil {
				p.opened[folders[i]] = dir // closed by the garbage collector: a Runtime has no end
			}
		}
		*list = folders
	}
	return p, nil
}

// permits tells whether the builtin table.name exists.
func (p Policy) permits(table string, d Doc) bool {
	if d.Level <= p.Level && d.Needs&^p.Needs == 0 {
		return true
	}
	return slices.Contains(p.Permissions, table) || slices.Contains(p.Permissions, table+"."+d.Name)
}

// permitsMethod tells whether the method of a class such as "fs.File" exists: where the class's table, or
// any function of it, is permitted by name, its objects work whole.
func (p Policy) permitsMethod(class string, d Doc) bool {
	table, _, _ := strings.Cut(class, ".")
	return p.permits(table, d) || slices.ContainsFunc(p.Permissions, func(name string) bool {
		return strings.HasPrefix(name, table+".")
	})
}
