--- Raises and resolves incidents of PagerDuty, and reads who is on call.
---
---     local pagerduty = require("assay.pagerduty")
---     local key = pagerduty.trigger(env.get("ROUTING_KEY"), {summary = "shop is down", severity = "critical", dedup_key = "shop-down"})
---     pagerduty.resolve(env.get("ROUTING_KEY"), key)
---
--- Functions of the module send events (Events API v2); a client asks the REST API. An answer with another status than 2xx raises
--- an error with `code` ("pagerduty.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias pagerduty.code
---| "pagerduty.http" # The server answered with a failure; e.status and e.body have it.
---| "pagerduty.answer" # The answer is no JSON.

---@class pagerduty.Event
---@field summary string What is wrong, in a line.
---@field source? string Where; the name of the host unless given.
---@field severity? "critical"|"error"|"warning"|"info" "error" unless given.
---@field dedup_key? string Events with the same one are one incident.
---@field component? string What part.
---@field group? string Of what.
---@field class? string What kind of event.
---@field custom_details? table Anything more.
---@field links? {href: string, text: string?}[] Where to look.

---@class pagerduty.Options
---@field url? string Another server.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

--- Who asks the REST API.
---@class pagerduty.Client
local Client = {}
Client.__index = Client

local function event(operation, path, body, options)
  local o = options or {}
  local r = rest.client("pagerduty", o.url or "https://events.pagerduty.com", rest.without(o, "url"))
  return (r:call(operation, "POST", path, { body = body, ok = "2xx" }))
end

local function source() return os and os.hostname and os.hostname() or "assay" end

--- Raises an incident, or adds to the one with the same dedup_key.
---
---     local key = pagerduty.trigger(routing_key, {summary = "certificate ends in 3 days", severity = "warning", dedup_key = "cert-web"})
---@param routing_key string Of an integration.
---@param given pagerduty.Event
---@param options pagerduty.Options?
---@return string dedup_key For acknowledge and resolve.
function M.trigger(routing_key, given, options)
  local payload = rest.without(given, "dedup_key", "links")
  payload.source, payload.severity = payload.source or source(), payload.severity or "error"
  local answer = event("trigger", "/v2/enqueue", {
    routing_key = routing_key, event_action = "trigger", dedup_key = given.dedup_key, links = given.links, payload = payload,
  }, options)
  return answer and answer.dedup_key or given.dedup_key
end

--- Says that somebody works on an incident.
---
---     pagerduty.acknowledge(routing_key, "cert-web")
---@param routing_key string
---@param dedup_key string
---@param options pagerduty.Options?
function M.acknowledge(routing_key, dedup_key, options)
  event("acknowledge", "/v2/enqueue", { routing_key = routing_key, event_action = "acknowledge", dedup_key = dedup_key }, options)
end

--- Ends an incident.
---
---     pagerduty.resolve(routing_key, "cert-web")
---@param routing_key string
---@param dedup_key string
---@param options pagerduty.Options?
function M.resolve(routing_key, dedup_key, options)
  event("resolve", "/v2/enqueue", { routing_key = routing_key, event_action = "resolve", dedup_key = dedup_key }, options)
end

--- Tells of a change, such as a deployment, which alerts nobody.
---
---     pagerduty.change(routing_key, {summary = "deployed shop 1.2", custom_details = {version = "1.2"}})
---@param routing_key string
---@param given {summary: string, source: string?, custom_details: table?, links: table[]?}
---@param options pagerduty.Options?
function M.change(routing_key, given, options)
  local payload = rest.without(given, "links")
  payload.source, payload.timestamp = payload.source or source(), time.format(math.floor(time()))
  event("change", "/v2/change/enqueue", { routing_key = routing_key, payload = payload, links = given.links }, options)
end

--- Makes a client of the REST API. Nothing is asked yet.
---
---     local client = pagerduty.client(env.get("PAGERDUTY_TOKEN"))
---@param token string Of the REST API.
---@param options pagerduty.Options?
---@return pagerduty.Client
function M.client(token, options)
  local o = options or {}
  local r = rest.client("pagerduty", o.url or "https://api.pagerduty.com", rest.without(o, "url"), function()
    return { authorization = "Token token=" .. token, accept = "application/vnd.pagerduty+json;version=2" }
  end)
  return setmetatable({ rest = r }, Client)
end

-- Reads a list over all its pages, or one when query has a limit.
local function pages(self, operation, path, query, items)
  local all, q = json.array(), rest.without(query)
  repeat
    local answer = self.rest:call(operation, "GET", path, { query = q })
    for _, item in ipairs(answer[items] or {}) do table.insert(all, item) end
    q.offset = (answer.offset or 0) + #(answer[items] or {})
  until not answer.more or query and query.limit or #(answer[items] or {}) == 0
  return all
end

--- Lists incidents.
---
---     for _, i in ipairs(client:incidents{["statuses[]"] = {"triggered", "acknowledged"}}) do print(i.title) end
---@param query table? As the API has it; limit: one page of at most so many.
---@return table[]
function Client:incidents(query) return pages(self, "incidents", "/incidents", query, "incidents") end

--- Lists who is on call.
---
---     for _, o in ipairs(client:oncalls{["escalation_policy_ids[]"] = {"P1"}, earliest = true}) do print(o.user.summary) end
---@param query table? As the API has it; limit: one page of at most so many.
---@return table[]
function Client:oncalls(query) return pages(self, "oncalls", "/oncalls", query, "oncalls") end

--- Lists services.
---
---     for _, s in ipairs(client:services()) do print(s.name, s.status) end
---@param query table? As the API has it; limit: one page of at most so many.
---@return table[]
function Client:services(query) return pages(self, "services", "/services", query, "services") end

return M
