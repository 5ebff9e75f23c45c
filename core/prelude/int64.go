package prelude

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"assay.rs/core"
	"assay.rs/core/internal/literal"
)

func int64Func() core.Func {
	return core.Fn1(core.Doc{
		Name: "int64", Text: "Gives an integer of 64 bits, exact where a number is not: beyond 2^53 in either direction. A smaller one is a plain number.",
		Needs: core.Pure, Level: core.Check,
		Examples: []string{`assert.eq(tostring(int64("9007199254740993")), "9007199254740993")`},
	},
		core.Arg("value", integerText(), `A whole number, or the text of one: "42", "-7", "0xff".`),
		core.Returns(core.Integer(), "The integer."),
		func(_ core.Call, n int64) (int64, error) { return n, nil })
}

func integerText() core.Type[int64] {
	return core.Custom(core.AnyOf("integer", "string"), func(_ core.Call, v core.Value) (int64, error) {
		if v.Kind() == core.KindString {
			s, _ := v.Text()
			return parseInteger(s)
		}
		if n, ok := v.Integer(); ok {
			return n, nil
		}
		f, ok := v.Number()
		switch {
		case !ok:
			return 0, fmt.Errorf("integer or text expected, got %s", v.TypeName())
		case f != math.Trunc(f) || f < -1<<63 || f >= 1<<63:
			return 0, fmt.Errorf("%s is not an integer of 64 bits", literal.Number(f))
		}
		return int64(f), nil
	}, func(c core.Call, n int64) core.Value { return c.Integer(n) })
}

// parseInteger reads what Lua reads as an integer: decimal digits, or hexadecimal ones after 0x.
func parseInteger(text string) (int64, error) {
	s := strings.ToLower(strings.Trim(text, luaSpace))
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", rest
	}
	base := 10
	if rest, ok := strings.CutPrefix(s, "0x"); ok {
		base, s = 16, rest
	}
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") {
		s = "" // a second sign
	}
	n, err := strconv.ParseInt(sign+s, base, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not an integer of 64 bits", text)
	}
	return n, nil
}
