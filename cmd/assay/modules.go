package main

import (
	"context"
	"fmt"

	"assay.rs/check"
	kubelua "assay.rs/check/kube/lua"
	checklua "assay.rs/check/lua"
	"assay.rs/core"
	"assay.rs/core/luadoc"
	"assay.rs/core/prelude"
	"assay.rs/core/spec"
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
	"assay.rs/tool/mock"
)

// modules is every builtin of this binary.
func modules() []core.Module { return modulesWith(http.Config{}, nil) }

// modulesWith is modules with a client for http, and servers that tell where they listen.
func modulesWith(client http.Config, listening func(url string)) []core.Module {
	return append(prelude.Modules(),
		core.Later("base64", base64.New),
		core.Later("check", func() core.Module { return checklua.New(checklua.Config{Types: checkTypes, Start: startFixture}) }),
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
		core.LaterAll(func() []core.Module { return serving(listening) }, "http", "ws"),
	)
}

// documented is what the documentation has: every builtin, those of tests too, and the Lua modules.
func documented() ([]spec.Module, error) {
	embedded, err := stdlib.Specs()
	if err != nil {
		return nil, fmt.Errorf("embedded modules: %w", err)
	}
	return append(core.Specs(append(modules(), mock.New())...), embedded...), nil
}

// explained is all that assay doc knows: Lua's own library too.
func explained() ([]spec.Module, error) {
	specs, err := documented()
	if err != nil {
		return nil, err
	}
	lua, err := luadoc.Specs()
	if err != nil {
		return nil, err
	}
	return luadoc.Join(specs, lua), nil
}

// checkTypes is every type of check of this binary.
func checkTypes() []check.Type {
	return append(check.Standard(modules()...), check.SQL(databases{}))
}

// databases is how checks of the type sql reach theirs.
type databases struct{}

// Query implements [check.Database].
func (databases) Query(ctx context.Context, url, query string) (check.Rows, error) {
	answer, err := db.Query(ctx, core.FullPolicy(), url, query)
	if err != nil {
		return check.Rows{}, err
	}
	rows := check.Rows{Count: answer.Rows}
	if len(answer.First) > 0 {
		rows.Value = answer.First[0]
	}
	return rows, nil
}
