package luatest

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/core/prelude"
)

func TestCoverage(t *testing.T) {
	dir := folder(t, map[string]string{
		"lib.lua":    "local M = {}\nfunction M.sign(n)\n  if n < 0 then\n    -- below\n    return -1\n  elseif n > 0 then\n    return 1\n  end\n  return 0\nend\nreturn M\n",
		"a_test.lua": "local lib = require('./lib')\nfunction test_a() assert.eq(lib.sign(2), 1) end\nfunction test_b() assert.eq(lib.sign(3), 1) end\n",
	})
	c := &Coverage{}
	s := Suite{Modules: prelude.Modules(), Files: []string{filepath.Join(dir, "a_test.lua")}, Coverage: c}
	if err := s.Run(t.Context(), func(r Result) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	short := func(b bytes.Buffer) string {
		return strings.ReplaceAll(b.String(), dir+string(filepath.Separator), "")
	}
	var text, lcov bytes.Buffer
	if err := c.Text(&text); err != nil {
		t.Fatal(err)
	}
	if got, want := short(text), " 75.0%  lib.lua  not run: 5, 9\ncoverage: 75.0% of lines (6 of 8)\n"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	if err := c.LCOV(&lcov); err != nil {
		t.Fatal(err)
	}
	got := short(lcov)
	for _, want := range []string{"TN:\nSF:lib.lua\n", "\nDA:5,0\n", "\nDA:7,2\n", "\nLF:8\nLH:6\nend_of_record\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the tracefile has no %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "a_test.lua") {
		t.Errorf("the tests themselves are covered:\n%s", got)
	}
}
