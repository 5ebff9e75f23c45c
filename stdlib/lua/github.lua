--- Reads and changes repositories of GitHub: files, commits' statuses, pull requests, issues, releases, deployments, workflows.
---
---     local github = require("assay.github")
---     local client = github.client{token = env.get("GITHUB_TOKEN")}
---     client:create_status("acme/shop", sha, {state = "success", context = "smoke", description = "12 checks passed"})
---
--- A repository is "owner/name". Lists are read over all their pages unless page or per_page is given. What is not there is nil
--- where the entry says so. An answer with a bad status raises an error with `code` ("github.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias github.code
---| "github.http" # The server answered with a failure; e.status and e.body have it.
---| "github.answer" # The answer is no JSON.
---| "github.timeout" # The run did not end in time.

---@class github.Options
---@field token? string Of a person, an app or a workflow.
---@field url? string "https://api.github.com" unless given; of a server of one's own "https://HOST/api/v3".
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class github.FileOptions
---@field message string Of the commit.
---@field branch? string The default one unless given.
---@field sha? string What the file must be now; without it that is looked up.

--- A server, and who asks it.
---@class github.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = github.client{token = env.get("GITHUB_TOKEN"), timeout = 10}
---@param options github.Options?
---@return github.Client
function M.client(options)
  local o = options or {}
  local r = rest.client("github", o.url or "https://api.github.com", rest.without(o, "token", "url"), function()
    return { accept = "application/vnd.github+json", ["x-github-api-version"] = "2022-11-28", authorization = o.token and "Bearer " .. o.token }
  end)
  return setmetatable({ rest = r, url = r.base }, Client)
end

--- Gets a token for an installation of a GitHub app, good for an hour.
---
---     local token = github.app_token(12345, fs.read("key.pem"), 678)
---     local client = github.client{token = token}
---@param app_id integer|string
---@param key string The app's private key, in PEM.
---@param installation_id integer|string
---@param options github.Options?
---@return string token
function M.app_token(app_id, key, installation_id, options)
  local now, o = math.floor(time()), rest.without(options)
  -- A clock that is ahead of GitHub's would make a token of the future.
  o.token = crypto.jwt_sign({ iat = now - 60, exp = now + 540, iss = tostring(app_id) }, key, "RS256")
  local r = M.client(o).rest
  return r:call("app_token", "POST", rest.path("/app/installations/{}/access_tokens", installation_id), { body = {}, ok = "2xx" }).token
end

local function at(repo, template, ...) return rest.path("/repos/{/}", repo) .. rest.path(template or "", ...) end

local function read(self, operation, path, query) return (self.rest:call(operation, "GET", path, { query = query, missing = true })) end

local function send(self, operation, method, path, body) return (self.rest:call(operation, method, path, { body = body and rest.without(body), ok = "2xx" })) end

--- Reads a repository.
---
---     print(client:repo("acme/shop").default_branch)
---@param repo string
---@return table|nil
function Client:repo(repo) return read(self, "repo", at(repo)) end

--- Reads a commit.
---
---     print(client:commit("acme/shop", "main").sha)
---@param repo string
---@param ref string A branch, a tag or a hash.
---@return table|nil
function Client:commit(repo, ref) return read(self, "commit", at(repo, "/commits/{/}", ref)) end

--- Reads a file.
---
---     local text = client:file("acme/deploy", "shop/values.yaml", "main")
---@param repo string
---@param path string
---@param ref? string A branch, a tag or a hash; the default branch unless given.
---@return string|nil text
---@return string|nil sha For put_file.
function Client:file(repo, path, ref)
  local found = read(self, "file", at(repo, "/contents/{/}", path), { ref = ref })
  if not found then return nil end
  return base64.decode((found.content:gsub("%s", ""))), found.sha
end

--- Writes a file in a commit. One that has this text already is left as it is.
---
---     client:put_file("acme/deploy", "shop/values.yaml", text, {message = "shop 1.2", branch = "main"})
---@param repo string
---@param path string
---@param text string
---@param options github.FileOptions
---@return table|nil commit nil when the file was so already.
function Client:put_file(repo, path, text, options)
  local sha = options.sha
  if not sha then
    local now
    now, sha = self:file(repo, path, options.branch)
    if now == text then return nil end
  end
  return send(self, "put_file", "PUT", at(repo, "/contents/{/}", path), {
    message = options.message, content = base64.encode(text), branch = options.branch, sha = sha,
  }).commit
end

--- Says how a commit is, as a check does.
---
---     client:create_status("acme/shop", sha, {state = "failure", context = "smoke", target_url = "https://ci.example.com/7"})
---@param repo string
---@param sha string
---@param status {state: "error"|"failure"|"pending"|"success", context: string?, description: string?, target_url: string?}
---@return table
function Client:create_status(repo, sha, status) return send(self, "create_status", "POST", at(repo, "/statuses/{}", sha), status) end

--- Reads how a commit is, by all who said so.
---
---     assert.eq(client:status("acme/shop", "main").state, "success")
---@param repo string
---@param ref string
---@return {state: string, statuses: table[]}
function Client:status(repo, ref) return self.rest:get("status", at(repo, "/commits/{/}/status", ref)) end

--- Lists pull requests.
---
---     for _, p in ipairs(client:pulls("acme/shop", {state = "open", base = "main"})) do print(p.number, p.title) end
---@param repo string
---@param options table? state, head, base, sort, direction, page, per_page.
---@return table[]
function Client:pulls(repo, options) return self.rest:pages("pulls", at(repo, "/pulls"), options) end

--- Makes a pull request.
---
---     print(client:create_pull("acme/deploy", {title = "shop 1.2", head = "shop-1.2", base = "main"}).html_url)
---@param repo string
---@param fields {title: string, head: string, base: string, body: string?, draft: boolean?}
---@return table
function Client:create_pull(repo, fields) return send(self, "create_pull", "POST", at(repo, "/pulls"), fields) end

--- Merges a pull request.
---
---     client:merge_pull("acme/deploy", 12, {merge_method = "squash"})
---@param repo string
---@param number integer
---@param options {merge_method: "merge"|"squash"|"rebase"|nil, sha: string?, commit_title: string?}?
---@return {merged: boolean, sha: string}
function Client:merge_pull(repo, number, options) return send(self, "merge_pull", "PUT", at(repo, "/pulls/{}/merge", number), options or {}) end

--- Lists issues. Pull requests are among them.
---
---     for _, i in ipairs(client:issues("acme/shop", {labels = "incident"})) do print(i.number, i.title) end
---@param repo string
---@param options table? state, labels, assignee, since, page, per_page.
---@return table[]
function Client:issues(repo, options) return self.rest:pages("issues", at(repo, "/issues"), options) end

--- Makes an issue.
---
---     client:create_issue("acme/shop", {title = "Certificate ends in 7 days", labels = {"incident"}})
---@param repo string
---@param fields {title: string, body: string?, labels: string[]?, assignees: string[]?}
---@return table
function Client:create_issue(repo, fields) return send(self, "create_issue", "POST", at(repo, "/issues"), fields) end

--- Comments on an issue or a pull request.
---
---     client:comment("acme/shop", 12, "Deployed to test.")
---@param repo string
---@param number integer
---@param text string
---@return table
function Client:comment(repo, number, text) return send(self, "comment", "POST", at(repo, "/issues/{}/comments", number), { body = text }) end

--- Reads the last release.
---
---     print(client:latest_release("acme/shop").tag_name)
---@param repo string
---@return table|nil
function Client:latest_release(repo) return read(self, "latest_release", at(repo, "/releases/latest")) end

--- Makes a release.
---
---     client:create_release("acme/shop", {tag_name = "v1.2", generate_release_notes = true})
---@param repo string
---@param fields table tag_name, target_commitish, name, body, draft, prerelease, generate_release_notes.
---@return table
function Client:create_release(repo, fields) return send(self, "create_release", "POST", at(repo, "/releases"), fields) end

--- Makes a deployment.
---
---     local d = client:create_deployment("acme/shop", {ref = sha, environment = "production", required_contexts = json.array()})
---@param repo string
---@param fields table ref, environment, description, auto_merge, required_contexts, payload.
---@return table
function Client:create_deployment(repo, fields) return send(self, "create_deployment", "POST", at(repo, "/deployments"), fields) end

--- Says how a deployment is.
---
---     client:deployment_status("acme/shop", d.id, {state = "success", environment_url = "https://shop.example.com"})
---@param repo string
---@param id integer
---@param status table state ("success", "failure", "in_progress", ...), description, environment_url, log_url.
---@return table
function Client:deployment_status(repo, id, status) return send(self, "deployment_status", "POST", at(repo, "/deployments/{}/statuses", id), status) end

--- Starts a workflow.
---
---     client:run_workflow("acme/shop", "deploy.yml", "main", {environment = "test"})
---@param repo string
---@param workflow string|integer The name of its file, or its id.
---@param ref string A branch or a tag.
---@param inputs? table<string, string>
function Client:run_workflow(repo, workflow, ref, inputs)
  send(self, "run_workflow", "POST", at(repo, "/actions/workflows/{}/dispatches", workflow), { ref = ref, inputs = inputs })
end

--- Lists runs of workflows, the newest first: one page of them.
---
---     print(client:runs("acme/shop", {branch = "main", per_page = 1})[1].conclusion)
---@param repo string
---@param options table? branch, event, status, actor, head_sha, page, per_page.
---@return table[]
function Client:runs(repo, options) return (self.rest:call("runs", "GET", at(repo, "/actions/runs"), { query = options })).workflow_runs end

--- Reads a run of a workflow.
---
---     print(client:run("acme/shop", 42).status)
---@param repo string
---@param id integer
---@return table|nil
function Client:run(repo, id) return read(self, "run", at(repo, "/actions/runs/{}", id)) end

--- Waits until a run of a workflow has ended, whichever way.
---
---     assert.eq(client:wait_run("acme/shop", 42, 600).conclusion, "success")
---@param repo string
---@param id integer
---@param timeout? number Seconds; 600 unless given.
---@param interval? number Between looks, in seconds; 10 unless given.
---@return table
function Client:wait_run(repo, id, timeout, interval)
  local found
  rest.wait("github", ("github.wait_run: %s %s"):format(repo, id), timeout or 600, interval or 10, function()
    found = self.rest:get("wait_run", at(repo, "/actions/runs/{}", id))
    return found.status == "completed"
  end)
  return found
end

--- Sends an event of one's own to the workflows of a repository.
---
---     client:dispatch("acme/deploy", "image-pushed", {image = "shop:1.2"})
---@param repo string
---@param event string
---@param payload? table
function Client:dispatch(repo, event, payload) send(self, "dispatch", "POST", at(repo, "/dispatches"), { event_type = event, client_payload = payload }) end

--- Reads how many requests are left.
---
---     print(client:rate_limit().remaining)
---@return {limit: integer, remaining: integer, reset: integer} # reset: seconds since 1970.
function Client:rate_limit() return self.rest:get("rate_limit", "/rate_limit").rate end

return M
