-- https://docs.slack.dev/reference/methods, https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks

---- messages
--> POST /api/chat.postMessage
-->: Authorization: Bearer xoxb
-->: Content-Type: application/json; charset=utf-8
-->= {"channel":"#deploys","text":"deploying","thread_ts":"1.0"}
--< 200 {"ok":true,"channel":"C1","ts":"2.0"}
--> POST /api/chat.update
-->: Authorization: Bearer xoxb
-->: Content-Type: application/json; charset=utf-8
-->= {"channel":"C1","ts":"2.0","text":"deployed"}
--< 200 {"ok":true}
--> POST /api/reactions.add
-->: Authorization: Bearer xoxb
-->: Content-Type: application/json; charset=utf-8
-->= {"channel":"C1","timestamp":"2.0","name":"tada"}
--< 200 {"ok":false,"error":"already_reacted"}
--> POST /api/reactions.add
-->: Authorization: Bearer xoxb
-->: Content-Type: application/json; charset=utf-8
-->= {"channel":"C1","timestamp":"2.0","name":"none"}
--< 200 {"ok":false,"error":"invalid_name"}
--> POST /api/auth.test
-->: Authorization: Bearer xoxb
-->: Content-Type: application/json; charset=utf-8
-->= {}
--< 200 {"ok":false,"error":"invalid_auth"}
--> POST /api/auth.test
-->: Authorization: Bearer xoxb
-->: Content-Type: application/json; charset=utf-8
-->= {}
--< 429 slow down
local c = slack.client("xoxb", {url = URL .. "/api/"})
local message = c:post("#deploys", "deploying", {thread_ts = "1.0"})
assert.eq({message.channel, message.ts}, {"C1", "2.0"})
c:update(message, "deployed")
c:react(message, "tada")
assert.eq(assert.raises(function() c:react(message, "none") end, "slack.reactions.add: invalid_name").error, "invalid_name")
local e = assert.raises(function() c:call("auth.test") end, "slack.auth.test: invalid_auth")
assert.eq({e.code, e.error, e.status}, {"slack.refused", "invalid_auth", 200})
assert.eq(assert.raises(function() c:call("auth.test") end, "HTTP 429: slow down").code, "slack.http")

---- webhooks
--> POST /services/T/B/x
-->= {"text":"deployed"}
--< 200 ok
--> POST /services/T/B/x
-->= {"blocks":[]}
--< 404 no_service
assert.is_true(slack.webhook(URL .. "/services/T/B/x", "deployed"))
local e = assert.raises(function() slack.webhook(URL .. "/services/T/B/x", {blocks = json.array()}) end, "slack.webhook: HTTP 404: no_service")
assert.eq(e.code, "slack.http")
