// Command assay runs check files and Lua scripts.
//
// This file is the list of what the binary is made of; the command line is the package tool/cli. To build an assay of
// your own, with builtins of your own, see docs/extend/embed.md.
package main

import (
	"assay.rs/check"
	kubelua "assay.rs/check/kube/lua"
	checklua "assay.rs/check/lua"
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
	"assay.rs/mod-db"
	"assay.rs/mod-fs"
	"assay.rs/mod-fs/disk"
	"assay.rs/mod-fs/stdio"
	"assay.rs/mod-http"
	"assay.rs/stdlib"
	"assay.rs/tool/cli"
)

func main() { cli.Main(assay()) }

// assay is what the binary is made of.
func assay() cli.Program {
	return cli.Program{Modules: modules, Types: types, Lua: stdlib.Specs}
}

// modules is every builtin.
func modules(s cli.Setting) []core.Module {
	client := http.Config{Answer: s.Answer}
	return append(prelude.Modules(),
		core.Later("base64", base64.New),
		core.Later("check", func() core.Module { return checklua.New(checklua.Config{Types: s.Types, Start: s.Start}) }),
		core.Later("crypto", crypto.New),
		core.Later("db", func() core.Module { return db.New(db.Config{}) }),
		core.Later("disk", disk.New),
		core.Later("fs", fs.New),
		core.Later("hex", hex.New),
		core.Later("http", func() core.Module { return http.New(client) }),
		core.Later("prometheus", func() core.Module { return http.Prometheus(client) }),
		core.Later("json", json.New),
		core.Later("kube", kubelua.New),
		core.Later("regex", regex.New),
		core.Later("io", stdio.New),
		core.Later("os", stdio.OS),
		core.Later("template", template.New),
		core.Later("toml", toml.New),
		core.Later("url", url.New),
		core.Later("xml", xml.New),
		core.Later("yaml", yaml.New),
		core.Module{Embedded: core.Embed("assay", stdlib.Files())},
		core.LaterAll(func() []core.Module { return serving(s.Listening) }, "http", "ws"),
	)
}

// types is every type of check.
func types(modules []core.Module) []check.Type {
	return append(check.Standard(modules...), check.SQL(databases{}))
}
