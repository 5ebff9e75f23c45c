#!/usr/bin/env assay
-- Says what configuration lacks before something is deployed: secrets of OpenBao and of Kubernetes, ConfigMaps, and URLs that
-- must answer. It changes nothing, with or without --dry-run, and names no values. What is wrong is said at once, and ends it
-- with 1.
--
--   BAO_TOKEN=... assay config-verification.lua config-verification.yaml
local job = require("./job")
local k8s = require("assay.k8s")

local config = job.config()
local wrong, right = 0, 0

local function judge(what, lacks)
  if lacks then
    wrong = wrong + 1
    print("wrong  " .. what .. ": " .. lacks)
  else
    right = right + 1
    print("right  " .. what)
  end
end

-- What a table lacks of some keys; a key that is empty counts as none.
local function lacks(fields, keys)
  if not fields then return "it is not there" end
  local missing = {}
  for _, key in ipairs(keys) do
    if fields[key] == nil or fields[key] == "" then missing[#missing + 1] = key end
  end
  return #missing > 0 and "it has no " .. table.concat(missing, ", ") or nil
end

-- A failure to look is one of the configuration, too.
local function look(what, fn)
  local ok, found = pcall(fn)
  judge(what, not ok and tostring(found):match("[^\n]*") or found)
end

if config.bao then
  local bao, mount = job.bao(config.bao), config.bao.mount or "secrets"
  for _, s in ipairs(config.bao.secrets or {}) do
    look("the secret " .. mount .. "/" .. s.path, function()
      local found = bao:kv_get(mount, s.path)
      return lacks(found and found.data, s.keys)
    end)
  end
end
for _, kind in ipairs({ "secret", "configmap" }) do
  for _, o in ipairs(config[kind .. "s"] or {}) do
    look(("the %s %s/%s"):format(kind, o.namespace, o.name), function()
      return lacks(k8s.exists(o.namespace, kind, o.name) and (k8s.get_resource(o.namespace, kind, o.name).data or {}), o.keys)
    end)
  end
end
for _, u in ipairs(config.urls or {}) do
  look(u.url, function()
    local status = http.get(u.url, { timeout = u.timeout or 10, follow_redirects = false, ca_cert_file = u.ca_cert_file }).status
    return status ~= (u.status or 200) and ("status %d, want %d"):format(status, u.status or 200) or nil
  end)
end

print(("%d right, %d wrong; nothing was changed"):format(right, wrong))
if wrong > 0 then os.exit(1) end
