-- Runs a check file again and again, and shows how it stands: a page, JSON, and metrics for Prometheus.
--
--   CHECKS=checks.yaml PORT=8080 assay examples/monitor/service.lua
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
local file = env.get("CHECKS", folder .. "/watched.yaml")
local page = folder .. "/page.html"
local last

local function watch()
  last = check.run(file)
  log.info("checked", {outcome = last.outcome, reason = last.reason})
end

local function metrics()
  local out = {"# TYPE assay_check_up gauge"}
  for _, c in ipairs(last and last.checks or {}) do
    local name = c.name:gsub("[\\\"]", "\\%0"):gsub("\n", "\\n")
    out[#out + 1] = ('assay_check_up{name="%s"} %d'):format(name, c.passed and 1 or 0)
    out[#out + 1] = ('assay_check_duration_seconds{name="%s"} %g'):format(name, c.duration_ms / 1000)
  end
  out[#out + 1] = "assay_run_up " .. (last and last.passed and 1 or 0)
  return {body = table.concat(out, "\n") .. "\n", headers = {["Content-Type"] = "text/plain; version=0.0.4"}}
end

async.spawn(watch)
async.spawn_interval(tonumber(env.get("EVERY", "30")), watch)

http.serve(tonumber(env.get("PORT", "0")), {GET = {
  ["/"] = function()
    local run = last or {checks = {}, reason = "nothing has been checked yet"}
    return {headers = {["Content-Type"] = "text/html; charset=utf-8"}, body = template.render(page, {run = run})}
  end,
  ["/status.json"] = function() return {status = last and 200 or 503, json = last or {outcome = "unknown"}} end,
  ["/metrics"] = metrics,
  ["/readyz"] = function() return {status = last and 200 or 503} end,
}}, {host = env.get("HOST", "127.0.0.1"), ready = true})
