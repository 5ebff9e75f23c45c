-- Makes custom resources with the status that their controller would give them.
local k8s = require("assay.k8s")

local M = {}

--- Applies the objects of a text of YAML; the status of one is written as its controller would.
function M.objects(text)
  for _, object in ipairs(yaml.parse_all(text)) do
    local status = object.status
    object.status = nil
    local made = k8s.apply(object)
    if status then
      local group = object.apiVersion:match("^[^/]+")
      local path = k8s._resource_path(object.metadata.namespace, object.kind:lower() .. "." .. group, object.metadata.name, {})
      path = path:gsub("^(/apis/[^/]+/)[^/]+", "%1" .. object.apiVersion:match("/(.+)"))
      local there = k8s.get(path)
      -- A definition without the subresource has its status written with the rest.
      local ok, answer = pcall(k8s.patch, path .. "/status", {status = status})
      if not ok then answer = k8s.patch(path, {status = status}) end
      for k in pairs(status) do
        assert(answer.status and answer.status[k] ~= nil, object.kind .. ": its definition has no status." .. k)
      end
      assert.eq(there.metadata.uid, made.metadata.uid)
    end
  end
end

--- Defines kinds whose definitions are published nowhere that a test may fetch from: {group, version, plural, kind, scope?}.
function M.kinds(list)
  local set = {}
  for i, d in ipairs(list) do
    set[i] = {
      apiVersion = "apiextensions.k8s.io/v1", kind = "CustomResourceDefinition", metadata = {name = d[3] .. "." .. d[1]},
      spec = {
        group = d[1], scope = d[5] or "Namespaced", names = {plural = d[3], singular = d[4]:lower(), kind = d[4]},
        versions = {{name = d[2], served = true, storage = true, subresources = {status = json.object()},
          schema = {openAPIV3Schema = {type = "object", ["x-kubernetes-preserve-unknown-fields"] = true}}}},
      },
    }
  end
  k8s.apply_all(set)
end

--- Makes a namespace.
function M.namespace(name) k8s.apply({apiVersion = "v1", kind = "Namespace", metadata = {name = name}}) end

return M
