#!/usr/bin/env assay
-- Brings OpenBao or Vault up: initializes and unseals it, keeps the keys in a Secret of Kubernetes, and makes engines,
-- policies, auth methods, roles and first secrets.
--
--   assay openbao-bootstrap.lua openbao-bootstrap.yaml [--dry-run]
local job = require("./job")
local k8s = require("assay.k8s")
local openbao = require("assay.openbao")

local config = job.config()
local keys = config.keys or {}
local namespace, name = keys.namespace or "secrets", keys.secret or "openbao-root-token"

local function keep(data)
  return { apiVersion = "v1", kind = "Secret", metadata = { name = name, namespace = namespace }, type = "Opaque", stringData = data }
end

openbao.wait(config.url, { timeout = config.timeout or 120 })
local client = openbao.client(config.url)
local status = client:seal_status()
if not status.initialized then
  -- There is no second chance to keep the keys: make sure of it before there are any.
  k8s.apply(keep({ probe = "x" }), { field_manager = "openbao-bootstrap", dry_run = true })
  job.change("initialize the server, and keep its keys in the Secret " .. namespace .. "/" .. name, function()
    local made = client:init({ secret_shares = keys.shares or 1, secret_threshold = keys.threshold or 1 })
    local data = { ["root-token"] = made.root_token }
    for i, key in ipairs(made.keys_base64) do data["unseal-key-" .. i] = key end
    k8s.apply(keep(data), { field_manager = "openbao-bootstrap", force = true })
    status = client:seal_status()
  end)
  if job.dry_run then
    print("would configure it")
    return job.done()
  end
end

local kept = k8s.get_secret(namespace, name)
if status.sealed then
  job.change("unseal the server", function()
    local i = 1
    while kept["unseal-key-" .. i] and client:unseal(kept["unseal-key-" .. i]).sealed do i = i + 1 end
    assert.is_false(client:is_sealed(), "the keys of the Secret " .. namespace .. "/" .. name .. " do not unseal the server")
  end)
  if job.dry_run then return job.done() end
end
client = openbao.client(config.url, string.trim(kept["root-token"]))

local engines = client:engine_list()
for _, e in ipairs(config.engines or {}) do
  if not engines[e.path .. "/"] then
    job.change("enable the engine " .. e.type .. " at " .. e.path, function()
      client:engine_enable(e.path, e.type, { options = e.options, description = e.description })
    end)
  end
end

for _, p in ipairs(config.policies or {}) do
  local found = client:policy_get(p.name)
  if not found or string.trim(found.policy) ~= string.trim(p.rules) then
    job.change("write the policy " .. p.name, function() client:policy_put(p.name, p.rules) end)
  end
end

local methods = client:auth_list()
for _, a in ipairs(config.auth or {}) do
  local there = methods[a.path .. "/"] ~= nil
  if not there then
    job.change("enable the auth method " .. a.type .. " at " .. a.path, function() client:auth_enable(a.path, a.type, { description = a.description }) end)
  end
  if a.config and not job.has(there and client:read("auth/" .. a.path .. "/config"), a.config) then
    job.change("configure the auth method " .. a.path, function() client:auth_config(a.path, a.config) end)
  end
  for _, r in ipairs(a.roles or {}) do
    if not job.has(there and client:auth_read_role(a.path, r.name), r.config) then
      job.change("write the role " .. a.path .. "/" .. r.name, function() client:auth_create_role(a.path, r.name, r.config) end)
    end
  end
end

for _, s in ipairs(config.secrets or {}) do
  local make = {}
  for field, value in pairs(s.fields or {}) do make[field] = value end
  for field, length in pairs(s.generate or {}) do make[field] = function() return crypto.random(length) end end
  job.secret(client, s.mount or "secrets", s.path, make)
end
job.done()
