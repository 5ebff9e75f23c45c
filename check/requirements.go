package check

import (
	"maps"
	"slices"
	"time"
)

// Requirements are what the checks of a plan need where they run.
type Requirements struct {
	Name    string        // what the file calls the run, or empty
	Files   []string      // the check files and the scripts that they name, by the path they were read from
	Env     []string      // environment variables without which the file is not valid
	Types   []string      // of its checks
	Timeout time.Duration // of the run; the longest that the checks can take where the file sets none
}

// Requirements tells what the plan needs. All variables are in it only when [Options.Remote] is set.
func (p *Plan) Requirements() Requirements {
	r := Requirements{Name: p.name, Timeout: p.timeout(), Env: slices.Sorted(maps.Keys(p.needed.env))}
	types := map[string]bool{}
	var worst time.Duration
	for _, s := range p.suites {
		r.Files = append(r.Files, s.file.Name)
		worst += s.worst()
		for _, c := range s.checks {
			types[c.typ.Name] = true
		}
	}
	for _, file := range slices.Sorted(maps.Keys(p.needed.files)) {
		if !slices.Contains(r.Files, file) {
			r.Files = append(r.Files, file)
		}
	}
	r.Types = slices.Sorted(maps.Keys(types))
	if r.Timeout == 0 {
		r.Timeout = max(worst, 0) // a sum that is too large for a Duration is no bound either
	}
	return r
}

// needed is what reading the files has asked for.
type needed struct{ env, files map[string]bool }

func newNeeded() needed { return needed{env: map[string]bool{}, files: map[string]bool{}} }

// absent stands for the value of a variable or of a secret that is not here, so that its uses are not told as errors of
// their own. It fits where a URL or a text does.
const absent = "http://absent.invalid"
