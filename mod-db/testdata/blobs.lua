-- Keys of bytes that are by chance UTF-8, and of bytes that are not, are alike.
local c = db.connect("sqlite::memory:")
c:execute("create table keys (k blob primary key, note text) strict")
for _, key in ipairs{"\xff\x01", "\x41\x42", "text", ""} do c:execute("insert into keys values (?, ?)", {key, key == "" and "empty" or "x"}) end
print(c:query_one("select group_concat(typeof(k) || typeof(note), ' ') as t from keys").t) --> =blobtext blobtext blobtext blobtext
-- A row that another program has written is found by the bytes, and by what was read.
c:exec_script("create table t (id integer primary key, k blob, s text, untyped); insert into t (k, s) values (x'4142', 'AB'), (x'ff01', 'x')")
local function count(where, params, from) return c:query_one("select count(*) as n from " .. (from or "t") .. " where " .. where, params).n end
print(count("k = ?", {"\xff\x01"}), count("k = ?", {"AB"}), count("k = ?", {c:query_one("select k from t where id = 1").k})) --> =1 1 1
print(count("t.k == $1 and s = $2", {"AB", "AB"}), count("x.\"k\" is :k", {k = "AB"}, "t as x"), count("? = k", {"AB"}), count("[k] <> ?", {"AB"})) --> =1 1 1 1
print(count("k in (?, ?)", {"AB", "none"}), count("k not in (?)", {"AB"}), count("k >= ? and k < ?", {"AB", "AC"}), count("? < `t`.`k`", {"AB"})) --> =1 1 1 1
-- Text stays text: in other columns, in expressions, and where it is not known which column is meant.
print(count("s = ?", {"AB"}), count("s = ? and k is not null", {"AB"}), count("s in (?)", {"AB"}), count("k = 'AB'"), count("hex(k) = ?", {"4142"})) --> =1 1 1 0 1
print(count("k = ? || ''", {"AB"}), count("cast(k as text) = ?", {"AB"}), count("'?' = ? -- k = ?", {"?"})) --> =0 1 2
c:execute("create table other (k text)")
c:execute("insert into other values (?)", {"AB"})
print(count("other.k = ?", {"AB"}, "other"), count("other.k = ?", {"AB"}, "t, other")) --> =1 2
-- Inserts of any form, upserts and updates.
c:execute("insert into t (s, k) values (?, ?), ('y', ?)", {"one", "K1", "K2"})
c:execute("insert into t as u (id, k, s) values (100, :k, :k) on conflict (id) do nothing", {k = "both"})
c:execute("insert into t (id, k) values (101, ?) on conflict (id) do update set k = ?", {"K3", "K4"})
c:execute("insert into main.t (id, k) values (101, ?) on conflict (id) do update set k = ?, s = ?", {"K3", "K4", "S"})
c:execute("update t set k = ?, s = ? where k = ?", {"K5", "five", "K1"})
c:execute("insert into t values (102, ?, ?, ?)", {"K6", "S6", "U6"})
c:execute("replace into t values (103, ?, upper(?), ?)", {"K7", "s7", db.blob("U7")})
print(c:query_one("select group_concat(typeof(k) || ' ' || typeof(s) || ' ' || typeof(untyped), ', ') as t from t where id > 2 and id <> 100").t)
--> =blob text null, blob text null, blob text null, blob text text, blob text blob
-- One value for two columns is text when one of them is.
print(c:query_one("select typeof(k) as k, typeof(s) as s from t where id = 100").k) --> =text
-- db.blob says it where nothing else does.
print(db.blob("AB"), count("untyped = ?", {db.blob("U7")}), count("untyped = ?", {"U7"}), c:query_one("select typeof(?) as t", {db.blob("")}).t) --> =db.Blob: 2 bytes 1 0 blob
print(select(2, pcall(c.query, c, "select ?", {print}))) --> ~a function cannot be stored
-- The schema is looked at again when it changes, from here or elsewhere.
c:exec_script("drop table other; create table other (k blob)")
c:execute("insert into other values (?)", {"AB"})
print(c:query_one("select typeof(k) as t from other").t) --> =blob
c:exec_script("create view v as select k as renamed, s from t; create table g (a blob, b text as (hex(a)), c blob)")
c:execute("insert into g values (?, ?)", {"AB", "CD"})
print(count("renamed = ?", {"K6"}, "v"), c:query_one("select typeof(a) || typeof(c) || b as t from g").t) --> =1 blobblob4142
