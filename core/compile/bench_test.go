package compile

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// hundred is a chunk of about 10 KB with 100 functions.
func hundred() string {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "function check%d(client, limit)\n  local r = client:get(\"/v%d\")\n"+
			"  if r.status > limit then return nil, \"bad: \" .. r.status end\n  return r\nend\n", i, i)
	}
	return b.String()
}

func BenchmarkHundredFunctions(b *testing.B) {
	for name, text := range map[string]string{"10KB": hundred(), "tiny": "print('hello')", "one": "local t = {} for i = 1, 10 do t[i] = i * 2 end return t"} {
		b.Run(name+"/ours", func(b *testing.B) {
			src := []byte(text)
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Source("x", src, Options{GuardConcat: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/gopher-lua", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				chunk, err := parse.Parse(strings.NewReader(text), "x")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := lua.Compile(chunk, "x"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
