package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"assay.rs/check/internal/redact"
	"assay.rs/check/internal/source"
	"assay.rs/core/nearest"
	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
)

// Options says what a file may use and which of its checks are wanted.
type Options struct {
	Types     []Type
	Elsewhere map[string]string // types that another program has: "sql": "the full assay binary has it"

	// StartFixture starts the scripts of `fixtures`; nil refuses files that have some.
	StartFixture StartFixture

	LookupEnv func(string) (string, bool) // what ${NAME} and secrets see; nil sees nothing
	Vars      map[string]string           // they replace vars of the file
	VarsFile  string                      // a map of vars in YAML or JSON, weaker than Vars

	Only, Skip []string // names of checks
	Tags       []string // a check with any of them
	Shard      ShardChoice
	FailFast   bool // as fail_fast in the file

	// Timeout bounds the run of a file as its own timeout does, if that is longer or not there; 0 does not.
	Timeout time.Duration

	// Memory is asked before reading takes so many bytes more; its error is a problem of the file. nil is not asked.
	Memory func(bytes int) error

	// Remote reads the file to be run in another place: variables and secrets that are not here are no problem. Such a
	// plan does not run.
	Remote bool

	Log    *slog.Logger // what scripts log and print, without secrets; nil discards
	Clock  retry.Clock  // nil is the real one
	Events func(Event)  // told of each finished check, one at a time; nil is silence
}

// Plan is what Load made of a file or folder: checked through, with nothing run yet.
type Plan struct {
	name     string
	path     string
	folder   bool
	suites   []*suite
	leftOut  []string // names in the folder that are no check files
	selected int
	skipped  int    // deselected
	part     *Shard // nil runs all checks
	redactor *redact.Redactor
	needed   needed
	varsFile []yaml.Pair
	options  Options
	log      *slog.Logger
}

// suite is one file.
type suite struct {
	name     string
	file     *source.File
	base     settings
	timeout  time.Duration // 0 is none
	parallel int
	failFast bool
	fixtures []*fixture
	checks   []*check
	sources  []checkSource  // of the checks, while the file is read
	included []*source.File // whose checks are among those of this file
}

// check is one entry of `checks`.
type check struct {
	name     string
	base     string // the name before foreach
	typ      Type
	body     Body
	settings settings
	place    source.Place
	needs    []int // positions in the suite's checks
	always   bool
	cond     *expression
	selected bool
	vars     map[string]any // of its file
}

const maxFile = 10 << 20

// Load reads a check file, or every .yaml and .yml file of a folder, and finds all that is wrong with it. The error is a
// *ConfigError. Nothing is sent anywhere.
func Load(path string, o Options) (*Plan, error) { return load([]string{path}, nil, o) }

// LoadFiles is [Load] for several files and folders, which are one run: its document names the file of each check, as that
// of a folder does.
func LoadFiles(paths []string, o Options) (*Plan, error) { return load(paths, nil, o) }

// LoadText is [Load] for the text of a check file. name stands for its path in messages; files that it names are relative
// to the folder of that.
func LoadText(name, text string, o Options) (*Plan, error) {
	return load([]string{name}, &text, o)
}

func load(paths []string, text *string, o Options) (*Plan, error) {
	p := &Plan{
		path: strings.Join(paths, " "), redactor: &redact.Redactor{}, options: o, log: slog.New(slog.DiscardHandler),
		needed: newNeeded(),
	}
	if o.Log != nil {
		p.log = slog.New(p.redactor.Handler(o.Log.Handler()))
	}
	problems := &source.Problems{}
	if o.VarsFile != "" {
		values, err := o.readVars(o.VarsFile)
		if err != nil {
			problems.Add(source.Place{}, "--vars-file %s", err)
			return nil, p.configError(problems)
		}
		p.varsFile = values
	}
	files := paths
	if text == nil {
		if files = p.allFiles(paths, problems); !problems.Empty() {
			return nil, p.configError(problems)
		}
	}
	used := map[string]bool{}
	for _, name := range files {
		if s := p.load(name, text, problems, used); s != nil {
			p.suites = append(p.suites, s)
		}
	}
	if problems.Empty() {
		p.selectChecks(problems)
		p.unusedVars(problems, used)
		p.shard(problems)
	}
	if !problems.Empty() {
		return nil, p.configError(problems)
	}
	if len(p.leftOut) > 0 {
		p.log.Warn("the folder has more than check files: left out", "folder", p.path, "names", strings.Join(p.leftOut, ", "))
	}
	if len(p.suites) == 1 && !p.folder {
		p.name = p.suites[0].name
	}
	return p, nil
}

// allFiles are the check files at paths, each of them once.
func (p *Plan) allFiles(paths []string, problems *source.Problems) []string {
	p.folder = len(paths) > 1
	var all []string
	for _, path := range paths {
		files, folder, err := p.files(path)
		if err != nil {
			problems.Add(source.Place{}, "%s", err)
		}
		p.folder = p.folder || folder
		for _, file := range files {
			if i := slices.IndexFunc(all, func(have string) bool { return sameFile(have, file) }); i >= 0 {
				problems.Add(source.Place{}, "%s is given twice: it is %s", file, all[i])
				continue
			}
			all = append(all, file)
		}
	}
	return all
}

func (p *Plan) files(path string) (files []string, folder bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", path, plainPathError(err))
	}
	if !info.IsDir() {
		if !isYAML(path) {
			return nil, false, fmt.Errorf("%s: unsupported extension %q: a check file ends in .yaml or .yml", path, filepath.Ext(path))
		}
		return []string{path}, false, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, true, fmt.Errorf("%s: %w", path, plainPathError(err))
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case !e.IsDir() && isYAML(name) && !strings.HasPrefix(name, "."):
			files = append(files, filepath.Join(path, name))
		case strings.HasPrefix(name, ".."), strings.EqualFold(filepath.Ext(name), ".lua"):
			// What Kubernetes keeps in a mounted ConfigMap, and the scripts of checks.
		case e.IsDir():
			p.leftOut = append(p.leftOut, name+"/")
		default:
			p.leftOut = append(p.leftOut, name)
		}
	}
	if len(files) == 0 {
		return nil, true, fmt.Errorf("%s: no .yaml or .yml file in this folder", path)
	}
	return files, true, nil
}

func isYAML(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".yaml" || ext == ".yml"
}

// load reads one file; it returns nil when that failed as a whole.
func (p *Plan) load(path string, text *string, problems *source.Problems, used map[string]bool) *suite {
	var f *source.File
	var root *yaml.Node
	if text != nil {
		f, root = p.options.parseText(path, *text, problems)
	} else {
		f, root = p.options.parseFile(path, problems)
	}
	if root == nil {
		return nil
	}
	s := &suite{file: f, base: initialSettings(), parallel: 1}
	r := &Reader{
		file: f, problems: problems, options: &p.options, scope: newScope(&p.options, p.redactor, p.needed, used),
		origin: filepath.Dir(path), queries: map[string]compiled{}, bodies: map[string]Body{}, bodyKeys: map[string][]Key{},
	}
	r.scope.varsFlag(p.varsFile)
	r.suite(root, s)
	if o := p.options.Timeout; o > 0 && (s.timeout == 0 || o < s.timeout) {
		s.timeout = o
	}
	return s
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, plainPathError(err)
	}
	defer f.Close()
	var data bytes.Buffer
	if info, err := f.Stat(); err == nil {
		if info.IsDir() {
			return nil, errors.New("is a directory")
		}
		data.Grow(int(min(info.Size(), limit)) + bytes.MinRead)
	}
	n, err := data.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("larger than %d bytes", limit)
	}
	return data.Bytes(), err
}

// plainPathError drops the operation and path that the caller says better.
func plainPathError(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// find gives the path of a file that a check names: beside the check file, else in the working directory.
func (r *Reader) find(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	beside := filepath.Join(r.origin, path)
	if _, err := os.Stat(beside); err == nil {
		return beside
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	return beside
}

// unusedVars refuses --var names that nothing asked for: a misspelt one would leave a default in force.
func (p *Plan) unusedVars(problems *source.Problems, used map[string]bool) {
	var known []string
	for name := range used {
		known = append(known, name)
	}
	for _, s := range p.suites {
		for _, c := range s.checks {
			for name := range c.vars {
				known = append(known, name)
			}
		}
	}
	var names []string
	for name := range p.options.Vars {
		if !used[name] {
			names = append(names, name)
			known = slices.DeleteFunc(known, func(k string) bool { return k == name })
		}
	}
	slices.Sort(names)
	slices.Sort(known)
	for _, name := range names {
		message := fmt.Sprintf("--var %s: the checks have no such var", name)
		if hint := nearest.Hint(name, known); hint != "" {
			message += ": " + hint
		}
		problems.Add(source.Place{}, "%s", message)
	}
}

// workers is what `parallel: true` means.
func workers() int { return min(16, 4*runtime.NumCPU()) }
