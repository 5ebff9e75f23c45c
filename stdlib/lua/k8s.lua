--- Reads and changes a Kubernetes cluster.
---
---     local k8s = require("assay.k8s")
---     for _, pod in ipairs(k8s.list("shop", "pod", {label_selector = "app=api"}).items) do print(pod.metadata.name) end
---     k8s.wait("shop", "deployment", "api", {condition = "Available", timeout = 120})
---
--- The cluster is the one of KUBECONFIG or of the options kubeconfig and context, else that of the pod's service
--- account, whose token is read anew for each request, else that of ~/.kube/config; or base_url and token say it.
--- Further options are those of http.request (timeout, retry, headers, ca_cert_file, ...), and http, a client of
--- http.client. Kinds are written in any case: "pod", "Deployment", "pvc"; others are found in the cluster, with their
--- group where several have the name: "certificates.cert-manager.io". A namespace of nil is all of them in a list.
--- An answer with a bad status raises an error with `code` ("k8s.http"), `status` and `body`.

local M = {}

---@alias k8s.code
---| "k8s.http" # The API server refused; e.status and e.body (a Status in JSON) say why.
---| "k8s.answer" # The answer is no JSON.
---| "k8s.config" # No cluster is known, or the kubeconfig is wrong.
---| "k8s.kind" # There is no such kind.
---| "k8s.timeout" # What was waited for did not come in time.

---@class k8s.Options
---@field base_url? string The API server, instead of the one that is found.
---@field token? string Who asks, instead of the one that is found.
---@field kubeconfig? string A file.
---@field context? string A context of the kubeconfig.
---@field timeout? number Of each request, in seconds, and other options of http.request.

for _, part in ipairs({ "request", "kinds", "objects", "pods", "wait", "watch", "rollout", "apply", "nodes", "access" }) do
  for name, value in pairs(require("./k8s/" .. part)) do M[name] = value end
end

-- What few scripts use is read when it is asked for.
local later = { exec = "exec", port_forward = "exec", controller = "controller", webhook = "webhook" }

return setmetatable(M, { __index = function(_, name)
  local part = later[name] and require("./k8s/" .. later[name])
  if part then M[name] = part[name] end
  return part and part[name]
end })
