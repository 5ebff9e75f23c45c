package core_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// errShy is what a script can act on: it reads e.code.
var errShy = core.NewCode("greet.shy", "the greeter does not know the name")

// greeter is a module of one's own.
func greeter() core.Module {
	return core.Module{Name: "greet", Doc: "Greets.", Funcs: []core.Func{
		core.Fn1(core.Doc{Name: "hello", Text: "Greets somebody.", Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errShy}},
			core.Arg("name", core.String(), "Whom."), core.Returns(core.String(), "The greeting."),
			func(_ core.Call, name string) (string, error) {
				if name == "" {
					return "", errShy.Errorf("there is nobody")
				}
				return "hello " + name, nil
			}),
	}}
}

// A program compiles a script once, and runs it in a VM of its own each time.
func ExampleRuntime() {
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), greeter()), Policy: core.FullPolicy()})
	if err != nil {
		fmt.Println(err)
		return
	}
	chunk, err := core.Compile("hello.lua", []byte(`print(greet.hello(...))`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"you", "all"} {
		vm := rt.Open(core.Host{Stdout: os.Stdout})
		if err := vm.Run(context.Background(), chunk, name); err != nil {
			fmt.Println(err)
		}
		vm.Close()
	}
	// Output:
	// hello you
	// hello all
}

// An error of a builtin that ends a script keeps its code, and its place in the script.
func ExampleScriptError() {
	rt, err := core.New(core.Config{Modules: append(prelude.Modules(), greeter()), Policy: core.FullPolicy()})
	if err != nil {
		fmt.Println(err)
		return
	}
	chunk, err := core.Compile("hello.lua", []byte("local name = ''\ngreet.hello(name)"))
	if err != nil {
		fmt.Println(err)
		return
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	err = vm.Run(context.Background(), chunk)
	if builtin, ok := errors.AsType[*core.Error](err); ok {
		fmt.Println(builtin.Code == errShy, builtin.Where)
	}
	fmt.Println(err)
	// Output:
	// true hello.lua:2
	// greet.hello: there is nobody
}

// Time, memory and what may be touched are bounded for scripts that nobody has read.
func ExampleSandboxPolicy() {
	rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.SandboxPolicy(core.Destinations{})})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, source := range []string{`while true do end`, `local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end`, `os.exit(0)`} {
		chunk, err := core.Compile("strange.lua", []byte(source))
		if err != nil {
			fmt.Println(err)
			return
		}
		ctx, cancel := context.WithTimeoutCause(context.Background(), 5*time.Second, errors.New("time limit of 5s exceeded"))
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 16 << 20, Output: 1 << 20}})
		if source == `while true do end` {
			cancel() // as if the time were over
		}
		err = vm.Run(ctx, chunk)
		limit, isLimit := errors.AsType[*core.LimitError](err)
		fmt.Println(isLimit && limit.Memory > 0, errors.Is(err, context.Canceled), err != nil)
		vm.Close()
		cancel()
	}
	// Output:
	// false true true
	// true false true
	// false false true
}
