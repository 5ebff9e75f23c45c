-- Metrics of a job, pushed to the server arg[1] as its documentation has it: PUT replaces a group, POST merges, DELETE forgets.
local function group(job, labels)
  local path = arg[1] .. "/metrics/job@base64/" .. base64.url_encode(job)
  for name, value in pairs(labels or {}) do path = path .. "/" .. name .. "@base64/" .. base64.url_encode(value) end
  return path
end
local text = {headers = {["content-type"] = "text/plain; version=0.0.4"}}
local nightly = group("nightly/backup é", {instance = "db/1 a+b"})
assert.eq(http.put(nightly, "# TYPE rows counter\nrows 12\n# TYPE last_success gauge\nlast_success " .. math.floor(time()) .. "\n", text).status, 200)
local function pushed()
  local of = {}
  for _, g in ipairs(http.get(arg[1] .. "/api/v1/metrics"):json().data) do
    if g.labels.job == "nightly/backup é" then of = g end
  end
  return of
end
assert.eq(pushed().labels, {job = "nightly/backup é", instance = "db/1 a+b"})
assert.eq(pushed().rows.metrics[1].value, "12")
assert.eq(http.post(nightly, "# TYPE rows counter\nrows 13\n", text).status, 200)
assert.eq({pushed().rows.metrics[1].value, pushed().last_success ~= nil}, {"13", true})
assert.eq(http.put(nightly, "# TYPE rows counter\nrows 14\n", text).status, 200)
assert.eq({pushed().rows.metrics[1].value, pushed().last_success}, {"14"})
assert.contains(http.get(arg[1] .. "/metrics").body, 'rows{instance="db/1 a+b",job="nightly/backup é"} 14')
assert.eq(http.put(nightly, "rows twelve\n", text).status, 400)
assert.eq(http.delete(nightly).status, 202)
assert.eq(pushed(), {})
