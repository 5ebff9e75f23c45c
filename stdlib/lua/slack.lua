--- Writes messages to Slack: as an app with its token, or through an incoming webhook.
---
---     local slack = require("assay.slack")
---     slack.webhook(env.get("SLACK_WEBHOOK"), "deployed shop 1.2")
---
---     local client = slack.client(env.get("SLACK_TOKEN"))
---     local message = client:post("#deploys", "deploying shop 1.2")
---     client:update(message, "deployed shop 1.2")
---
--- Slack's refusals, which have the status 200, raise an error with `code` ("slack.refused") and `error`, such as
--- "channel_not_found".

local rest = require("./internal/rest")

local M = {}

---@alias slack.code
---| "slack.refused" # Slack does not want it; e.error says why.
---| "slack.http" # The server answered with a failure; e.status and e.body have it.
---| "slack.answer" # The answer is no JSON.

---@class slack.Options
---@field url? string "https://slack.com/api" unless given.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class slack.Message
---@field channel string The id of the channel.
---@field ts string The message's own id.

--- An app.
---@class slack.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = slack.client(env.get("SLACK_TOKEN"))
---@param token string Of a bot: "xoxb-...".
---@param options slack.Options?
---@return slack.Client
function M.client(token, options)
  local o = options or {}
  local r = rest.client("slack", o.url or "https://slack.com/api", rest.without(o, "url"), rest.credentials(token))
  return setmetatable({ rest = r }, Client)
end

--- Writes a message through an incoming webhook.
---
---     slack.webhook(url, "deployed shop 1.2")
---     slack.webhook(url, {text = "deployed", blocks = {{type = "section", text = {type = "mrkdwn", text = "*shop* 1.2"}}}})
---@param url string It is a secret.
---@param message string|table A text, or a table as Slack has it.
---@param options table? Of http.request; and http, a client of http.client.
---@return boolean # true
function M.webhook(url, message, options)
  if type(message) == "string" then message = { text = message } end
  local r = rest.client("slack", url, options)
  r.base = url -- a slash at its end is its own
  r:call("webhook", "POST", "", { body = message, text = true })
  return true
end

--- Calls any method of the API.
---
---     local found = client:call("conversations.list", {limit = 100, types = "public_channel"})
---     print(#found.channels)
---@param method string
---@param fields table?
---@return table
function Client:call(method, fields)
  local answer, response = self.rest:call(method, "POST", "/" .. method, {
    body = rest.without(fields), headers = { ["content-type"] = "application/json; charset=utf-8" },
  })
  if type(answer) ~= "table" or not answer.ok then
    local why = type(answer) == "table" and answer.error or "no answer"
    local ok, e = pcall(rest.fail, "slack.refused", ("slack.%s: %s"):format(method, why), response)
    if not ok then e.error = why end
    error(e, 0)
  end
  return answer
end

--- Writes a message.
---
---     local message = client:post("#deploys", "deploying", {thread_ts = thread.ts})
---@param channel string A name with #, or an id.
---@param text string Also what notifications show when there are blocks.
---@param options table? blocks, thread_ts, reply_broadcast, unfurl_links, ...
---@return slack.Message
function Client:post(channel, text, options)
  local fields = rest.without(options)
  fields.channel, fields.text = channel, text
  return self:call("chat.postMessage", fields)
end

--- Changes a message.
---
---     client:update(message, "deployed shop 1.2")
---@param message slack.Message
---@param text string
---@param options table? blocks, ...
---@return slack.Message
function Client:update(message, text, options)
  local fields = rest.without(options)
  fields.channel, fields.ts, fields.text = message.channel, message.ts, text
  return self:call("chat.update", fields)
end

--- Adds a reaction to a message. One that is there is no error.
---
---     client:react(message, "white_check_mark")
---@param message slack.Message
---@param name string Without colons.
function Client:react(message, name)
  local ok, e = pcall(self.call, self, "reactions.add", { channel = message.channel, timestamp = message.ts, name = name })
  if not ok and e.error ~= "already_reacted" then error(e, 0) end
end

return M
