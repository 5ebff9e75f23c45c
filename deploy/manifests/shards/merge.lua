-- Waits for the pods of an Indexed Job that runs shards of checks, joins their documents, prints that of the whole run, and
-- ends with its exit code.
--
--   assay merge.lua JOB
local k8s = require("assay.k8s")

local job, namespace = assert(arg[1], "usage: assay merge.lua JOB"), env.get("NAMESPACE", "default")

-- A Job whose shards all ended is complete, or failed when one of them was.
local function ended()
  local status = k8s.get_resource(namespace, "job", job).status or {}
  for _, c in ipairs(status.conditions or {}) do
    if c.status == "True" and (c.type == "Complete" or c.type == "Failed") then return c end
  end
end

local condition
repeat
  condition = ended()
  if not condition then sleep(1) end
until condition

local documents = {}
for _, pod in ipairs(k8s.list(namespace, "pod", { label_selector = "batch.kubernetes.io/job-name=" .. job }).items) do
  local log = k8s.logs(namespace, pod.metadata.name)
  -- A pod that was evicted, and replaced, has written none.
  if log ~= "" then documents[#documents + 1] = log end
end

local whole = check.merge(documents)
print(json.encode(whole))
log.info("verdict", { passed = whole.passed, reason = whole.reason, shards = #documents, job = condition.type })
os.exit(whole.exit_code)
