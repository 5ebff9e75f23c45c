-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- a project and its application
--> POST /management/v1/projects/_search
-->: Host: auth.example.com
-->: Authorization: Bearer t
-->~ "name":"platform"
--< 200 {"result":[{"id":"1"}]}
--> POST /management/v1/projects/1/apps/_search
-->: Authorization: Bearer t
-->~ "name":"app"
--< 200 {"result":[{"id":"2","name":"app"}]}
--> GET /admin/v1/policies/login
-->: Authorization: Bearer t
--< 200 {"policy":{"allowUsernamePassword":false}}
local zitadel = require("assay.zitadel")
local c = zitadel.client({url = URL, domain = "example.com", token = "t"})
local project = c:ensure_project("platform")
local app = c:ensure_oidc_app(project.id, {name = "app", subdomain = "app", callbackPath = "/cb"})
assert.eq(app.id, "2")
assert.eq(c:disable_password_login(), true)
