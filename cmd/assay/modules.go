package main

import (
	"context"

	"assay.rs/check"
	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/mod-crypto"
	"assay.rs/mod-data/base64"
	"assay.rs/mod-data/json"
	"assay.rs/mod-data/regex"
	"assay.rs/mod-data/template"
	"assay.rs/mod-data/toml"
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
	all := append(prelude.Modules(),
		base64.New(),
		crypto.New(),
		db.New(db.Config{}),
		disk.New(),
		fs.New(),
		http.New(client),
		http.Prometheus(client),
		json.New(),
		regex.New(),
		stdio.New(),
		template.New(),
		toml.New(),
		yaml.New(),
		core.Module{Embedded: core.Embed("assay", stdlib.Files())},
	)
	return append(all, serving(listening)...)
}

// documented is every builtin that the documentation has: those of tests too.
func documented() []core.Module { return append(modules(), mock.New()) }

// checkTypes is every type of check of this binary.
func checkTypes() []check.Type {
	return append(check.Standard(modules), check.SQL(databases{}))
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
