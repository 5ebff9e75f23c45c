package check

import (
	"fmt"
	"slices"

	"assay.rs/check/internal/source"
	"assay.rs/core/nearest"
)

// selectChecks applies --only, --skip and --tags. What a selected check needs is selected with it, unless --skip names
// it. A name that no check has, and a choice that leaves none, are problems: they would pass without a check.
func (p *Plan) selectChecks(problems *source.Problems) {
	var names, tags []string
	for _, s := range p.suites {
		for _, c := range s.checks {
			names = append(names, unique(c.name, c.base)...)
			tags = append(tags, c.settings.tags...)
		}
	}
	unknown(problems, "--only", "check", p.options.Only, names)
	unknown(problems, "--skip", "check", p.options.Skip, names)
	unknown(problems, "--tags", "tag", p.options.Tags, tags)
	total := 0
	for _, s := range p.suites {
		s.choose(p.options)
		for _, c := range s.checks {
			total++
			if c.selected {
				p.selected++
			}
		}
	}
	p.skipped = total - p.selected
	if p.selected == 0 && problems.Empty() {
		problems.Add(source.Place{}, "no check is left after --only, --skip and --tags")
	}
}

func unknown(problems *source.Problems, flag, what string, asked, known []string) {
	for _, name := range asked {
		if slices.Contains(known, name) {
			continue
		}
		message := fmt.Sprintf("%s %s: no check has this %s", flag, clip(name), what)
		if what == "check" {
			message = fmt.Sprintf("%s %s: no check is called that", flag, clip(name))
		}
		if hint := nearest.Hint(name, known); hint != "" {
			message += ": " + hint
		}
		problems.Add(source.Place{}, "%s", message)
	}
}

func (s *suite) choose(o Options) {
	named := func(c *check, list []string) bool {
		return slices.Contains(list, c.name) || slices.Contains(list, c.base)
	}
	var keep func(i int)
	kept := make([]bool, len(s.checks))
	keep = func(i int) {
		if kept[i] || named(s.checks[i], o.Skip) {
			return
		}
		kept[i] = true
		for _, n := range s.checks[i].needs {
			keep(n)
		}
	}
	for i, c := range s.checks {
		wanted := len(o.Only) == 0 || named(c, o.Only)
		if len(o.Tags) > 0 {
			wanted = wanted && slices.ContainsFunc(c.settings.tags, func(t string) bool { return slices.Contains(o.Tags, t) })
		}
		if wanted {
			keep(i)
		}
	}
	for i, c := range s.checks {
		c.selected = kept[i]
	}
}
