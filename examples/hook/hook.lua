#!/usr/bin/env assay
-- After a deployment: signs in with the key that the pod has mounted, moves the app in the configuration
-- service to the new version, and writes the manifest for the step that follows.
--
--   ISSUER=https://id.example.com CONFIG=https://config.example.com VERSION=1.5.0 assay hook.lua OUT.yaml

local function need(name)
  local value = env.get(name, "")
  return value ~= "" and value or error("set " .. name .. ": the first lines of hook.lua show how", 0)
end

local issuer, config, version = need("ISSUER"), need("CONFIG"), need("VERSION")
local account = env.get("ACCOUNT", "service")
local key_file = env.get("KEY_FILE", "/var/run/secrets/deploy/key.pem")
local out = arg[1] or error("usage: assay hook.lua OUT.yaml", 0)
local here = arg[0]:match("^(.*)/[^/]*$") or "."

local web = http.client{
  timeout = 10,
  ca_cert_file = env.get("CA_FILE"),
  retry = {attempts = 5, strategy = "exponential", initial = 0.2, max_elapsed = 30},
}

-- A JWT that our key has signed, for an access token (RFC 7523).
local function sign_in()
  local found = web:get(issuer .. "/.well-known/openid-configuration")
  assert.eq(found.status, 200, "discovery of " .. issuer)
  local now = math.floor(time())
  local claims = {iss = account, sub = account, aud = issuer, iat = now, exp = now + 300, jti = crypto.uuid()}
  local answer = web:post(found:json().token_endpoint, nil, {form = {
    grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion = crypto.jwt_sign(claims, fs.read(key_file), "RS256", {kid = env.get("KEY_ID", "key1")}),
    scope = "openid",
  }})
  assert.eq(answer.status, 200, answer.body)
  return answer:json().access_token
end

-- The document is put back only if nobody has changed it meanwhile.
local function update(auth)
  local url = config .. "/apps/shop"
  local read = web:get(url, {auth = auth})
  assert.eq(read.status, 200, read.body)
  local app = read:json()
  app.version = version
  app.replicas = math.max(app.replicas, 2)
  app.history[#app.history + 1] = {version = version, at = time.format(time())}
  local written = web:put(url, app, {auth = auth, headers = {["If-Match"] = read.headers.etag}})
  assert.eq(written.status, 200, written.body)
  log.info("updated", {app = app.name, version = version})
  return app
end

local app = update({bearer = sign_in()})
local manifest = template.render(here .. "/deployment.yaml.j2", app)
assert.eq(yaml.parse(manifest).spec.replicas, app.replicas)
fs.write(out, manifest)
print("wrote " .. out)
