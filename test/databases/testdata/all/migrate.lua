local conn = db.connect(URL)
local function code(...) local ok, e = pcall(...) assert(not ok) return e.code or tostring(e) end
local first = conn:migrate("testdata/migrations/good")
print(table.concat(first.applied, " "), first.version) --> =0001_people.sql 0002_index.up.sql 10_more.sql 10
print(conn:query_one("select count(*) as n from people").n) --> =2
local again = db.migrate(conn, "testdata/migrations/good")
print(#again.applied, again.version) --> =0 10
print(code(conn.migrate, conn, "testdata/migrations/changed")) --> ~0001_people.sql was changed after it had been run
print(code(conn.migrate, conn, "testdata/migrations/late")) --> ~0003_late.sql is new, but number 10 has been run
local ok, e = pcall(conn.migrate, conn, "testdata/migrations/broken")
print(e.code, e) --> ~^db.syntax.*0011_broken.sql: statement 2, line 3: .*nowhere
-- MySQL commits when a table is made; elsewhere all of the file is undone.
print(DB == "mariadb" or code(conn.query, conn, "select * from half") == "db.syntax") --> =true
print(code(conn.migrate, conn, "testdata/migrations/none")) --> ~testdata/migrations/none: no such file
