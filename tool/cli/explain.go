package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// record is what a run of a script has touched, or tried to.
type record struct {
	script string

	mu       sync.Mutex
	builtins map[string]bool
	hosts    map[string]map[string]bool // "host:port" and the addresses it was resolved to
	local    map[string]bool            // the hosts that a sandbox refuses unless they are named
	env      map[string]bool
	reads    map[string]bool
	writes   map[string]bool
}

func newRecord(script string) *record {
	return &record{
		script: script, builtins: make(map[string]bool), hosts: make(map[string]map[string]bool), local: make(map[string]bool),
		env: make(map[string]bool), reads: make(map[string]bool), writes: make(map[string]bool),
	}
}

// see is told by several goroutines.
func (r *record) see(u core.Use) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch u.Kind {
	case core.UseBuiltin:
		r.builtins[u.Name] = true
	case core.UseEnv:
		if !slices.Contains(proxyNames(), strings.ToUpper(u.Name)) {
			r.env[u.Name] = true
		}
	case core.UseFile:
		if u.Write {
			r.writes[u.Name] = true
		} else {
			r.reads[u.Name] = true
		}
	case core.UseHost:
		r.seeHost(u)
	}
}

// proxyNames are what a request asks the environment for by itself, which a restricted one does not.
func proxyNames() []string {
	return []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "REQUEST_METHOD"}
}

func (r *record) seeHost(u core.Use) {
	name := u.Name + ":" + strconv.Itoa(int(u.To.Port()))
	if strings.Contains(u.Name, ":") {
		name = "[" + u.Name + "]:" + strconv.Itoa(int(u.To.Port()))
	}
	if r.hosts[name] == nil {
		r.hosts[name] = make(map[string]bool)
	}
	if core.SandboxPolicy(core.Destinations{}).Host(u.Name, u.To.Port()) != nil {
		r.local[name] = true
	}
	if !u.To.Addr().IsValid() {
		return
	}
	r.hosts[name][u.To.Addr().String()] = true
	if core.SandboxPolicy(core.Destinations{}).Address(u.Name, u.To) != nil {
		r.local[name] = true
	}
}

// explain says what was touched, and how to run the script so that it can touch no more.
func (r *record) explain(specs []spec.Module) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "policy: what this run of %s has touched\n", shown(r.script))
	line := func(name string, values []string) {
		if len(values) > 0 {
			fmt.Fprintf(&b, "  %-9s %s\n", name, strings.Join(shownAll(values), ", "))
		}
	}
	for _, need := range slices.Sorted(maps.Keys(byNeed(specs, r.builtins))) {
		line(need, byNeed(specs, r.builtins)[need])
	}
	if hosts := r.resolved(); len(hosts) > 0 {
		fmt.Fprintf(&b, "  %-9s %s\n", "hosts", strings.Join(hosts, ", "))
	}
	line("variables", sorted(r.env))
	if files := append(shownAll(sorted(r.reads)), written(sorted(r.writes))...); len(files) > 0 {
		fmt.Fprintf(&b, "  %-9s %s\n", "files", strings.Join(files, ", "))
	}
	trusted := r.trusted(specs)
	fmt.Fprintf(&b, "the least that permits it:\n  %s\n", r.command(len(trusted) == 0 && len(r.writes) == 0))
	if len(trusted) > 0 {
		fmt.Fprintf(&b, "not --sandbox, for the sake of %s\n", strings.Join(trusted, ", "))
	}
	if odd := r.unnamed(); len(odd) > 0 {
		fmt.Fprintf(&b, "not permitted by that, since no flag can name it: %s\n", strings.Join(odd, ", "))
	}
	return b.String()
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// shown is a name as one that the script chose may be printed: nothing in it can end the line, reach the
// terminal or pass for the text around it.
func shown(name string) string {
	if name == "" || strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) || strings.ContainsRune(`,"'\`, c) }) {
		return strconv.QuoteToASCII(name)
	}
	return name
}

func shownAll(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = shown(name)
	}
	return all
}

// isVariable, isHost and isFolder tell whether a flag that is given the name permits it and no more.
func isVariable(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool { return !isWord(c) && c != '.' && c != '-' })
}

func isHost(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool { return !isWord(c) && !strings.ContainsRune(".-:[]%", c) })
}

func isFolder(name string) bool {
	return name != "" && strings.TrimSpace(name) == name && !strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) || c == ',' })
}

func isWord(c rune) bool {
	return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c)
}

// only are the names that a flag can permit.
func only(names []string, possible func(string) bool) []string {
	return slices.DeleteFunc(names, func(name string) bool { return !possible(name) })
}

// unnamed are those that no flag can permit alone, as they are printed.
func (r *record) unnamed() []string {
	var all []string
	for _, kind := range []struct {
		names    []string
		possible func(string) bool
	}{{slices.Sorted(maps.Keys(r.hosts)), isHost}, {sorted(r.env), isVariable}, {parents(r.reads), isFolder}, {parents(r.writes), isFolder}} {
		for _, name := range kind.names {
			if !kind.possible(name) {
				all = append(all, shown(name))
			}
		}
	}
	return all
}

func written(paths []string) []string {
	for i := range paths {
		paths[i] = shown(paths[i]) + " (written)"
	}
	return paths
}

func (r *record) resolved() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(r.hosts)) {
		addresses := sorted(r.hosts[name])
		if len(addresses) == 0 {
			addresses = []string{"not resolved"}
		}
		all = append(all, shown(name)+" ("+strings.Join(addresses, ", ")+")")
	}
	return all
}

// byNeed sorts the builtins that were called by what they need.
func byNeed(specs []spec.Module, called map[string]bool) map[string][]string {
	needs := make(map[string][]string)
	for _, m := range specs {
		for _, f := range builtins(m) {
			if name := fullName(m, f); called[name] {
				for _, need := range f.Needs {
					needs[need] = append(needs[need], name)
				}
			}
		}
	}
	return needs
}

// trusted are the called builtins that do not exist in a sandbox.
func (r *record) trusted(specs []spec.Module) []string {
	var names []string
	for _, m := range specs {
		for _, f := range builtins(m) {
			if name := fullName(m, f); r.builtins[name] && f.Level != core.Check.String() {
				names = append(names, name)
			}
		}
	}
	return names
}

func fullName(m spec.Module, f spec.Func) string {
	if m.Name == "" {
		return f.Name
	}
	return m.Name + "." + f.Name
}

// command is the command line that permits what was touched and no more.
func (r *record) command(sandbox bool) string {
	words := []string{"assay"}
	option := func(name string, values []string) {
		words = append(words, name, quoted(strings.Join(values, ",")))
	}
	hosts := slices.Sorted(maps.Keys(r.hosts))
	if sandbox {
		words, hosts = append(words, "--sandbox"), sorted(r.local)
	} else if len(r.writes) == 0 {
		words = append(words, "--readonly")
	}
	hosts = only(hosts, isHost)
	env, reads, writes := only(sorted(r.env), isVariable), only(parents(r.reads), isFolder), only(parents(r.writes), isFolder)
	if len(hosts) > 0 || !sandbox {
		option("--allow-net", hosts)
	}
	if len(env) > 0 || !sandbox {
		option("--allow-env", env)
	}
	if len(reads) > 0 || !sandbox {
		option("--allow-read", reads)
	}
	if len(writes) > 0 {
		option("--allow-write", writes)
	}
	return strings.Join(append(words, quoted(shown(r.script))), " ")
}

// parents are the folders of files, without those that are in another.
func parents(files map[string]bool) []string {
	folders := make(map[string]bool)
	for path := range files {
		folders[filepath.Dir(path)] = true
	}
	inAnother := func(folder string) bool {
		for other := range folders {
			relative, err := filepath.Rel(other, folder)
			if err == nil && relative != "." && filepath.IsLocal(relative) {
				return true
			}
		}
		return false
	}
	return slices.DeleteFunc(sorted(folders), inAnother)
}

// quoted is a word for a shell.
func quoted(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_./:,@%+=", c)
	}
	if word != "" && !strings.ContainsFunc(word, func(c rune) bool { return !plain(c) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
