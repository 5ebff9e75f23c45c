-- https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries,
-- https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

---- signatures are those of the documentation
assert.eq(webhook.sign("Hello, World!", {secret = "It's a Secret to Everybody"})["x-hub-signature-256"],
  "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
local headers = webhook.sign('{"test": 2432232314}', {secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id = "msg_p5jXN8AQM9LWM0D4loKWxJek", at = 1614265330})
assert.eq(headers, {
  ["webhook-id"] = "msg_p5jXN8AQM9LWM0D4loKWxJek", ["webhook-timestamp"] = "1614265330",
  ["webhook-signature"] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
})

---- what comes is judged
local secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local headers = webhook.sign("body", {secret = secret})
assert.is_true(webhook.verify("body", headers, {secret = secret}))
assert.eq(assert.raises(function() webhook.verify("other", headers, {secret = secret}) end, "the signature is not of this body and secret").code, "webhook.signature")
assert.raises(function() webhook.verify("body", headers, {secret = "whsec_AAAA"}) end, "the signature")
assert.raises(function() webhook.verify("body", {}, {secret = secret}) end, "there are no headers")
assert.raises(function() webhook.verify("body", webhook.sign("body", {secret = secret, at = 1}), {secret = secret}) end, "another time")
headers["webhook-signature"] = "v1,AAAA " .. headers["webhook-signature"]
assert.is_true(webhook.verify("body", headers, {secret = secret}))
assert.is_true(webhook.verify("body", webhook.sign("body", {secret = "s"}), {secret = "s"}))
assert.raises(function() webhook.verify("body", webhook.sign("body", {secret = "s"}), {secret = "t"}) end, "the signature")
assert.raises(function() webhook.verify("body", {}, {secret = "s"}) end, "there is no header")

---- what is sent
--> POST /hooks/
-->: Content-Type: application/json
-->: X-Event: deployed
-->: X-Hub-Signature-256: sha256=37beaf650f70b40ec9706929c2e9d835cbd63729988f48781e6383a147215f07
-->= {"a":1}
--< 202
--> POST /hooks
-->:~ Webhook-Signature: ^v1,
-->: Webhook-Id: msg_1
-->= text
--< 200 fine
--> POST /hooks
-->= {}
--< 500 no
local r = webhook.send(URL .. "/hooks/", {a = 1}, {secret = "s", headers = {["X-Event"] = "deployed"}})
assert.eq(r.status, 202)
assert.eq(webhook.send(URL .. "/hooks", "text", {secret = "whsec_AAAA", id = "msg_1"}).body, "fine")
assert.eq(assert.raises(function() webhook.send(URL .. "/hooks", {}) end, "webhook.send: HTTP 500: no").code, "webhook.http")
