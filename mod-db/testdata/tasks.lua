-- Many tasks share a connection, and the connection of a transaction.
local conn = db.connect("sqlite://" .. DIR .. "/tasks.db", {max_conns = 4})
conn:execute("create table t (task int, n int)")
local function all(count, f)
  local tasks = {}
  for i = 1, count do tasks[i] = async.spawn(f, i) end
  async.all(tasks)
end
all(20, function(task)
  for n = 1, 10 do
    conn:execute("insert into t values (?, ?)", {task, n})
    assert.is_true(conn:query_one("select count(*) as n from t").n > 0)
  end
end)
print(conn:query_one("select count(*) as n from t").n) --> =200
conn:tx(function(tx)
  all(20, function(task) tx:execute("delete from t where task = ?", {task}) end)
  print(tx:query_one("select count(*) as n from t").n, conn:query_one("select count(*) as n from t").n) --> =0 200
end)
print(conn:query_one("select count(*) as n from t").n) --> =0
-- A task that is cancelled in a transaction leaves nothing behind.
local inside = false
local task = async.spawn(function()
  conn:tx(function(tx)
    tx:execute("insert into t values (1, 1)")
    inside = true
    sleep(60)
  end)
end)
while not inside do sleep(0.001) end
task:cancel()
conn:execute("insert into t values (2, 2)")
print(conn:query_one("select group_concat(task) as t from t").t) --> =2
-- A connection that a task has opened ends with it.
local kept
async.spawn(function() kept = db.connect("sqlite::memory:") kept:query("select 1") end):await()
print(select(2, pcall(kept.query, kept, "select 1")).code) --> =db.closed
