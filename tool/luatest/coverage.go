package luatest

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"assay.rs/core"
)

// Coverage gathers the lines of scripts that tests run: of the files that they require, and of no others. The zero value is
// ready for use.
type Coverage struct {
	mu    sync.Mutex
	files map[string]map[int]int // how often each line ran
}

// see is told by the tests that run at the same time.
func (c *Coverage) see(file string, line int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files == nil {
		c.files = make(map[string]map[int]int)
	}
	if c.files[file] == nil {
		c.files[file] = make(map[int]int)
	}
	c.files[file][line]++
}

// covered is a file with its lines that hold something to run.
type covered struct {
	name  string
	lines []int
	hits  map[int]int
	ran   int
}

// report reads the files again. Test files are left out, and so is what is no file, such as the modules of assay.
func (c *Coverage) report() []covered {
	c.mu.Lock()
	defer c.mu.Unlock()
	var files []covered
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		if strings.HasSuffix(name, suffix) {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		chunk, err := core.Compile(name, source)
		if err != nil {
			continue // it has changed meanwhile
		}
		file := covered{name: name, lines: chunk.Lines(), hits: c.files[name]}
		for _, line := range file.lines {
			if file.hits[line] > 0 {
				file.ran++
			}
		}
		files = append(files, file)
	}
	return files
}

// Text writes a line for each file, with the lines that did not run, and one for all.
func (c *Coverage) Text(w io.Writer) error {
	var b strings.Builder
	ran, all := 0, 0
	for _, file := range c.report() {
		ran, all = ran+file.ran, all+len(file.lines)
		fmt.Fprintf(&b, "%6s  %s", percent(file.ran, len(file.lines)), file.name)
		if missed := file.missed(); missed != "" {
			b.WriteString("  not run: " + missed)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "coverage: %s of lines (%d of %d)\n", percent(ran, all), ran, all)
	_, err := io.WriteString(w, b.String())
	return err
}

func percent(n, of int) string {
	if of == 0 {
		return "0.0%"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
}

// missed are the lines that did not run: "3, 7-9". Lines between them with nothing to run do not part them.
func (f covered) missed() string {
	var parts []string
	first, last := 0, 0
	end := func() {
		switch {
		case first == 0:
		case first == last:
			parts = append(parts, fmt.Sprint(first))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", first, last))
		}
		first = 0
	}
	for _, line := range f.lines {
		if f.hits[line] > 0 {
			end()
			continue
		}
		if first == 0 {
			first = line
		}
		last = line
	}
	end()
	return strings.Join(parts, ", ")
}

// LCOV writes what genhtml and services of CI read: the tracefile of geninfo(1).
func (c *Coverage) LCOV(w io.Writer) error {
	var b strings.Builder
	for _, file := range c.report() {
		fmt.Fprintf(&b, "TN:\nSF:%s\n", file.name)
		for _, line := range file.lines {
			fmt.Fprintf(&b, "DA:%d,%d\n", line, file.hits[line])
		}
		fmt.Fprintf(&b, "LF:%d\nLH:%d\nend_of_record\n", len(file.lines), file.ran)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
