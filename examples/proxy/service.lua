-- Stands before an API: adds a token that clients do not know, keeps answers for a moment, and gives up
-- on an upstream that takes too long.
--
--   UPSTREAM=https://api.example.com TOKEN=... PORT=8080 assay examples/proxy/service.lua
local upstream = assert(env.get("UPSTREAM"), "UPSTREAM is not set")
local token, ttl = env.get("TOKEN", ""), tonumber(env.get("TTL", "2"))
local client = http.client{timeout = 5, headers = {Authorization = "Bearer " .. token}, retry = {attempts = 3, initial = 0.05}}
local kept = {}

local function pass(req)
  local target = upstream .. req.path:gsub("^/api", "")
  if req.query ~= "" then target = target .. "?" .. req.query end
  local old = kept[target]
  if req.method == "GET" and old and time.monotonic() < old.until_ then
    old.answer.headers["X-Cache"] = "hit"
    return old.answer
  end
  local ok, r = pcall(client.request, client, {
    method = req.method, url = target, body = req.method ~= "GET" and req.body or nil, headers = {["X-Request-Id"] = req.id},
  })
  if not ok then
    log.error("upstream", {request = req.id, error = tostring(r)})
    return {status = 502, json = {error = "upstream does not answer", request = req.id}}
  end
  local answer = {status = r.status, body = r.body, headers = {["Content-Type"] = r.headers["content-type"], ["X-Cache"] = "miss"}}
  if req.method == "GET" and r.ok then kept[target] = {answer = answer, until_ = time.monotonic() + ttl} end
  return answer
end

http.serve(tonumber(env.get("PORT", "0")), {["*"] = {["/api/*"] = pass}}, {host = "127.0.0.1", ready = true, request_id = true})
