package prelude

import (
	"assay.rs/core"
	"assay.rs/core/inspect"
)

func inspectFunc() core.Func {
	return core.Fn1(core.Doc{
		Name: "inspect", Text: "Gives a value as a person would write it in Lua, to look at it: strings quoted, tables with their items, keys in order, " +
			"on one line where that fits. A table within itself is `<cycle>`; of a long one the first 100 items are shown, and about 64 KB in all. " +
			"To read values back, use `json.encode`.",
		Needs: core.Pure, Level: core.Check,
		Examples: []string{`assert.eq(inspect({1, "two", a = {b = true}}), '{1, "two", a = {b = true}}')`, "print(inspect(\"a\\nb\"))\n--> =\"a\\nb\""},
	},
		core.Arg("value", core.Any(), "Any value."), core.Returns(core.String(), "The text."), inspect.Show)
}
