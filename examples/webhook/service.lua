-- Receives webhooks: checks the signature, takes each delivery once, and answers before the work is done.
--
--   SECRET=... PORT=8080 assay examples/webhook/service.lua
local secret = assert(env.get("SECRET"), "SECRET is not set")
local seen, done = {}, {}

-- The signature is "sha256=" and the HMAC of the body, as GitHub sends it.
local function signed(req)
  local given = req.headers["x-hub-signature-256"] or ""
  return crypto.equal(given, "sha256=" .. crypto.hmac(secret, req.body))
end

local function work(id, event)
  sleep(0.05) -- what takes its time
  done[id] = event.action
  log.info("done", {delivery = id, action = event.action})
end

http.serve(tonumber(env.get("PORT", "0")), {
  POST = {["/hook"] = function(req)
    if not signed(req) then return {status = 401, json = {error = "bad signature"}} end
    local id = req.headers["x-github-delivery"]
    if not id then return {status = 400, json = {error = "no X-GitHub-Delivery"}} end
    local ok, event = pcall(req.json, req)
    if not ok then return {status = 400, json = {error = event.message}} end
    if seen[id] then return {json = {status = "seen before"}} end
    seen[id] = true
    async.spawn(work, id, event)
    return {status = 202, json = {status = "accepted"}}
  end},
  GET = {["/done/{id}"] = function(req)
    local action = done[req.params.id]
    return action and {json = {action = action}} or {status = 404}
  end},
}, {host = "127.0.0.1", ready = true, max_body = 1 << 20})
