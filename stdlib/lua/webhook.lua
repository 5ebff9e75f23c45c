--- Sends webhooks that are signed, and judges those that come.
---
---     local webhook = require("assay.webhook")
---     webhook.send("https://example.com/hooks", {event = "deployed"}, {secret = env.get("HOOK_SECRET")})
---
--- Two ways to sign are known: "github", the header X-Hub-Signature-256 over the body, and "standard", the headers webhook-id,
--- webhook-timestamp and webhook-signature of Standard Webhooks (https://www.standardwebhooks.com), whose secrets begin with
--- "whsec_". An answer with another status than 2xx raises an error with `code` ("webhook.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias webhook.code
---| "webhook.http" # The server answered with a failure; e.status and e.body have it.
---| "webhook.signature" # What came was not signed with the secret, or is too old.

---@class webhook.Options
---@field secret? string What it is signed with; without it, it is not signed.
---@field scheme? "github"|"standard" How; "standard" for secrets that begin with "whsec_", else "github", unless given.
---@field id? string Of the message, of "standard": the same when it is sent again. A new one unless given.
---@field at? number When it is signed, in seconds since 1970; now unless given.
---@field headers? table<string, string> More of them.
---@field timeout? number Seconds, and other options of http.request, such as retry; and http, a client of http.client.

local function scheme_of(o) return o.scheme or (o.secret or ""):find("^whsec_") and "standard" or "github" end

local function key_of(secret)
  local encoded = secret:match("^whsec_(.*)$")
  return encoded and base64.decode(encoded) or secret
end

--- Makes the headers that sign a body.
---
---     local headers = webhook.sign(body, {secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
---     print(headers["webhook-signature"])
---@param body string
---@param options webhook.Options secret, scheme and id.
---@return table<string, string> headers In lower case.
function M.sign(body, options)
  if scheme_of(options) == "github" then return { ["x-hub-signature-256"] = "sha256=" .. crypto.hmac(options.secret, body, "sha256") } end
  local id, at = options.id or "msg_" .. crypto.uuid(), tostring(math.floor(options.at or time()))
  local signature = base64.encode(crypto.hmac(key_of(options.secret), id .. "." .. at .. "." .. body, "sha256", true))
  return { ["webhook-id"] = id, ["webhook-timestamp"] = at, ["webhook-signature"] = "v1," .. signature }
end

--- Sends a webhook.
---
---     webhook.send(url, {event = "deployed", version = "1.2"}, {secret = secret, retry = {attempts = 5, on = function(r) return r.status >= 500 end}})
---@param url string
---@param payload table|string A table is sent as JSON.
---@param options webhook.Options?
---@return http.Response
function M.send(url, payload, options)
  local o = options or {}
  local body = type(payload) == "table" and json.encode(payload) or payload
  local headers = { ["content-type"] = type(payload) == "table" and "application/json" or nil }
  for name, value in pairs(o.headers or {}) do headers[name:lower()] = value end
  for name, value in pairs(o.secret and M.sign(body, o) or {}) do headers[name] = value end
  local r = rest.client("webhook", url, rest.without(o, "secret", "scheme", "id", "headers", "at"))
  local response = r:at(url):send("POST", "", { body = body, headers = headers })
  if not response.ok then r:refuse("send", response) end
  return response
end

--- Judges a webhook that came: raises unless it was signed with the secret, and, of "standard", not more than five minutes ago
--- or ahead.
---
---     http.serve(8080, {POST = {["/hook"] = function(req)
---       webhook.verify(req.body, req.headers, {secret = env.get("HOOK_SECRET")})
---       return {status = 204}
---     end}})
---@param body string As it came, before it is parsed.
---@param headers table<string, string> Names in lower case.
---@param options {secret: string, scheme: "github"|"standard"|nil, tolerance: number?}? tolerance: seconds, 300 unless given.
---@return boolean # true
function M.verify(body, headers, options)
  local function refuse(why) rest.fail("webhook.signature", "webhook.verify: " .. why) end
  if scheme_of(options) == "github" then
    local sent = headers["x-hub-signature-256"] or refuse("there is no header x-hub-signature-256")
    if not crypto.equal(sent, "sha256=" .. crypto.hmac(options.secret, body, "sha256")) then refuse("the signature is not of this body and secret") end
    return true
  end
  local id, at, sent = headers["webhook-id"], tonumber(headers["webhook-timestamp"]), headers["webhook-signature"]
  if not (id and at and sent) then refuse("there are no headers webhook-id, webhook-timestamp and webhook-signature") end
  if math.abs(time() - at) > (options.tolerance or 300) then refuse("it is of another time") end
  local want = M.sign(body, { secret = options.secret, scheme = "standard", id = id, at = at })["webhook-signature"]
  for one in sent:gmatch("%S+") do
    if crypto.equal(one, want) then return true end
  end
  refuse("the signature is not of this body and secret")
end

return M
