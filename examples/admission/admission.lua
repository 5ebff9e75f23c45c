#!/usr/bin/env assay
-- An admission webhook: pods say who owns them, take their images from permitted registries by digest or version, and do not
-- run as root. manifests.yaml has what the cluster needs, and README.md how to run it.

local k8s = require("assay.k8s")

local registries = env.get("REGISTRIES", "registry.example.com/"):split(",")
local tls = env.get("TLS", "/tls")

local function permitted(image)
  for _, registry in ipairs(registries) do
    if image:sub(1, #registry) == registry then return true end
  end
end

local function containers(pod)
  local all = {}
  for _, list in ipairs({pod.spec.initContainers or {}, pod.spec.containers or {}}) do
    for _, container in ipairs(list) do all[#all + 1] = container end
  end
  return all
end

local function validate(pod)
  if not (pod.metadata.labels or {}).team then return "the label team is missing: whose is it?" end
  local warnings = {}
  for _, c in ipairs(containers(pod)) do
    if not permitted(c.image) then return ("container %s: the image %s is from no permitted registry"):format(c.name, c.image) end
    local name = c.image:match("[^/]+$")
    if name:find(":latest$") or not name:find("[:@]") then
      return ("container %s: the image %s has no version"):format(c.name, c.image)
    end
    if not (c.resources and c.resources.limits and c.resources.limits.memory) then
      warnings[#warnings + 1] = ("container %s has no memory limit"):format(c.name)
    end
  end
  return {warnings = warnings}
end

local function mutate(pod)
  pod.spec.securityContext = pod.spec.securityContext or {}
  if pod.spec.securityContext.runAsNonRoot == nil then pod.spec.securityContext.runAsNonRoot = true end
  for _, c in ipairs(containers(pod)) do
    c.securityContext = c.securityContext or {}
    if c.securityContext.allowPrivilegeEscalation == nil then c.securityContext.allowPrivilegeEscalation = false end
  end
end

k8s.webhook({
  port = tonumber(env.get("PORT", "8443")),
  tls = {cert = tls .. "/tls.crt", key = tls .. "/tls.key"},
  validate = validate,
  mutate = mutate,
})
