package prelude

import (
	"fmt"
	"io"
	"log/slog"

	"assay.rs/core"
)

func printFunc() core.Func {
	return core.FnRest(core.Doc{
		Name: "print", Text: "Writes its arguments as `tostring` gives them, with tabs between, as one line: to standard output in scripts, to the log in checks.",
		Needs: core.Log, Level: core.Check,
		Examples: []string{"print(\"ready\", 3, nil)\n--> =ready\t3\tnil"},
	},
		core.NoArg(), core.Rest("values", core.Any(), "What to write."), core.ReturnsNothing(), printLine)
}

func printLine(c core.Call, _ core.None, values []core.Value) (core.None, error) {
	line := c.Buffer()
	for i, v := range values {
		if i > 0 {
			if _, err := line.WriteString("\t"); err != nil {
				return core.None{}, err
			}
		}
		if _, err := line.WriteString(c.ToString(v)); err != nil {
			return core.None{}, err
		}
	}
	out := c.Stdout()
	if out == nil {
		return core.None{}, record(c, slog.LevelInfo, line.String(), nil)
	}
	if _, err := line.WriteString("\n"); err != nil {
		return core.None{}, err
	}
	if err := c.Output(line.Len()); err != nil {
		return core.None{}, err
	}
	// One write, so that lines of several tasks do not mix.
	if _, err := io.WriteString(out, line.String()); err != nil {
		return core.None{}, fmt.Errorf("write to standard output: %w", err)
	}
	return core.None{}, nil
}
