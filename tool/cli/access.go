package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"assay.rs/core"
)

// access is what the command line lets a script touch.
type access struct {
	Sandbox, ReadOnly, Explain bool

	// nil stands for a flag that is not given.
	Net, Env, Read, Write []string
}

// names are the flags of access.
func accessNames() []string {
	return []string{"sandbox", "readonly", "allow-net", "allow-env", "allow-read", "allow-write", "explain-policy"}
}

func (a *access) bind(fs *pflag.FlagSet) {
	fs.BoolVar(&a.Sandbox, "sandbox", false, "run the script as one that nobody has read: few builtins, hard limits")
	fs.BoolVar(&a.ReadOnly, "readonly", false, "take away builtins that write files")
	fs.Var(&list{to: &a.Net}, "allow-net", "connect only to these: host, host:port, address, 10.0.0.0/8 or *.example.com; in a sandbox, to these too")
	fs.Var(&list{to: &a.Env}, "allow-env", "show only these environment variables: NAME or PREFIX*")
	fs.Var(&list{to: &a.Read}, "allow-read", "read only files in this folder, and write none")
	fs.Var(&list{to: &a.Write}, "allow-write", "write only files in this folder")
	fs.BoolVar(&a.Explain, "explain-policy", false, "at the end, print what the script has touched and the flags that permit no more")
}

// list is a flag for items separated by commas that may be repeated; an empty one is a list without items.
type list struct{ to *[]string }

func (l *list) String() string {
	if l.to == nil {
		return ""
	}
	return strings.Join(*l.to, ",")
}

// Type is the word for the value in the help.
func (l *list) Type() string { return "list" }

// Set adds items.
func (l *list) Set(text string) error {
	if *l.to == nil {
		*l.to = []string{}
	}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			*l.to = append(*l.to, item)
		}
	}
	return nil
}

// restricts tells whether any of the flags takes something away.
func (a access) restricts() bool {
	return a.ReadOnly || a.Net != nil || a.Env != nil || a.Read != nil || a.Write != nil
}

// policy is what the flags mean. The error is a mistake on the command line.
func (a access) policy() (core.Policy, error) {
	destinations, err := core.ParseDestinations(a.Net...)
	if err != nil {
		return core.Policy{}, &usageError{message: "--allow-net: " + err.Error(), hint: "write host, host:port, an address, a network such as 10.0.0.0/8, or *.example.com"}
	}
	read, err := folders("allow-read", a.Read)
	if err != nil {
		return core.Policy{}, err
	}
	write, err := folders("allow-write", a.Write)
	if err != nil {
		return core.Policy{}, err
	}
	if a.Sandbox {
		if a.Write != nil {
			return core.Policy{}, &usageError{message: "--allow-write: a sandboxed script writes no files", hint: "leave out --sandbox or --allow-write"}
		}
		policy := core.SandboxPolicy(destinations)
		policy.Roots = read
		return policy, nil
	}
	policy := core.FullPolicy()
	if a.restricts() {
		// Another program would not be held by any of this; the script's own end is harmless.
		policy.Needs &^= core.Exec
		policy.Permissions = []string{"os.exit"}
	}
	if a.Net != nil {
		policy = policy.ConnectOnly(destinations)
	}
	if a.Read != nil {
		policy.Files, policy.Roots = false, slices.Concat(read, write)
	}
	if a.Read != nil || a.Write != nil {
		policy.Changes, policy.ChangeRoots = false, write
	}
	if a.ReadOnly {
		policy.Needs &^= core.Write
		policy.Changes, policy.ChangeRoots = false, nil
	}
	return policy, nil
}

// folders are the absolute paths of the folders that a flag names.
func folders(flag string, names []string) ([]string, error) {
	paths := make([]string, 0, len(names))
	for _, name := range names {
		path, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			return nil, &usageError{message: "--" + flag + ": " + name + " is not a folder"}
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// permitsEnv tells whether the script may see the environment variable.
func (a access) permitsEnv(name string) bool {
	if a.Env == nil {
		return !a.Sandbox
	}
	return slices.ContainsFunc(a.Env, func(item string) bool {
		prefix, pattern := strings.CutSuffix(item, "*")
		return name == item || pattern && strings.HasPrefix(name, prefix)
	})
}

func (a access) lookupEnv(name string) (string, bool) {
	if !a.permitsEnv(name) {
		return "", false
	}
	return os.LookupEnv(name)
}

func (a access) envNames() []string {
	var names []string
	for _, entry := range os.Environ() {
		if name, _, ok := strings.Cut(entry, "="); ok && name != "" && a.permitsEnv(name) {
			names = append(names, name)
		}
	}
	return names
}

// environment is that of the sandbox's process: what the script may see, and what the process itself goes by.
func (a access) environment() []string {
	own := []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "TZ", "TERM", "COLORTERM", "NO_COLOR", "GOCOVERDIR"}
	kept := []string{"GOTRACEBACK=none"}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if name != "" && name != "GOTRACEBACK" && (slices.Contains(own, name) || a.permitsEnv(name)) {
			kept = append(kept, entry)
		}
	}
	return kept
}
