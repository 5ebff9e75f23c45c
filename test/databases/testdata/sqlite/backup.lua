local conn = db.connect(URL)
conn:exec_script("create table b (n int); insert into b values (1), (2)")
local copy = URL:gsub("^sqlite://", "") .. ".copy"
conn:backup(copy)
print(db.connect("sqlite://" .. copy .. "?mode=ro"):query_one("select count(*) as n from b").n) --> =2
print(pcall(conn.backup, conn, copy)) --> ~output file already exists
