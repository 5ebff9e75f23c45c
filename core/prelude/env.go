package prelude

import (
	"fmt"
	"slices"
	"strings"

	"assay.rs/core"
)

func envModule() core.Module {
	return core.Module{
		Name: "env", Doc: "Environment variables, as far as the script may see them.",
		Funcs: []core.Func{
			core.Fn2(core.Doc{
				Name: "get", Text: "Gives the value of an environment variable, or default when it is not set.",
				Needs: core.Env, Level: core.Check,
				Examples: []string{`local port = env.get("NO_SUCH_PORT", "8080")  assert.eq(port, "8080")`},
			},
				variable(), core.Opt("default", core.Nullable(core.String()), nil, "What to give when the variable is not set."),
				core.Returns(core.Nullable(core.String()), "The value; nil when the variable is not set and there is no default."), envGet),
			core.Fn2(core.Doc{
				Name: "set", Text: "Sets an environment variable for the rest of the script, or removes it. Other programs do not see that.",
				Needs: core.Env, Level: core.Script,
				Examples: []string{`env.set("STAGE", "test")  assert.eq(env.get("STAGE"), "test")`},
			},
				variable(), core.Opt("value", core.Nullable(core.String()), nil, "The new value; nil removes the variable."),
				core.ReturnsNothing(), envSet),
			core.Fn0(core.Doc{
				Name: "list", Text: "Lists the environment variables, sorted by name.",
				Needs: core.Env, Level: core.Script,
				Examples: []string{"env.set(\"STAGE\", \"test\")\nfor _, e in ipairs(env.list()) do\n  if e.key == \"STAGE\" then assert.eq(e.value, \"test\") end\nend"},
			},
				core.Returns(core.ListOf(envEntry()), "One table for each variable."), envList),
		},
	}
}

func variable() core.Param[string] {
	return core.Arg("name", core.String(), "The name of the variable.")
}

// entry is one environment variable.
type entry struct{ key, value string }

func envEntry() core.Type[entry] {
	return core.Record("env.Entry", "An environment variable.",
		core.NewKey("key", core.String(), func(e *entry) *string { return &e.key }, "Its name."),
		core.NewKey("value", core.String(), func(e *entry) *string { return &e.value }, "Its value."))
}

func envGet(c core.Call, name string, fallback *string) (*string, error) {
	if value, ok := c.Env(name); ok {
		return &value, nil
	}
	return fallback, nil
}

func envSet(c core.Call, name string, value *string) (core.None, error) {
	if name == "" || strings.ContainsAny(name, "=\x00") {
		return core.None{}, fmt.Errorf("argument 1 'name': %q cannot be the name of a variable", name)
	}
	c.SetEnv(name, value)
	return core.None{}, nil
}

func envList(c core.Call) ([]entry, error) {
	names := c.EnvNames()
	slices.Sort(names)
	entries := make([]entry, 0, len(names))
	for _, name := range names {
		if value, ok := c.Env(name); ok {
			entries = append(entries, entry{name, value})
		}
	}
	return entries, nil
}
