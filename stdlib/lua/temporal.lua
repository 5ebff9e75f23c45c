--- Reads workflows, task queues and schedules of Temporal, and signals, cancels and terminates workflows, through its HTTP API.
---
---     local temporal = require("assay.temporal")
---     local client = temporal.client("http://temporal:7243", {namespace = "shop"})
---     client:signal_workflow("order-1", "paid", {amount = 10})
---     client:wait_workflow_complete("order-1", 300)
---
--- Every call on workflows, task queues and schedules takes `namespace` among its options. An answer with another status than 200 raises an
--- error with `code` ("temporal.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias temporal.code
---| "temporal.http" # The server answered with a failure; e.status and e.body have it.
---| "temporal.answer" # The answer is no JSON.
---| "temporal.timeout" # The workflow did not end in time.

---@class temporal.Options
---@field namespace? string "default" unless given.
---@field api_key? string Sent as a bearer token.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class temporal.ListOptions
---@field query? string Which ones: "WorkflowType = 'Order' AND ExecutionStatus = 'Running'".
---@field page_size? integer One page of at most so many; without it all are read.
---@field namespace? string Another than the client's.

--- A server, and a namespace of it.
---@class temporal.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = temporal.client("https://temporal.example.com", {namespace = "shop", api_key = env.get("TEMPORAL_API_KEY")})
---@param url string
---@param options temporal.Options?
---@return temporal.Client
function M.client(url, options)
  local o = options or {}
  local authorization = o.api_key and "Bearer " .. o.api_key
  local r = rest.client("temporal", url, rest.without(o, "namespace", "api_key"), function()
    return { authorization = authorization, ["content-type"] = "application/json" }
  end)
  return setmetatable({ rest = r, url = r.base, default = o.namespace or "default" }, Client)
end

local function within(self, o, suffix) return rest.path("/api/v1/namespaces/{}", o and o.namespace or self.default) .. suffix end

local function workflow(self, o, id, suffix) return within(self, o, rest.path("/workflows/{}", id) .. (suffix or "")) end

-- Reads a list over all its pages, or one when a size is given.
local function pages(self, operation, path, query, items, limit)
  local whole = self.rest:call(operation, "GET", path, { query = query })
  if limit then return whole end
  whole[items] = whole[items] or json.array()
  local q = rest.without(query)
  while whole.nextPageToken and whole.nextPageToken ~= "" do
    q.nextPageToken = whole.nextPageToken
    local more = self.rest:call(operation, "GET", path, { query = q })
    for _, item in ipairs(more[items] or {}) do table.insert(whole[items], item) end
    whole.nextPageToken = more.nextPageToken
  end
  return whole
end

--- Tells whether the server is healthy.
---
---     assert(client:health())
---@return boolean
function Client:health() return self.rest:send("GET", "/health").status == 200 end

--- Reads what the server is and can do.
---
---     print(client:system_info().serverVersion)
---@return table
function Client:system_info() return self.rest:get("system_info", "/api/v1/system-info") end

--- Lists the namespaces.
---
---     for _, n in ipairs(client:namespaces().namespaces) do print(n.namespaceInfo.name) end
---@return {namespaces: table[]}
function Client:namespaces() return pages(self, "namespaces", "/api/v1/namespaces", nil, "namespaces") end

--- Reads a namespace. Without a name it is the client's.
---
---     print(client:namespace("shop").config.workflowExecutionRetentionTtl)
---@param name? string
---@return table
function Client:namespace(name) return self.rest:get("namespace", within(self, { namespace = name }, "")) end

--- Lists workflows.
---
---     for _, w in ipairs(client:workflows{query = "ExecutionStatus = 'Failed'"}.executions) do print(w.execution.workflowId) end
---@param options temporal.ListOptions?
---@return {executions: table[], nextPageToken: string?}
function Client:workflows(options)
  local o = options or {}
  return pages(self, "workflows", within(self, o, "/workflows"), { query = o.query, pageSize = o.page_size }, "executions", o.page_size)
end

--- Lists the workflows that a query finds.
---
---     print(#client:search("WorkflowType = 'Order'", {page_size = 10}).executions)
---@param query string
---@param options {page_size: integer?, namespace: string?}?
---@return {executions: table[], nextPageToken: string?}
function Client:search(query, options)
  local o = rest.without(options)
  o.query = query
  return self:workflows(o)
end

-- Reads of one run. Servers that do not know runId in a query, as Temporal's own, give the last run: they are asked again in their way.
local function of_run(self, operation, path, query, run_id, run_of)
  query.runId = run_id
  local answer = self.rest:call(operation, "GET", path, { query = query })
  if run_id and run_of(answer) and run_of(answer) ~= run_id then
    query.runId, query["execution.runId"] = nil, run_id
    answer = self.rest:call(operation, "GET", path, { query = query })
  end
  return answer
end

--- Reads a workflow.
---
---     print(client:workflow("order-1").workflowExecutionInfo.status)
---@param id string
---@param run_id? string A run; the last one unless given.
---@param options {namespace: string?}?
---@return table
function Client:workflow(id, run_id, options)
  return of_run(self, "workflow", workflow(self, options, id), {}, run_id, function(answer)
    local execution = (answer.workflowExecutionInfo or {}).execution
    return execution and execution.runId
  end)
end

--- Reads the events of a workflow.
---
---     for _, e in ipairs(client:workflow_history("order-1").history.events) do print(e.eventId, e.eventType) end
---@param id string
---@param run_id? string A run; the last one unless given.
---@param options {maximum_page_size: integer?, namespace: string?}? maximum_page_size: one page of at most so many; without it all are read.
---@return {history: {events: table[]}, nextPageToken: string?}
function Client:workflow_history(id, run_id, options)
  local o = options or {}
  local path, query = workflow(self, o, id, "/history"), { maximumPageSize = o.maximum_page_size }
  local whole = of_run(self, "workflow_history", path, query, run_id, function(answer)
    local first = ((answer.history or {}).events or {})[1] or {}
    return (first.workflowExecutionStartedEventAttributes or {}).originalExecutionRunId
  end)
  while not o.maximum_page_size and whole.nextPageToken and whole.nextPageToken ~= "" do
    query.nextPageToken = whole.nextPageToken
    local more = self.rest:call("workflow_history", "GET", path, { query = query })
    for _, event in ipairs((more.history or {}).events or {}) do table.insert(whole.history.events, event) end
    whole.nextPageToken = more.nextPageToken
  end
  return whole
end

local function change(self, operation, path, body, id, o)
  local run = o and o.run_id
  body.workflowExecution = run and { workflowId = id, runId = run } or nil
  return (self.rest:call(operation, "POST", path, { body = body }))
end

--- Sends a signal to a workflow.
---
---     client:signal_workflow("order-1", "paid", {amount = 10})
---@param id string
---@param name string Of the signal.
---@param input? any What goes with it.
---@param options {run_id: string?, namespace: string?}?
---@return table
function Client:signal_workflow(id, name, input, options)
  local path = workflow(self, options, id, "/signal")
  local ok, answer = pcall(change, self, "signal_workflow", path, { signalName = name, input = input }, id, options)
  if ok then return answer end
  -- Temporal's own server has the name in the path, and an array of arguments.
  if answer.status ~= 404 and answer.status ~= 405 and answer.status ~= 501 then error(answer, 0) end
  return change(self, "signal_workflow", path .. rest.path("/{}", name), { input = input ~= nil and json.array({ input }) or nil }, id, options)
end

--- Ends a workflow at once.
---
---     client:terminate_workflow("order-1", "ordered twice")
---@param id string
---@param reason? string
---@param options {run_id: string?, namespace: string?}?
---@return table
function Client:terminate_workflow(id, reason, options)
  return change(self, "terminate_workflow", workflow(self, options, id, "/terminate"), { reason = reason }, id, options)
end

--- Asks a workflow to end.
---
---     client:cancel_workflow("order-1")
---@param id string
---@param options {run_id: string?, namespace: string?}?
---@return table
function Client:cancel_workflow(id, options)
  return change(self, "cancel_workflow", workflow(self, options, id, "/cancel"), {}, id, options)
end

--- Reads who takes tasks from a queue.
---
---     assert.gt(#client:task_queue("orders").pollers, 0)
---@param name string
---@param options {task_queue_type: string?, namespace: string?}? task_queue_type: "TASK_QUEUE_TYPE_WORKFLOW" or "TASK_QUEUE_TYPE_ACTIVITY".
---@return table
function Client:task_queue(name, options)
  local o = options or {}
  return (self.rest:call("task_queue", "GET", within(self, o, rest.path("/task-queues/{}", name)), { query = { taskQueueType = o.task_queue_type } }))
end

--- Lists the schedules.
---
---     for _, s in ipairs(client:schedules().schedules) do print(s.scheduleId) end
---@param options {maximum_page_size: integer?, namespace: string?}? maximum_page_size: one page of at most so many; without it all are read.
---@return {schedules: table[], nextPageToken: string?}
function Client:schedules(options)
  local o = options or {}
  return pages(self, "schedules", within(self, o, "/schedules"), { maximumPageSize = o.maximum_page_size }, "schedules", o.maximum_page_size)
end

--- Reads a schedule.
---
---     print(client:schedule("nightly").schedule.state.paused)
---@param id string
---@param options {namespace: string?}?
---@return table
function Client:schedule(id, options) return self.rest:get("schedule", within(self, options, rest.path("/schedules/{}", id))) end

local function status(answer) return (answer.workflowExecutionInfo or {}).status end

--- Tells whether a workflow is running.
---
---     print(client:is_workflow_running("order-1"))
---@param id string
---@param options {namespace: string?}?
---@return boolean
function Client:is_workflow_running(id, options) return status(self:workflow(id, nil, options)) == "WORKFLOW_EXECUTION_STATUS_RUNNING" end

--- Waits until a workflow has ended, whichever way. Errors are raised at once.
---
---     local w = client:wait_workflow_complete("order-1", 300)
---     assert.eq(w.workflowExecutionInfo.status, "WORKFLOW_EXECUTION_STATUS_COMPLETED")
---@param id string
---@param timeout number Seconds.
---@param options {namespace: string?, interval: number?}? interval: between looks, in seconds; 5 unless given.
---@return table # The workflow; when it takes too long, it raises.
function Client:wait_workflow_complete(id, timeout, options)
  local found
  rest.wait("temporal", "temporal.wait_workflow_complete: " .. id .. " is running", timeout, options and options.interval or 5, function()
    found = self:workflow(id, nil, options)
    return status(found) ~= "WORKFLOW_EXECUTION_STATUS_RUNNING"
  end)
  return found
end

return M
