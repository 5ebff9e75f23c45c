package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/parse"
)

// script is a text of about n lines.
func script(n int) string {
	var b strings.Builder
	for i := range n / 10 {
		fmt.Fprintf(&b, `-- Checks service number %[1]d.
local function check%[1]d(client, options)
  local r = client:get("/health/%[1]d", { timeout = options.timeout or 5, headers = { ["X-Id"] = "%[1]d" } })
  if r.status ~= 200 and not options.lenient then
    error("service %[1]d: " .. r.status .. " " .. r.body)
  end
  for i = 1, #options.list do total[i] = (total[i] or 0) + r.timings.total * 2 end
  return r, options[%[1]d]
end

`, i%190)
	}
	return b.String()
}

func BenchmarkParse5000Lines(b *testing.B) {
	text := script(5000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if tree := Parse(text); len(tree.Errors) > 0 {
			b.Fatal(tree.Errors)
		}
	}
}

func BenchmarkGopherLuaParse5000Lines(b *testing.B) {
	text := script(5000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse.Parse(strings.NewReader(text), ""); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseBroken5000Lines(b *testing.B) {
	text := strings.Replace(script(5000), "end\n", "\n", 1)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(text)
	}
}

func TestAllocations(t *testing.T) {
	text := script(5000)
	if got := testing.AllocsPerRun(5, func() { Parse(text) }); got > 40 {
		t.Errorf("Parse of 5,000 lines makes %v allocations, want at most 40", got)
	}
}
