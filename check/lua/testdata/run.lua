local function lua(name, source, more)
  local c = {name = name, type = "script", script = source}
  for k, v in pairs(more or {}) do c[k] = v end
  return c
end

-- The document is the one that is printed.
local r = check.run({name = "gate", checks = {lua("good", "assert(1 == 1)"), lua("bad", "assert.eq(1, 2)")}})
print(r.passed, r.outcome, r.exit_code, r.name, r.schema) --> =false	failed	1	gate	assay.check/v1
print(r.checks[1].name, r.checks[1].status, r.checks[2].status) --> =good	passed	failed
print(r.checks[2].message) --> ~assert.eq failed
print(r.summary.total, r.summary.passed, r.summary.failed) --> =2	1	1

-- Options choose, and set vars with the type that the file has.
local file = {vars = {limit = 1, name = "x"}, checks = {
  lua("limit", "assert.eq(env.get('LIMIT'), '5')", {env = {LIMIT = "${limit}"}, tags = {"a"}}),
  lua("name", "assert.eq(env.get('NAME'), 'y')", {env = {NAME = "${name}"}, tags = {"b"}})}}
print(check.run(file, {vars = {limit = 5, name = "y"}}).reason) --> ~2 checks passed
print(check.run(file, {tags = {"a"}, vars = {limit = 5}}).summary.deselected) --> =1
print(check.run(file, {only = {"name"}, vars = {name = "z"}}).outcome) --> =failed

-- Mistakes are in the document, too.
local wrong = check.run({checks = {{name = "x", type = "scrpt"}}})
print(wrong.passed, wrong.outcome, wrong.exit_code, wrong.errors[1].message) --> ~false	error	2	.*did you mean 'script'
print(check.run("absent.yaml").reason) --> ~absent.yaml: no such file
print(check.run(file, {vars = {limti = 1}}).reason) --> ~did you mean 'limit'
print(pcall(check.run, file, {vars = {limit = {}}})) --> ~a text, a number or a boolean expected
print(pcall(check.run, 1)) --> ~a path or a table expected

-- A run ends at its time.
local late = check.run({checks = {lua("endless", "while true do end")}}, {timeout = 0.2})
print(late.passed, late.outcome) --> =false	deadline

-- Runs of several tasks do not disturb each other.
local handles = {}
for i = 1, 8 do
  handles[i] = async.spawn(function()
    return check.run({vars = {n = 0}, checks = {lua("n", "assert.eq(env.get('N'), '" .. i .. "')", {env = {N = "${n}"}})}}, {vars = {n = i}})
  end)
end
local passed = 0
for i = 1, 8 do
  if handles[i].await()[1].passed then passed = passed + 1 end
end
print(passed) --> =8

-- A path is no text of a check file, and as long as a path may be.
print(pcall(check.run, ("n"):rep(5000))) --> ~a path of at most 4096 bytes expected, got 5000

-- merge joins the documents of shards, given as texts or as tables.
local doc = {schema = "assay.check/v1"}
print(pcall(check.merge, {doc})) --> ~document 1: not the document of a shard
print(pcall(check.merge, {'{"schema": "assay.check/v1"}{}'})) --> ~document 1: not a document of checks: something follows
print(pcall(check.merge, {})) --> ~no document to merge
print(pcall(check.merge, {1})) --> ~the text or the table of a document expected
