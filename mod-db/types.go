package db

import (
	"strings"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// exampleConn is what the examples of statements begin with.
const exampleConn = `local conn = db.connect("sqlite::memory:")
conn:exec_script("create table people (name text, age int); insert into people values ('ada', 36), ('bob', 20)")
`

// replaceCall writes the call of an example, where CALL stands for it.
func replaceCall(example, call string) string {
	text := strings.ReplaceAll(example, "CALL", call)
	return strings.ReplaceAll(text, ", )", ")") // a call without further arguments
}

func scalarSpec(name string) spec.Type { return spec.Type{Kind: spec.Scalar, Name: name} }

func rowCallback() core.Type[core.Callback] {
	return core.CallbackType(
		[]spec.Param{{Name: "row", Type: anyRow(), Text: "The row, by column."}},
		spec.Return{Type: scalarSpec("boolean"), Text: "false to stop."})
}

func txCallback(core.Type[*Conn]) core.Type[core.Callback] {
	return core.CallbackType(
		[]spec.Param{{Name: "tx", Type: spec.Type{Kind: spec.Ref, Name: "db.Conn"}, Text: "The transaction."}},
		spec.Return{Type: scalarSpec("any"), Text: "What tx returns.", Rest: true})
}

// isolations are the levels of the SQL standard.
func isolations() []string {
	return []string{"read uncommitted", "read committed", "repeatable read", "serializable"}
}

func txOptionsType() core.Type[txOptions] {
	return core.Record("db.TxOptions", "How a transaction runs.",
		core.NewKey("isolation", core.Enum(isolations()...), func(o *txOptions) *string { return &o.isolation },
			"What it sees of others; without it, the default of the database. SQLite is always serializable."),
		core.NewKey("read_only", core.Bool(), func(o *txOptions) *bool { return &o.readOnly }, "It only reads.").Default("false"),
		core.NewKey("retry", retryType(), func(o *txOptions) **core.Retry { return &o.retry },
			"Run fn again when another transaction got in the way; unless `on` says otherwise, after no other error."))
}

// retryType is a table of retry options, or nil for one attempt.
func retryType() core.Type[*core.Retry] { return core.Nullable(core.RetryOptions()) }
