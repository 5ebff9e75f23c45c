-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- statements are written safely
local postgres = require("assay.postgres")
assert.eq(postgres._quote_ident('a"b'), '"a""b"')
assert.eq(postgres._quote_literal("it's"), "'it''s'")
assert.eq(type(postgres.client), "function")
assert.eq(type(postgres.client_from_vault), "function")
