package core_test

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core"
)

// A program that embeds gopher-lua already gets single modules into its own Lua state.
func ExamplePreload() {
	greet := core.Module{Name: "greet", Doc: "Greets.", Funcs: []core.Func{
		core.Fn2(core.Doc{Name: "hello", Text: "Greets somebody.", Needs: core.Pure, Level: core.Check},
			core.Arg("name", core.String(), "Whom."),
			core.Opt("times", core.Int(), 1, "How often."),
			core.Returns(core.String(), "The greeting."),
			func(_ core.Call, name string, times int) (string, error) {
				return strings.TrimSpace(strings.Repeat("hello "+name+" ", times)), nil
			}),
	}}

	L := lua.NewState()
	defer L.Close()
	vm, err := core.Preload(L, core.FullPolicy(), core.Host{}, greet)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer vm.Close()
	err = L.DoString(`
		print(greet.hello("world"))
		print(greet.hello("you", 2))
		print(pcall(greet.hello))`)
	fmt.Println(err)
	// Output:
	// hello world
	// hello you hello you
	// false	greet.hello: argument 1 'name': string expected, got no value
	// <nil>
}
