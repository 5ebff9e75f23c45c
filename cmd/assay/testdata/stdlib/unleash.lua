-- https://docs.getunleash.io/reference/api/unleash; run by hand against a server of version 5.12

---- health, projects and environments
--> GET /health
--< 200 {"health":"GOOD"}
--> GET /api/admin/projects
-->: Authorization: *:*.secret
--< 200 {"version":1,"projects":[{"id":"default"}]}
--> GET /api/admin/projects/a%2Fb
-->: Authorization: *:*.secret
--< 404 {"name":"NotFoundError"}
--> POST /api/admin/projects
-->: Authorization: *:*.secret
-->= {"id":"shop","name":"Shop"}
--< 201 {"id":"shop"}
--> PUT /api/admin/projects/shop
-->: Authorization: *:*.secret
-->= {"name":"The shop"}
--< 200
--> DELETE /api/admin/projects/shop
-->: Authorization: *:*.secret
--< 200
--> GET /api/admin/environments
-->: Authorization: *:*.secret
--< 200 {"environments":[{"name":"production"}]}
--> POST /api/admin/projects/shop/environments
-->: Authorization: *:*.secret
-->= {"environment":"production"}
--< 200
--> DELETE /api/admin/projects/shop/environments/production
-->: Authorization: *:*.secret
--< 200
--> GET /api/admin/projects
-->: Authorization: *:*.secret
--< 403 no
local c = unleash.client(URL .. "//", {token = "*:*.secret"})
assert.eq(c.url, URL)
assert.eq(c:health().health, "GOOD")
assert.eq(c:projects()[1].id, "default")
assert.is_nil(c:project("a/b"))
assert.eq(c:create_project{id = "shop", name = "Shop"}.id, "shop")
assert.is_nil(c:update_project("shop", {name = "The shop"}))
c:delete_project("shop")
assert.eq(c:environments()[1].name, "production")
c:enable_environment("shop", "production")
c:disable_environment("shop", "production")
local e = assert.raises(function() c:projects() end, "unleash.projects: HTTP 403: no")
assert.eq({e.code, e.status, e.body}, {"unleash.http", 403, "no"})

---- features and strategies
--> GET /api/admin/projects/default/features
-->: Authorization: t
--< 200 {"features":[{"name":"f"}]}
--> GET /api/admin/projects/default/features/new%20checkout
-->: Authorization: t
--< 200 {"name":"new checkout"}
--> GET /api/admin/projects/default/features/none
-->: Authorization: t
--< 404
--> POST /api/admin/projects/default/features
-->: Authorization: t
-->= {"name":"f","type":"release"}
--< 201 {"name":"f"}
--> PUT /api/admin/projects/default/features/f
-->: Authorization: t
-->= {"name":"f","description":"d"}
--< 200 {"name":"f"}
--> POST /api/admin/projects/default/features/f/environments/production/on
-->: Authorization: t
-->= {}
--< 200
--> POST /api/admin/projects/default/features/f/environments/production/off
-->: Authorization: t
-->= {}
--< 200
--> GET /api/admin/projects/default/features/f/environments/production/strategies
-->: Authorization: t
--< 200 [{"name":"default"}]
--> POST /api/admin/projects/default/features/f/environments/production/strategies
-->: Authorization: t
-->= {"name":"flexibleRollout","parameters":{"rollout":"25"}}
--< 200 {"id":"1"}
--> DELETE /api/admin/projects/default/features/f
-->: Authorization: t
--< 202
local c = unleash.client(URL, {token = "t"})
assert.eq(c:features("default")[1].name, "f")
assert.eq(c:feature("default", "new checkout").name, "new checkout")
assert.is_nil(c:feature("default", "none"))
assert.eq(c:create_feature("default", {name = "f", type = "release"}).name, "f")
c:update_feature("default", "f", {name = "f", description = "d"})
c:toggle_on("default", "f", "production")
c:toggle_off("default", "f", "production")
assert.eq(c:strategies("default", "f", "production")[1].name, "default")
assert.eq(c:add_strategy("default", "f", "production", {name = "flexibleRollout", parameters = {rollout = "25"}}).id, "1")
c:archive_feature("default", "f")

---- tokens
--> GET /api/admin/api-tokens
-->: Authorization: t
--< 200 {"tokens":[{"tokenName":"a","secret":"s"}]}
--> POST /api/admin/api-tokens
-->: Authorization: t
-->= {"tokenName":"shop","type":"client","environment":"production","projects":["*"]}
--< 201 {"secret":"*:production.x"}
--> DELETE /api/admin/api-tokens/%2A%3Aproduction.x
-->: Authorization: t
--< 200
local c = unleash.client(URL, {token = "t"})
assert.eq(c:tokens()[1].secret, "s")
assert.eq(c:create_token{tokenName = "shop", type = "client", environment = "production", projects = {"*"}}.secret, "*:production.x")
c:delete_token("*:production.x")

---- what is made unless it is there
--> GET /api/admin/projects/shop
-->: Authorization: t
--< 404
--> POST /api/admin/projects
-->: Authorization: t
-->= {"id":"shop","name":"shop","description":"d"}
--< 201 {"id":"shop","name":"shop"}
--> GET /api/admin/projects/shop
-->: Authorization: t
--< 200 {"name":"Shop"}
--> POST /api/admin/projects/shop/environments
-->: Authorization: t
-->= {"environment":"production"}
--< 200
--> POST /api/admin/projects/shop/environments
-->: Authorization: t
-->= {"environment":"production"}
--< 409 {"name":"NameExistsError"}
--> POST /api/admin/projects/shop/environments
-->: Authorization: t
-->= {"environment":"none"}
--< 404 {"name":"NotFoundError"}
--> GET /api/admin/api-tokens
-->: Authorization: t
--< 200 {"tokens":[{"tokenName":"shop","type":"client","environment":"development","secret":"d"},{"tokenName":"shop","type":"CLIENT","environment":"production","secret":"p"}]}
--> GET /api/admin/api-tokens
-->: Authorization: t
--< 200 {"tokens":[]}
--> POST /api/admin/api-tokens
-->: Authorization: t
-->= {"tokenName":"shop","type":"admin"}
--< 201 {"secret":"new"}
local c = unleash.client(URL, {token = "t"})
assert.eq({unleash.ensure_project(c, "shop", {description = "d"})}, {{id = "shop", name = "shop"}, true})
assert.eq({unleash.ensure_project(c, "shop")}, {{name = "Shop"}, false})
assert.eq({unleash.ensure_environment(c, "shop", "production")}, {true, true})
assert.eq({unleash.ensure_environment(c, "shop", "production")}, {true, false})
assert.raises(function() unleash.ensure_environment(c, "shop", "none") end, "HTTP 404")
assert.eq({unleash.ensure_token(c, {tokenName = "shop", type = "client", environment = "production"}).secret}, {"p"})
assert.eq({unleash.ensure_token(c, {tokenName = "shop", type = "admin"})}, {{secret = "new"}, true})

---- waiting
--> GET /health
--< 503
--> GET /health
--< 200 {"health":"GOOD"}
assert.is_true(unleash.wait(URL .. "/", {timeout = 5, interval = 0.01}))
assert.raises(function() unleash.wait("http://127.0.0.1:1", {timeout = 0.02, interval = 0.01}) end, "unleash.wait: not reachable at http://127.0.0.1:1 within 0.02 s")
