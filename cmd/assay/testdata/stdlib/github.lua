-- https://docs.github.com/en/rest

---- repositories, commits and files
--> GET /repos/acme/shop
-->: Authorization: Bearer t
-->: Accept: application/vnd.github+json
-->: X-Github-Api-Version: 2022-11-28
--< 200 {"default_branch":"main"}
--> GET /repos/acme/none
-->: Authorization: Bearer t
--< 404
--> GET /repos/acme/shop/commits/feature/a%20b
-->: Authorization: Bearer t
--< 200 {"sha":"s"}
--> GET /repos/acme/shop/contents/a/b%20c.yaml
-->: Authorization: Bearer t
-->? ref=main
--< 200 {"content":"aGVs\nbG8=\n","sha":"f"}
--> GET /repos/acme/shop/contents/none
-->: Authorization: Bearer t
--< 404
--> GET /repos/acme/shop/contents/a
-->: Authorization: Bearer t
-->? ref=main
--< 200 {"content":"aGVsbG8=","sha":"f"}
--> GET /repos/acme/shop/contents/a
-->: Authorization: Bearer t
-->? ref=main
--< 200 {"content":"aGVsbG8=","sha":"f"}
--> PUT /repos/acme/shop/contents/a
-->: Authorization: Bearer t
-->= {"message":"m","branch":"main","content":"bmV3","sha":"f"}
--< 200 {"commit":{"sha":"c"}}
--> PUT /repos/acme/shop/contents/a
-->: Authorization: Bearer t
-->= {"message":"m","content":"bmV3","sha":"old"}
--< 409 {"message":"does not match"}
local c = github.client{url = URL .. "/", token = "t"}
assert.eq(c:repo("acme/shop").default_branch, "main")
assert.is_nil(c:repo("acme/none"))
assert.eq(c:commit("acme/shop", "feature/a b").sha, "s")
assert.eq({c:file("acme/shop", "a/b c.yaml", "main")}, {"hello", "f"})
assert.is_nil(c:file("acme/shop", "none"))
assert.is_nil(c:put_file("acme/shop", "a", "hello", {message = "m", branch = "main"}))
assert.eq(c:put_file("acme/shop", "a", "new", {message = "m", branch = "main"}).sha, "c")
local e = assert.raises(function() c:put_file("acme/shop", "a", "new", {message = "m", sha = "old"}) end, "github.put_file: HTTP 409: ")
assert.eq({e.code, e.status}, {"github.http", 409})

---- statuses, pull requests and issues
--> POST /repos/acme/shop/statuses/s
-->= {"state":"success","context":"smoke"}
--< 201 {}
--> GET /repos/acme/shop/commits/main/status
--< 200 {"state":"success"}
--> GET /repos/acme/shop/pulls
-->? state=open
--<: Link: <https://api.github.com/repositories/1/pulls?state=open&page=2>; rel="next", <https://api.github.com/repositories/1/pulls?page=2>; rel="last"
--< 200 [{"number":1}]
--> GET /repos/acme/shop/pulls
-->? state=open
-->? page=2
--< 200 [{"number":2}]
--> POST /repos/acme/shop/pulls
-->= {"title":"t","head":"h","base":"main"}
--< 201 {"number":3}
--> PUT /repos/acme/shop/pulls/3/merge
-->= {"merge_method":"squash"}
--< 200 {"merged":true}
--> GET /repos/acme/shop/issues
-->? per_page=1
--<: Link: <https://api.github.com/x?page=2>; rel="next"
--< 200 [{}]
--> POST /repos/acme/shop/issues
-->= {"title":"t","labels":["incident"]}
--< 201 {"number":4}
--> POST /repos/acme/shop/issues/4/comments
-->= {"body":"done"}
--< 201 {}
local c = github.client{url = URL}
c:create_status("acme/shop", "s", {state = "success", context = "smoke"})
assert.eq(c:status("acme/shop", "main").state, "success")
assert.eq(#c:pulls("acme/shop", {state = "open"}), 2)
assert.eq(c:create_pull("acme/shop", {title = "t", head = "h", base = "main"}).number, 3)
assert.is_true(c:merge_pull("acme/shop", 3, {merge_method = "squash"}).merged)
assert.eq(#c:issues("acme/shop", {per_page = 1}), 1)
assert.eq(c:create_issue("acme/shop", {title = "t", labels = {"incident"}}).number, 4)
c:comment("acme/shop", 4, "done")

---- releases, deployments and workflows
--> GET /repos/acme/shop/releases/latest
--< 404
--> POST /repos/acme/shop/releases
-->= {"tag_name":"v1"}
--< 201 {"id":1}
--> POST /repos/acme/shop/deployments
-->= {"ref":"main","required_contexts":[]}
--< 201 {"id":2}
--> POST /repos/acme/shop/deployments/2/statuses
-->= {"state":"success"}
--< 201 {}
--> POST /repos/acme/shop/actions/workflows/deploy.yml/dispatches
-->= {"ref":"main","inputs":{"a":"1"}}
--< 204
--> GET /repos/acme/shop/actions/runs
-->? branch=main
--< 200 {"workflow_runs":[{"id":5}]}
--> GET /repos/acme/shop/actions/runs/5
--< 200 {"status":"queued"}
--> GET /repos/acme/shop/actions/runs/5
--< 200 {"status":"in_progress"}
--> GET /repos/acme/shop/actions/runs/5
--< 200 {"status":"completed","conclusion":"success"}
--> GET /repos/acme/shop/actions/runs/5
--< 200 {"status":"queued"}
--> POST /repos/acme/shop/dispatches
-->= {"event_type":"pushed","client_payload":{"image":"x"}}
--< 204
--> GET /rate_limit
--< 200 {"rate":{"remaining":7}}
local c = github.client{url = URL}
assert.is_nil(c:latest_release("acme/shop"))
assert.eq(c:create_release("acme/shop", {tag_name = "v1"}).id, 1)
assert.eq(c:create_deployment("acme/shop", {ref = "main", required_contexts = json.array()}).id, 2)
c:deployment_status("acme/shop", 2, {state = "success"})
c:run_workflow("acme/shop", "deploy.yml", "main", {a = "1"})
assert.eq(c:runs("acme/shop", {branch = "main"})[1].id, 5)
assert.eq(c:run("acme/shop", 5).status, "queued")
assert.eq(c:wait_run("acme/shop", 5, 5, 0.01).conclusion, "success")
assert.eq(assert.raises(function() c:wait_run("acme/shop", 5, 0) end, "not within 0s").code, "github.timeout")
c:dispatch("acme/shop", "pushed", {image = "x"})
assert.eq(c:rate_limit().remaining, 7)

---- the token of an app
--> POST /app/installations/678/access_tokens
-->:~ Authorization: ^Bearer eyJ[\w-]+\.[\w-]+\.[\w-]+$
-->= {}
--< 201 {"token":"ghs"}
assert.eq(github.app_token(12345, KEY, 678, {url = URL}), "ghs")
