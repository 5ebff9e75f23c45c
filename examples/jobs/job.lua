-- What the jobs of this folder share: the file that says what is wanted, dry runs, and an account of what was changed.
local k8s = require("assay.k8s")

local M = { changed = 0, dry_run = false }

--- Reads the command line: CONFIG.yaml, and --dry-run, with which nothing is changed.
function M.config()
  local file
  for _, word in ipairs(arg) do
    if word == "--dry-run" then
      M.dry_run = true
    elseif file or word:find("^%-") then
      error("usage: assay " .. arg[0] .. " CONFIG.yaml [--dry-run]", 0)
    else
      file = word
    end
  end
  return yaml.parse(fs.read(file or error("usage: assay " .. arg[0] .. " CONFIG.yaml [--dry-run]", 0)))
end

--- A variable of the environment that must be there.
function M.need(name)
  local value = env.get(name, "")
  return value ~= "" and value or error("set the environment variable " .. name, 0)
end

--- The client of OpenBao or Vault that a config names: {url = ..., mount = ...}. The token is BAO_TOKEN or VAULT_TOKEN, or that of
--- the role, which the pod's service account has.
function M.bao(config)
  local client = require("assay.openbao").client(config.url, env.get("BAO_TOKEN") or env.get("VAULT_TOKEN"))
  if config.role then client:login_kubernetes(config.role, fs.read("/var/run/secrets/kubernetes.io/serviceaccount/token")) end
  return client
end

--- Says what is changed, and changes it unless this is a dry run.
function M.change(what, make)
  M.changed = M.changed + 1
  print((M.dry_run and "would " or "") .. what)
  if not M.dry_run then return make() end
end

--- Gives the fields of a secret in OpenBao, and those that it lacks the values that make gives. They are never printed.
function M.secret(bao, mount, path, make)
  local found = bao:kv_get(mount, path)
  local fields, lacks = found and found.data or {}, {}
  for name, value in pairs(make) do
    if fields[name] == nil then
      lacks[#lacks + 1] = name
      fields[name] = type(value) == "function" and value() or value
    end
  end
  if #lacks > 0 then
    table.sort(lacks)
    M.change(("write %s of the secret %s/%s"):format(table.concat(lacks, ", "), mount, path), function()
      bao:kv_put(mount, path, fields, { cas = found and found.metadata.version or 0 })
    end)
  end
  return fields
end

--- Applies an object of Kubernetes if the server would change something. Gives whether it does.
function M.apply(object, manager)
  local o = { field_manager = manager }
  if #k8s.diff(object, o) == 0 then return false end
  local m = object.metadata
  M.change(("apply %s %s/%s"):format(object.kind, m.namespace or "-", m.name), function() k8s.apply(object, o) end)
  return true
end

--- Tells whether a server has what is wanted: all the fields, in any order where lists are of texts, and "1h" for 3600.
function M.has(got, want)
  if type(want) == "table" and next(want) == nil then return got == nil or type(got) == "table" and next(got) == nil end
  if type(want) == "table" and #want > 0 then
    if type(got) == "string" then got = { got } end
    if type(got) ~= "table" or #got ~= #want then return false end
    local left = {}
    for i, v in ipairs(got) do left[i] = v end
    for _, v in ipairs(want) do
      local at
      for i, other in ipairs(left) do
        if M.has(other, v) then
          at = i
          break
        end
      end
      if not at then return false end
      table.remove(left, at)
    end
    return true
  end
  if type(want) == "table" then
    if type(got) ~= "table" then return false end
    for name, value in pairs(want) do
      if not M.has(got[name], value) then return false end
    end
    return true
  end
  if type(got) == "table" and #got == 1 then got = got[1] end
  if got == want or tostring(got) == tostring(want) then return true end
  local n, unit = tostring(want):match("^(%d+)([smhd])$")
  return n ~= nil and tonumber(got) == tonumber(n) * ({ s = 1, m = 60, h = 3600, d = 86400 })[unit]
end

--- Ends the account.
function M.done()
  if M.changed == 0 then
    print("nothing to change")
    return
  end
  print(("%d %s"):format(M.changed, M.dry_run and "to change" or "changed"))
end

return M
