-- https://docs.gitlab.com/api/rest

---- projects, commits and files
--> GET /api/v4/projects/acme%2Fshop
-->: Private-Token: t
-->: Job-Token: 
--< 200 {"id":7}
--> GET /api/v4/projects/7
-->: Job-Token: j
-->: Private-Token: 
--< 404
--> GET /api/v4/projects/7/repository/commits/feature%2Fa
--< 200 {"id":"s"}
--> GET /api/v4/projects/7/repository/files/a%2Fb%20c.yaml
-->? ref=HEAD
--< 200 {"content":"aGVsbG8="}
--> GET /api/v4/projects/7/repository/files/a
-->? ref=main
--< 200 {"content":"aGVsbG8="}
--> GET /api/v4/projects/7/repository/files/a
-->? ref=main
--< 200 {"content":"aGVsbG8="}
--> PUT /api/v4/projects/7/repository/files/a
-->= {"branch":"main","commit_message":"m","content":"bmV3","encoding":"base64"}
--< 200 {}
--> GET /api/v4/projects/7/repository/files/b
-->? ref=main
--< 404
--> POST /api/v4/projects/7/repository/files/b
-->= {"branch":"main","commit_message":"m","content":"bmV3","encoding":"base64"}
--< 201 {}
--> POST /api/v4/projects/7/statuses/s
-->= {"state":"success","name":"smoke"}
--< 201 {}
--> GET /api/v4/projects/7/repository/commits/x
--< 403 no
local c = gitlab.client(URL .. "/", {token = "t"})
assert.eq(c:project("acme/shop").id, 7)
assert.is_nil(gitlab.client(URL, {job_token = "j"}):project(7))
assert.eq(c:commit(7, "feature/a").id, "s")
assert.eq(c:file(7, "a/b c.yaml"), "hello")
assert.is_false(c:put_file(7, "a", "hello", {branch = "main", commit_message = "m"}))
assert.is_true(c:put_file(7, "a", "new", {branch = "main", commit_message = "m"}))
assert.is_true(c:put_file(7, "b", "new", {branch = "main", commit_message = "m"}))
c:create_status(7, "s", {state = "success", name = "smoke"})
local e = assert.raises(function() c:commit(7, "x") end, "gitlab.commit: HTTP 403: no")
assert.eq({e.code, e.status}, {"gitlab.http", 403})

---- merge requests and issues
--> GET /api/v4/projects/7/merge_requests
-->? state=opened
--<: Link: <$URL/api/v4/projects/7/merge_requests?id=7&page=2&per_page=20&state=opened>; rel="next"
--< 200 [{"iid":1}]
--> GET /api/v4/projects/7/merge_requests
-->? id=7
-->? page=2
-->? per_page=20
-->? state=opened
--< 200 [{"iid":2}]
--> POST /api/v4/projects/7/merge_requests
-->= {"title":"t","source_branch":"b","target_branch":"main"}
--< 201 {"iid":3}
--> PUT /api/v4/projects/7/merge_requests/3/merge
-->= {"squash":true}
--< 200 {}
--> POST /api/v4/projects/7/merge_requests/3/notes
-->= {"body":"done"}
--< 201 {}
--> POST /api/v4/projects/7/issues
-->= {"title":"t"}
--< 201 {"iid":4}
local c = gitlab.client(URL)
assert.eq(#c:merge_requests(7, {state = "opened"}), 2)
assert.eq(c:create_merge_request(7, {title = "t", source_branch = "b", target_branch = "main"}).iid, 3)
c:merge(7, 3, {squash = true})
c:comment(7, 3, "done")
assert.eq(c:create_issue(7, {title = "t"}).iid, 4)

---- pipelines, releases and variables
--> POST /api/v4/projects/7/pipeline
-->= {"ref":"main","variables":[{"key":"A","value":"1"},{"key":"B","value":"2"}]}
--< 201 {"id":5}
--> GET /api/v4/projects/7/pipelines
-->? per_page=1
--< 200 [{"id":5}]
--> GET /api/v4/projects/7/pipelines/5
--< 200 {"status":"running"}
--> GET /api/v4/projects/7/pipelines/5/jobs
--< 200 [{"name":"build"}]
--> GET /api/v4/projects/7/pipelines/5
--< 200 {"status":"running"}
--> GET /api/v4/projects/7/pipelines/5
--< 200 {"status":"failed"}
--> GET /api/v4/projects/7/pipelines/5
--< 200 {"status":"running"}
--> POST /api/v4/projects/7/releases
-->= {"tag_name":"v1","ref":"main"}
--< 201 {}
--> PUT /api/v4/projects/7/variables/TOKEN
-->? filter[environment_scope]=prod/*
-->= {"value":"v","masked":true,"environment_scope":"prod/*"}
--< 404
--> POST /api/v4/projects/7/variables
-->= {"key":"TOKEN","value":"v","masked":true,"environment_scope":"prod/*"}
--< 201 {}
--> PUT /api/v4/projects/7/variables/TOKEN
-->= {"value":"v"}
--< 200 {}
--> PUT /api/v4/projects/7/variables/TOKEN
-->= {"value":"v"}
--< 403 no
local c = gitlab.client(URL)
assert.eq(c:create_pipeline(7, "main", {B = "2", A = "1"}).id, 5)
assert.eq(c:pipelines(7, {per_page = 1})[1].id, 5)
assert.eq(c:pipeline(7, 5).status, "running")
assert.eq(c:jobs(7, 5)[1].name, "build")
assert.eq(c:wait_pipeline(7, 5, 5, 0.01).status, "failed")
assert.eq(assert.raises(function() c:wait_pipeline(7, 5, 0) end, "not within 0s").code, "gitlab.timeout")
c:create_release(7, {tag_name = "v1", ref = "main"})
assert.is_true(c:set_variable(7, "TOKEN", "v", {masked = true, environment_scope = "prod/*"}))
assert.is_false(c:set_variable(7, "TOKEN", "v"))
assert.raises(function() c:set_variable(7, "TOKEN", "v") end, "gitlab.set_variable: HTTP 403: no")
