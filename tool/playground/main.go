// Command playground runs the script on standard input with the rights of `assay --sandbox` and the builtins that touch
// nothing outside. Compiled to WebAssembly it is what a browser runs: task playground.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/mod-crypto"
	"assay.rs/mod-data/base64"
	"assay.rs/mod-data/hex"
	"assay.rs/mod-data/json"
	"assay.rs/mod-data/regex"
	"assay.rs/mod-data/template"
	"assay.rs/mod-data/toml"
	"assay.rs/mod-data/url"
	"assay.rs/mod-data/xml"
	"assay.rs/mod-data/yaml"
)

const (
	timeLimit = 10 * time.Second
	memory    = 64 << 20
	output    = 1 << 20
	maxScript = 1 << 20
)

func main() {
	if err := run(os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		if script, ok := errors.AsType[*core.ScriptError](err); ok && script.Hint != "" {
			fmt.Fprintln(os.Stderr, "hint: "+script.Hint)
		}
		os.Exit(1)
	}
}

// modules are the builtins that touch nothing.
func modules() []core.Module {
	return append(prelude.Modules(),
		core.Later("base64", base64.New),
		core.Later("crypto", crypto.New),
		core.Later("hex", hex.New),
		core.Later("json", json.New),
		core.Later("regex", regex.New),
		core.Later("template", template.New),
		core.Later("toml", toml.New),
		core.Later("url", url.New),
		core.Later("xml", xml.New),
		core.Later("yaml", yaml.New))
}

func run(in io.Reader, out, logs io.Writer) error {
	source, err := io.ReadAll(io.LimitReader(in, maxScript))
	if err != nil {
		return err
	}
	chunk, err := core.Compile("script.lua", source)
	if err != nil {
		return err
	}
	rt, err := core.New(core.Config{Modules: modules(), Policy: core.SandboxPolicy(core.Destinations{})})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), timeLimit, fmt.Errorf("time limit of %s exceeded", timeLimit))
	defer cancel()
	none := func(string) (string, bool) { return "", false }
	vm := rt.Open(core.Host{
		Stdout: out, Stderr: logs, Log: slog.New(slog.NewTextHandler(logs, nil)), LookupEnv: none,
		Limits: core.Limits{Memory: memory, Output: output},
	})
	defer vm.Close()
	return vm.Run(ctx, chunk)
}
