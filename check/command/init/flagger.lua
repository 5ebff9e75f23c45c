-- Runs a check file when it is asked to, and answers 200 when it passed and 500 when not. That is what a webhook of Flagger
-- wants; Argo Rollouts' web metric reads the document at /document.
--
--   CHECKS=checks.yaml PORT=8080 assay examples/flagger/service.lua
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
local file = env.get("CHECKS", folder .. "/gate.yaml")

-- The metadata of a webhook are vars of the file. Flagger sends texts alone.
local function run(vars)
  local r = check.run(file, {vars = vars, timeout = tonumber(env.get("TIMEOUT", "25"))})
  log.info("checked", {outcome = r.outcome, reason = r.reason})
  return r
end

http.serve(tonumber(env.get("PORT", "0")), {
  POST = {["/"] = function(req)
    local ok, call = pcall(req.json, req)
    if not ok or type(call) ~= "table" then return {status = 400, json = {error = "a JSON object is expected"}} end
    local r = run(call.metadata)
    return {status = r.passed and 200 or 500, json = {passed = r.passed, reason = r.reason}}
  end},
  GET = {
    ["/document"] = function(req)
      local vars = {}
      for name, values in pairs(req.query_values) do vars[name] = values[1] end
      return {json = run(vars)}
    end,
    ["/healthz"] = function() return {json = {status = "ok"}} end,
  },
}, {host = env.get("HOST", "127.0.0.1"), ready = true, max_body = 1 << 20})
