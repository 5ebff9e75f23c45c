--- Reads and changes projects of GitLab: files, commits' statuses, merge requests, pipelines, releases, variables.
---
---     local gitlab = require("assay.gitlab")
---     local client = gitlab.client("https://gitlab.example.com", {token = env.get("GITLAB_TOKEN")})
---     client:create_status("acme/shop", sha, {state = "success", name = "smoke"})
---
--- A project is the number of its id or its path, "group/name". Lists are read over all their pages unless page or per_page is
--- given. What is not there is nil where the entry says so. An answer with a bad status raises an error with `code`
--- ("gitlab.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias gitlab.code
---| "gitlab.http" # The server answered with a failure; e.status and e.body have it.
---| "gitlab.answer" # The answer is no JSON.
---| "gitlab.timeout" # The pipeline did not end in time.

---@class gitlab.Options
---@field token? string Of a person, a project or a group.
---@field job_token? string Of a job: CI_JOB_TOKEN.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

--- A server, and who asks it.
---@class gitlab.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = gitlab.client(env.get("CI_SERVER_URL"), {job_token = env.get("CI_JOB_TOKEN")})
---@param url string Without /api/v4.
---@param options gitlab.Options?
---@return gitlab.Client
function M.client(url, options)
  local o = options or {}
  local r = rest.client("gitlab", url, rest.without(o, "token", "job_token"), function()
    return { ["private-token"] = o.token, ["job-token"] = o.job_token }
  end)
  local client = setmetatable({ url = r.base }, Client)
  client.rest = r:at(r.base .. "/api/v4")
  return client
end

local function at(project, template, ...) return rest.path("/projects/{}", project) .. rest.path(template or "", ...) end

local function read(self, operation, path, query) return (self.rest:call(operation, "GET", path, { query = query, missing = true })) end

local function send(self, operation, method, path, body) return (self.rest:call(operation, method, path, { body = body and rest.without(body), ok = "2xx" })) end

--- Reads a project.
---
---     print(client:project("acme/shop").default_branch)
---@param project string|integer
---@return table|nil
function Client:project(project) return read(self, "project", at(project)) end

--- Reads a commit.
---
---     print(client:commit("acme/shop", "main").id)
---@param project string|integer
---@param ref string A branch, a tag or a hash.
---@return table|nil
function Client:commit(project, ref) return read(self, "commit", at(project, "/repository/commits/{}", ref)) end

--- Reads a file.
---
---     local text = client:file("acme/deploy", "shop/values.yaml", "main")
---@param project string|integer
---@param path string
---@param ref? string A branch, a tag or a hash; "HEAD" unless given.
---@return string|nil
function Client:file(project, path, ref)
  local found = read(self, "file", at(project, "/repository/files/{}", path), { ref = ref or "HEAD" })
  return found and base64.decode(found.content)
end

--- Writes a file in a commit. One that has this text already is left as it is.
---
---     client:put_file("acme/deploy", "shop/values.yaml", text, {branch = "main", commit_message = "shop 1.2"})
---@param project string|integer
---@param path string
---@param text string
---@param options {branch: string, commit_message: string, author_name: string?, author_email: string?}
---@return boolean written Whether it was another before.
function Client:put_file(project, path, text, options)
  local now = self:file(project, path, options.branch)
  if now == text then return false end
  local body = rest.without(options)
  body.content, body.encoding = base64.encode(text), "base64"
  send(self, "put_file", now and "PUT" or "POST", at(project, "/repository/files/{}", path), body)
  return true
end

--- Says how a commit is, as a job does.
---
---     client:create_status("acme/shop", sha, {state = "failed", name = "smoke", target_url = "https://ci.example.com/7"})
---@param project string|integer
---@param sha string
---@param status {state: "pending"|"running"|"success"|"failed"|"canceled", name: string?, description: string?, target_url: string?, ref: string?}
---@return table
function Client:create_status(project, sha, status) return send(self, "create_status", "POST", at(project, "/statuses/{}", sha), status) end

--- Lists merge requests.
---
---     for _, m in ipairs(client:merge_requests("acme/shop", {state = "opened"})) do print(m.iid, m.title) end
---@param project string|integer
---@param options table? state, source_branch, target_branch, labels, page, per_page.
---@return table[]
function Client:merge_requests(project, options) return self.rest:pages("merge_requests", at(project, "/merge_requests"), options) end

--- Makes a merge request.
---
---     print(client:create_merge_request("acme/deploy", {title = "shop 1.2", source_branch = "shop-1.2", target_branch = "main"}).web_url)
---@param project string|integer
---@param fields table title, source_branch, target_branch, description, labels, remove_source_branch.
---@return table
function Client:create_merge_request(project, fields) return send(self, "create_merge_request", "POST", at(project, "/merge_requests"), fields) end

--- Merges a merge request.
---
---     client:merge("acme/deploy", 12, {squash = true, should_remove_source_branch = true})
---@param project string|integer
---@param iid integer Its number in the project.
---@param options table? squash, should_remove_source_branch, merge_when_pipeline_succeeds, sha.
---@return table
function Client:merge(project, iid, options) return send(self, "merge", "PUT", at(project, "/merge_requests/{}/merge", iid), options or {}) end

--- Comments on a merge request.
---
---     client:comment("acme/shop", 12, "Deployed to test.")
---@param project string|integer
---@param iid integer Its number in the project.
---@param text string
---@return table
function Client:comment(project, iid, text) return send(self, "comment", "POST", at(project, "/merge_requests/{}/notes", iid), { body = text }) end

--- Makes an issue.
---
---     client:create_issue("acme/shop", {title = "Certificate ends in 7 days", labels = "incident"})
---@param project string|integer
---@param fields table title, description, labels, assignee_ids.
---@return table
function Client:create_issue(project, fields) return send(self, "create_issue", "POST", at(project, "/issues"), fields) end

--- Starts a pipeline.
---
---     local p = client:create_pipeline("acme/shop", "main", {ENVIRONMENT = "test"})
---@param project string|integer
---@param ref string A branch or a tag.
---@param variables? table<string, string>
---@return table
function Client:create_pipeline(project, ref, variables)
  local list, names = json.array(), {}
  for name in pairs(variables or {}) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do list[i] = { key = name, value = variables[name] } end
  return send(self, "create_pipeline", "POST", at(project, "/pipeline"), { ref = ref, variables = list })
end

--- Lists pipelines, the newest first.
---
---     print(client:pipelines("acme/shop", {ref = "main", per_page = 1})[1].status)
---@param project string|integer
---@param options table? ref, status, sha, source, page, per_page.
---@return table[]
function Client:pipelines(project, options) return self.rest:pages("pipelines", at(project, "/pipelines"), options) end

--- Reads a pipeline.
---
---     print(client:pipeline("acme/shop", 42).status)
---@param project string|integer
---@param id integer
---@return table|nil
function Client:pipeline(project, id) return read(self, "pipeline", at(project, "/pipelines/{}", id)) end

--- Lists the jobs of a pipeline.
---
---     for _, j in ipairs(client:jobs("acme/shop", 42)) do print(j.name, j.status) end
---@param project string|integer
---@param pipeline integer
---@return table[]
function Client:jobs(project, pipeline) return self.rest:pages("jobs", at(project, "/pipelines/{}/jobs", pipeline)) end

local ended = { success = true, failed = true, canceled = true, skipped = true }

--- Waits until a pipeline has ended, whichever way.
---
---     assert.eq(client:wait_pipeline("acme/shop", 42, 600).status, "success")
---@param project string|integer
---@param id integer
---@param timeout? number Seconds; 600 unless given.
---@param interval? number Between looks, in seconds; 10 unless given.
---@return table
function Client:wait_pipeline(project, id, timeout, interval)
  local found
  rest.wait("gitlab", ("gitlab.wait_pipeline: %s %s"):format(project, id), timeout or 600, interval or 10, function()
    found = self.rest:get("wait_pipeline", at(project, "/pipelines/{}", id))
    return ended[found.status]
  end)
  return found
end

--- Makes a release.
---
---     client:create_release("acme/shop", {tag_name = "v1.2", ref = "main", description = notes})
---@param project string|integer
---@param fields table tag_name, ref, name, description, assets.
---@return table
function Client:create_release(project, fields) return send(self, "create_release", "POST", at(project, "/releases"), fields) end

--- Writes a variable of the project's pipelines, over one that is there.
---
---     client:set_variable("acme/shop", "TOKEN", token, {masked = true, protected = true})
---@param project string|integer
---@param key string
---@param value string
---@param options table? masked, protected, environment_scope, variable_type.
---@return boolean created Whether there was none.
function Client:set_variable(project, key, value, options)
  local body = rest.without(options)
  body.value = value
  local path = at(project, "/variables/{}", key)
  local scope = body.environment_scope
  if scope then path = path .. "?filter%5Benvironment_scope%5D=" .. rest.escape(scope) end
  local response = self.rest:send("PUT", path, { body = body })
  if response.ok then return false end
  if response.status ~= 404 then self.rest:refuse("set_variable", response) end
  body.key = key
  send(self, "set_variable", "POST", at(project, "/variables"), body)
  return true
end

return M
