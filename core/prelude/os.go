package prelude

import (
	"errors"
	"os"
	"runtime"

	"assay.rs/core"
)

func osModule() core.Module {
	return core.Module{
		Name: "os", Doc: "The system that the script runs on, besides what Lua's os has: time, date, clock and difftime.",
		Funcs: []core.Func{
			core.Fn1(core.Doc{
				Name: "getenv", Text: "Gives the value of an environment variable.", Needs: core.Env, Level: core.Script,
				Examples: []string{`assert.is_nil(os.getenv("NO_SUCH_VARIABLE"))`},
			},
				variable(), core.Returns(core.Nullable(core.String()), "The value, or nil when the variable is not set."),
				func(c core.Call, name string) (*string, error) { return envGet(c, name, nil) }),
			core.Fn1(core.Doc{
				Name: "exit", Text: "Ends the script. What it has open is closed first.", Needs: core.Exec, Level: core.Script,
				Examples: []string{`if env.get("DRY_RUN") then os.exit(0) end`},
			},
				core.Opt("status", exitStatus(), 0, "The exit status; true is 0 and false is 1.").Default("0"),
				core.ReturnsNothing(),
				func(c core.Call, status int) (core.None, error) { return core.None{}, c.Exit(status) }),
			core.Fn0(core.Doc{
				Name: "hostname", Text: "Gives the name of the host, which in a pod is the pod's name.", Needs: core.Env, Level: core.Check,
				Examples: []string{`assert.type(os.hostname(), "string")`},
			},
				core.Returns(core.String(), "The name."), func(core.Call) (string, error) { return os.Hostname() }),
			core.Fn0(core.Doc{
				Name: "arch", Text: "Gives the kind of processor.", Needs: core.Pure, Level: core.Check,
				Examples: []string{`assert.type(os.arch(), "string")`},
			},
				core.Returns(core.String(), `"x86_64", "aarch64", or what else Go calls it.`),
				func(core.Call) (string, error) { return arch(runtime.GOARCH), nil }),
			core.Fn0(core.Doc{
				Name: "platform", Text: "Gives the operating system.", Needs: core.Pure, Level: core.Check,
				Examples: []string{`assert.type(os.platform(), "string")`},
			},
				core.Returns(core.String(), `"linux", "macos", or what else Go calls it.`),
				func(core.Call) (string, error) { return platform(runtime.GOOS), nil }),
		},
	}
}

var errStatus = errors.New("status from 0 to 255 expected, or a boolean")

// exitStatus is a status from 0 to 255, or a boolean.
func exitStatus() core.Type[int] {
	return core.Custom(core.AnyOf("integer", "boolean"), func(_ core.Call, v core.Value) (int, error) {
		switch n, ok := v.Integer(); {
		case ok && n >= 0 && n <= 255:
			return int(n), nil
		case v.Kind() != core.KindBool:
			return 0, errStatus
		case v.Bool():
			return 0, nil
		}
		return 1, nil
	}, func(_ core.Call, n int) core.Value { return core.NumberValue(float64(n)) })
}

func arch(goarch string) string {
	switch goarch {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	}
	return goarch
}

func platform(goos string) string {
	if goos == "darwin" {
		return "macos"
	}
	return goos
}
