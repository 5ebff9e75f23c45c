--- Reads and changes a server of HashiCorp Vault or OpenBao through its HTTP API.
---
---     local vault = require("assay.vault")
---     local client = vault.client("http://vault:8200", env.get("VAULT_TOKEN"))
---     local secret = client:kv_get("secrets", "shop/db")
---     if secret then print(secret.data.username) end
---
--- What is not there is nil where the entry says so. An answer with another status than 200 or 204 raises an error
--- with the fields `code` ("vault.http"), `status` and `body`. Options are those of http.request (timeout, retry,
--- headers, ca_cert_file, ...), `http`, a client of http.client to make requests with, and `namespace`.

local rest = require("./internal/rest")

local M = {}

---@alias vault.code
---| "vault.http" # The server answered with a failure; e.status and e.body have it.
---| "vault.answer" # The answer is no JSON.
---| "vault.timeout" # The server was not reachable in time.
---| "vault.missing" # A secret or one of its keys is not there.

---@class vault.WaitOptions
---@field timeout? number How long in all, in seconds; 60 unless given.
---@field interval? number How long between attempts, in seconds; 2 unless given.
---@field health_path? string What to ask; sealed and standby servers count unless given.

---@class vault.Auth
---@field client_token string The token.
---@field policies string[] What it may do.
---@field lease_duration integer How long it lives, in seconds; 0 is for ever.
---@field renewable boolean Whether token_renew_self makes it live longer.

--- A server, and the token to ask it with.
---@class vault.Client
---@field url string The server.
---@field token string? What requests are made with; the login_ methods set it.
local Client = {}
Client.__index = Client

local changed = { [200] = true, [204] = true }

--- Makes a client. Nothing is asked yet.
---
---     local client = vault.client("https://vault:8200", env.get("VAULT_TOKEN"), {ca_cert_file = "/etc/vault/ca.crt"})
---@param url string The server.
---@param token string? Without it, log in first.
---@param options table? See above.
---@return vault.Client
function M.client(url, token, options)
  local client = setmetatable({ token = token }, Client)
  local namespace = options and options.namespace
  client.rest = rest.client("vault", url, rest.without(options, "namespace"), function()
    return { ["x-vault-token"] = client.token, ["x-vault-namespace"] = namespace }
  end)
  client.url = client.rest.base
  return client
end

-- What the calls are made of. Paths are encoded, their slashes kept.
local function get(self, operation, path, query)
  return (self.rest:call(operation, "GET", path, { query = query, missing = true }))
end

local function send(self, operation, method, path, body)
  return (self.rest:call(operation, method, path, { body = body, ok = changed }))
end

local function remove(self, operation, path)
  self.rest:call(operation, "DELETE", path, { ok = changed })
end

local function list(self, operation, path)
  local answer = get(self, operation, path, { list = "true" })
  return answer and answer.data and answer.data.keys or {}
end

local function data(answer) return answer and answer.data end

--- Reads any path.
---
---     local config = client:read("auth/kubernetes/config")
---@param path string Without /v1.
---@return table|nil data What is there.
function Client:read(path) return data(get(self, "read", rest.path("/v1/{/}", path))) end

--- Writes to any path.
---
---     client:write("auth/kubernetes/config", {kubernetes_host = "https://kubernetes.default.svc"})
---@param path string Without /v1.
---@param fields table
---@return table|nil answer The whole answer, where there is one.
function Client:write(path, fields) return send(self, "write", "POST", rest.path("/v1/{/}", path), fields) end

--- Deletes any path.
---
---     client:delete("database/roles/old")
---@param path string Without /v1.
function Client:delete(path) remove(self, "delete", rest.path("/v1/{/}", path)) end

--- Lists what is below any path.
---
---     for _, role in ipairs(client:list("database/roles")) do print(role) end
---@param path string Without /v1.
---@return string[] keys Names; those that end with / have more below. None is an empty array.
function Client:list(path) return list(self, "list", rest.path("/v1/{/}", path)) end

--- Reads a secret of an engine kv of version 2.
---
---     local secret = client:kv_get("secrets", "shop/db")
---     print(secret.data.password, secret.metadata.version)
---@param mount string Where the engine is.
---@param key string The secret's path.
---@param options {version: integer?}? An older version.
---@return {data: table, metadata: table}|nil secret nil when there is none, or its version was deleted.
function Client:kv_get(mount, key, options)
  return data(get(self, "kv_get", rest.path("/v1/{/}/data/{/}", mount, key), options and { version = options.version }))
end

--- Writes a new version of a secret. It replaces all fields.
---
---     client:kv_put("secrets", "shop/db", {username = "shop", password = crypto.random(32)})
---     client:kv_put("secrets", "shop/db", {username = "shop"}, {cas = 0}) -- only when there is none
---@param mount string
---@param key string
---@param fields table
---@param options {cas: integer?}? cas: the version that must be there now; 0 is none.
---@return table|nil answer The whole answer; data.version is the new version.
function Client:kv_put(mount, key, fields, options)
  local body = { data = json.object(rest.without(fields)) }
  if options and options.cas then body.options = { cas = options.cas } end
  return send(self, "kv_put", "POST", rest.path("/v1/{/}/data/{/}", mount, key), body)
end

--- Changes some fields of a secret, and leaves the others.
---
---     client:kv_patch("secrets", "shop/db", {password = crypto.random(32)})
---@param mount string
---@param key string
---@param fields table
---@return table|nil answer The whole answer.
function Client:kv_patch(mount, key, fields)
  local path = rest.path("/v1/{/}/data/{/}", mount, key)
  return (self.rest:call("kv_patch", "PATCH", path, { body = { data = fields }, ok = changed, headers = { ["content-type"] = "application/merge-patch+json" } }))
end

--- Deletes the newest version of a secret; older ones can still be read.
---
---     client:kv_delete("secrets", "shop/old")
---@param mount string
---@param key string
function Client:kv_delete(mount, key) remove(self, "kv_delete", rest.path("/v1/{/}/data/{/}", mount, key)) end

--- Destroys a secret with all its versions.
---
---     client:kv_destroy("secrets", "shop/old")
---@param mount string
---@param key string
function Client:kv_destroy(mount, key) remove(self, "kv_destroy", rest.path("/v1/{/}/metadata/{/}", mount, key)) end

--- Lists secrets.
---
---     for _, key in ipairs(client:kv_list("secrets", "shop")) do print(key) end
---@param mount string
---@param prefix? string A folder; without it, the top.
---@return string[] keys Those that end with / are folders. None is an empty array.
function Client:kv_list(mount, prefix) return list(self, "kv_list", rest.path("/v1/{/}/metadata/{/}", mount, prefix or "")) end

--- Reads what is known about a secret.
---
---     print(client:kv_metadata("secrets", "shop/db").data.current_version)
---@param mount string
---@param key string
---@return table|nil answer The whole answer: data has current_version, versions, custom_metadata.
function Client:kv_metadata(mount, key) return get(self, "kv_metadata", rest.path("/v1/{/}/metadata/{/}", mount, key)) end

--- Asks how the server is. A sealed one answers too, so a status is never an error.
---
---     local health = client:health()
---     assert(health.initialized and not health.sealed)
---@return {initialized: boolean, sealed: boolean, standby: boolean, version: string}
function Client:health()
  return self.rest:decode("health", self.rest:send("GET", "/v1/sys/health", { auth = false }))
end

--- Asks whether the server is sealed, and how far unsealing is.
---
---     local status = client:seal_status()
---     print(status.progress, status.t)
---@return table # sealed, initialized, t (the threshold), n, progress, version.
function Client:seal_status() return (self.rest:call("seal_status", "GET", "/v1/sys/seal-status", { auth = false })) end

--- Tells whether the server is sealed.
---
---     assert.is_false(client:is_sealed())
---@return boolean
function Client:is_sealed() return self:seal_status().sealed end

--- Tells whether the server is initialized.
---
---     if not client:is_initialized() then client:init() end
---@return boolean
function Client:is_initialized() return self:seal_status().initialized end

--- Initializes the server. The answer is the only place that has its keys.
---
---     local made = client:init{secret_shares = 5, secret_threshold = 3}
---     client.token = made.root_token
---@param options table? secret_shares and secret_threshold, 1 each unless given; recovery_shares, pgp_keys, ...
---@return {keys: string[], keys_base64: string[], root_token: string}
function Client:init(options)
  local body = rest.without(options)
  if not body.recovery_shares then
    body.secret_shares, body.secret_threshold = body.secret_shares or 1, body.secret_threshold or 1
  end
  return (self.rest:call("init", "PUT", "/v1/sys/init", { body = body, auth = false }))
end

--- Gives the server one key to unseal it.
---
---     for _, key in ipairs(made.keys) do if not client:unseal(key).sealed then break end end
---@param key string
---@return table # As seal_status.
function Client:unseal(key)
  return (self.rest:call("unseal", "PUT", "/v1/sys/unseal", { body = { key = key }, auth = false }))
end

--- Reads a policy.
---
---     print(client:policy_get("shop").policy)
---@param name string
---@return {name: string, policy: string}|nil
function Client:policy_get(name) return data(get(self, "policy_get", rest.path("/v1/sys/policies/acl/{}", name))) end

--- Writes a policy.
---
---     client:policy_put("shop", 'path "secrets/data/shop/*" { capabilities = ["read"] }')
---@param name string
---@param rules string In HCL or JSON.
function Client:policy_put(name, rules) send(self, "policy_put", "PUT", rest.path("/v1/sys/policies/acl/{}", name), { policy = rules }) end

--- Deletes a policy.
---
---     client:policy_delete("old")
---@param name string
function Client:policy_delete(name) remove(self, "policy_delete", rest.path("/v1/sys/policies/acl/{}", name)) end

--- Lists policies.
---
---     assert.contains(client:policy_list(), "shop")
---@return string[]
function Client:policy_list() return list(self, "policy_list", "/v1/sys/policies/acl") end

--- Enables an auth method.
---
---     client:auth_enable("kubernetes", "kubernetes", {description = "pods"})
---@param path string
---@param kind string Its type: "kubernetes", "approle", ...
---@param options {description: string?, config: table?}?
function Client:auth_enable(path, kind, options)
  local body = rest.without(options)
  body.type = kind
  send(self, "auth_enable", "POST", rest.path("/v1/sys/auth/{/}", path), body)
end

--- Disables an auth method. Its tokens end.
---
---     client:auth_disable("userpass")
---@param path string
function Client:auth_disable(path) remove(self, "auth_disable", rest.path("/v1/sys/auth/{/}", path)) end

--- Lists the auth methods.
---
---     if not client:auth_list()["kubernetes/"] then client:auth_enable("kubernetes", "kubernetes") end
---@return table # By path, with a slash at the end.
function Client:auth_list()
  local answer = get(self, "auth_list", "/v1/sys/auth") or {}
  return answer.data or answer
end

--- Configures an auth method.
---
---     client:auth_config("kubernetes", {kubernetes_host = "https://kubernetes.default.svc"})
---@param path string
---@param config table
function Client:auth_config(path, config) send(self, "auth_config", "POST", rest.path("/v1/auth/{/}/config", path), config) end

--- Writes a role of an auth method.
---
---     client:auth_create_role("kubernetes", "shop", {bound_service_account_names = {"shop"},
---       bound_service_account_namespaces = {"prod"}, policies = {"shop"}, ttl = "1h"})
---@param path string
---@param role string
---@param config table
function Client:auth_create_role(path, role, config) send(self, "auth_create_role", "POST", rest.path("/v1/auth/{/}/role/{}", path, role), config) end

--- Reads a role of an auth method.
---
---     print(client:auth_read_role("kubernetes", "shop").ttl)
---@param path string
---@param role string
---@return table|nil
function Client:auth_read_role(path, role) return data(get(self, "auth_read_role", rest.path("/v1/auth/{/}/role/{}", path, role))) end

--- Deletes a role of an auth method.
---
---     client:auth_delete_role("kubernetes", "old")
---@param path string
---@param role string
function Client:auth_delete_role(path, role) remove(self, "auth_delete_role", rest.path("/v1/auth/{/}/role/{}", path, role)) end

--- Lists the roles of an auth method.
---
---     print(#client:auth_list_roles("kubernetes"))
---@param path string
---@return string[]
function Client:auth_list_roles(path) return list(self, "auth_list_roles", rest.path("/v1/auth/{/}/role", path)) end

--- Enables a secrets engine.
---
---     client:engine_enable("secrets", "kv", {options = {version = "2"}})
---@param path string
---@param kind string Its type: "kv", "transit", "pki", ...
---@param options {description: string?, config: table?, options: table?}?
function Client:engine_enable(path, kind, options)
  local body = rest.without(options)
  body.type = kind
  send(self, "engine_enable", "POST", rest.path("/v1/sys/mounts/{/}", path), body)
end

--- Disables a secrets engine. What it has is lost.
---
---     client:engine_disable("old")
---@param path string
function Client:engine_disable(path) remove(self, "engine_disable", rest.path("/v1/sys/mounts/{/}", path)) end

--- Lists the secrets engines.
---
---     if not client:engine_list()["secrets/"] then client:engine_enable("secrets", "kv", {options = {version = "2"}}) end
---@return table # By path, with a slash at the end.
function Client:engine_list()
  local answer = get(self, "engine_list", "/v1/sys/mounts") or {}
  return answer.data or answer
end

--- Changes the configuration of a secrets engine.
---
---     client:engine_tune("pki", {max_lease_ttl = "87600h"})
---@param path string
---@param config table
function Client:engine_tune(path, config) send(self, "engine_tune", "POST", rest.path("/v1/sys/mounts/{/}/tune", path), config) end

--- Makes a token.
---
---     local token = client:token_create{policies = {"shop"}, ttl = "1h"}.client_token
---@param options table? policies, ttl, period, no_parent, renewable, display_name, num_uses, ...
---@return vault.Auth
function Client:token_create(options) return send(self, "token_create", "POST", "/v1/auth/token/create", rest.without(options)).auth end

--- Looks up what is known about a token.
---
---     print(client:token_lookup(token).ttl)
---@param token string
---@return table # ttl (seconds), policies, expire_time, ...
function Client:token_lookup(token) return data(send(self, "token_lookup", "POST", "/v1/auth/token/lookup", { token = token })) end

--- Looks up what is known about the client's own token.
---
---     assert.contains(client:token_lookup_self().policies, "shop")
---@return table|nil # As token_lookup.
function Client:token_lookup_self() return data(get(self, "token_lookup_self", "/v1/auth/token/lookup-self")) end

--- Makes the client's own token live longer.
---
---     if client:token_lookup_self().ttl < 600 then client:token_renew_self("1h") end
---@param increment? string|integer How long, in seconds or as "1h".
---@return vault.Auth
function Client:token_renew_self(increment) return send(self, "token_renew_self", "POST", "/v1/auth/token/renew-self", { increment = increment }).auth end

--- Ends a token, and those that were made with it.
---
---     client:token_revoke(token)
---@param token string
function Client:token_revoke(token) send(self, "token_revoke", "POST", "/v1/auth/token/revoke", { token = token }) end

--- Ends the client's own token.
---
---     client:token_revoke_self()
function Client:token_revoke_self() send(self, "token_revoke_self", "POST", "/v1/auth/token/revoke-self", {}) end

--- Makes the lease of a dynamic secret longer.
---
---     local lease = client:lease_renew(lease_id, 3600)
---     print(lease.lease_duration)
---@param lease_id string
---@param increment? integer Seconds.
---@return table # lease_id, lease_duration (seconds), renewable.
function Client:lease_renew(lease_id, increment)
  return send(self, "lease_renew", "PUT", "/v1/sys/leases/renew", { lease_id = lease_id, increment = increment })
end

--- Ends the lease of a dynamic secret.
---
---     client:lease_revoke(lease_id)
---@param lease_id string
function Client:lease_revoke(lease_id) send(self, "lease_revoke", "PUT", "/v1/sys/leases/revoke", { lease_id = lease_id }) end

--- Looks up a lease.
---
---     print(client:lease_lookup(lease_id).ttl)
---@param lease_id string
---@return table # id, issue_time, expire_time, renewable, ttl (seconds).
function Client:lease_lookup(lease_id) return data(send(self, "lease_lookup", "PUT", "/v1/sys/leases/lookup", { lease_id = lease_id })) end

local function login(self, operation, path, body)
  local answer = self.rest:call(operation, "POST", path, { body = body, auth = false, headers = { ["x-vault-namespace"] = self.rest.headers()["x-vault-namespace"] } })
  self.token = answer.auth.client_token
  return answer.auth
end

--- Logs in as a pod: with the token of its service account. The client uses what it gets.
---
---     local client = vault.client("http://vault:8200")
---     client:login_kubernetes("shop", fs.read("/var/run/secrets/kubernetes.io/serviceaccount/token"))
---@param role string
---@param jwt string The token of a service account.
---@param mount? string Where the auth method is; "kubernetes" unless given.
---@return vault.Auth
function Client:login_kubernetes(role, jwt, mount)
  return login(self, "login_kubernetes", rest.path("/v1/auth/{/}/login", mount or "kubernetes"), { role = role, jwt = string.trim(jwt) })
end

--- Logs in with an AppRole. The client uses what it gets.
---
---     client:login_approle(env.get("ROLE_ID"), env.get("SECRET_ID"))
---@param role_id string
---@param secret_id? string Where the role wants one.
---@param mount? string Where the auth method is; "approle" unless given.
---@return vault.Auth
function Client:login_approle(role_id, secret_id, mount)
  return login(self, "login_approle", rest.path("/v1/auth/{/}/login", mount or "approle"), { role_id = role_id, secret_id = secret_id })
end

--- Logs in with a JWT of another issuer. The client uses what it gets.
---
---     client:login_jwt("ci", env.get("CI_JOB_JWT"))
---@param role string
---@param jwt string
---@param mount? string Where the auth method is; "jwt" unless given.
---@return vault.Auth
function Client:login_jwt(role, jwt, mount)
  return login(self, "login_jwt", rest.path("/v1/auth/{/}/login", mount or "jwt"), { role = role, jwt = string.trim(jwt) })
end

--- Logs in with a name and a password. The client uses what it gets.
---
---     client:login_userpass("admin", env.get("VAULT_PASSWORD"))
---@param username string
---@param password string
---@param mount? string Where the auth method is; "userpass" unless given.
---@return vault.Auth
function Client:login_userpass(username, password, mount)
  return login(self, "login_userpass", rest.path("/v1/auth/{/}/login/{}", mount or "userpass", username), { password = password })
end

--- Encrypts text or bytes.
---
---     local ciphertext = client:transit_encrypt("orders", "4111 1111 1111 1111")
---@param key string
---@param text string
---@param mount? string Where the engine is; "transit" unless given.
---@return string ciphertext
function Client:transit_encrypt(key, text, mount)
  local path = rest.path("/v1/{/}/encrypt/{}", mount or "transit", key)
  return send(self, "transit_encrypt", "POST", path, { plaintext = base64.encode(text) }).data.ciphertext
end

--- Decrypts what transit_encrypt gave.
---
---     local text = client:transit_decrypt("orders", ciphertext)
---@param key string
---@param ciphertext string
---@param mount? string Where the engine is; "transit" unless given.
---@return string text
function Client:transit_decrypt(key, ciphertext, mount)
  local path = rest.path("/v1/{/}/decrypt/{}", mount or "transit", key)
  return base64.decode(send(self, "transit_decrypt", "POST", path, { ciphertext = ciphertext }).data.plaintext)
end

--- Makes a key. One that exists is left as it is.
---
---     client:transit_create_key("orders", {type = "aes256-gcm96"})
---@param key string
---@param options table? type, exportable, derived, ...
---@param mount? string Where the engine is; "transit" unless given.
function Client:transit_create_key(key, options, mount)
  send(self, "transit_create_key", "POST", rest.path("/v1/{/}/keys/{}", mount or "transit", key), rest.without(options))
end

--- Makes a new version of a key; what older ones encrypted can still be read.
---
---     client:transit_rotate_key("orders")
---@param key string
---@param mount? string Where the engine is; "transit" unless given.
function Client:transit_rotate_key(key, mount)
  send(self, "transit_rotate_key", "POST", rest.path("/v1/{/}/keys/{}/rotate", mount or "transit", key), {})
end

--- Lists the keys.
---
---     print(table.concat(client:transit_list_keys(), " "))
---@param mount? string Where the engine is; "transit" unless given.
---@return string[]
function Client:transit_list_keys(mount) return list(self, "transit_list_keys", rest.path("/v1/{/}/keys", mount or "transit")) end

--- Issues a certificate.
---
---     local c = client:pki_issue("pki", "shop", {common_name = "shop.example.com", ttl = "24h"})
---     fs.write("tls.crt", c.certificate)
---@param mount string
---@param role string
---@param options table? common_name, alt_names, ttl, ...
---@return {certificate: string, private_key: string, issuing_ca: string, serial_number: string, expiration: integer}
function Client:pki_issue(mount, role, options)
  return data(send(self, "pki_issue", "POST", rest.path("/v1/{/}/issue/{}", mount, role), rest.without(options)))
end

--- Reads the certificate of the authority.
---
---     fs.write("ca.crt", client:pki_ca_cert())
---@param mount? string Where the engine is; "pki" unless given.
---@return string pem
function Client:pki_ca_cert(mount)
  return (self.rest:call("pki_ca_cert", "GET", rest.path("/v1/{/}/ca/pem", mount or "pki"), { auth = false, text = true }))
end

--- Writes a role for certificates.
---
---     client:pki_create_role("pki", "shop", {allowed_domains = {"example.com"}, allow_subdomains = true, max_ttl = "72h"})
---@param mount string
---@param role string
---@param options table?
function Client:pki_create_role(mount, role, options)
  send(self, "pki_create_role", "POST", rest.path("/v1/{/}/roles/{}", mount, role), rest.without(options))
end

--- Waits until the server answers with 200: sealed, uninitialized and standby servers do, unless health_path says
--- otherwise.
---
---     vault.wait("http://vault:8200", {timeout = 120})
---@param url string
---@param options vault.WaitOptions? And those of http.request.
---@return boolean # true; when it takes too long, vault.wait raises.
function M.wait(url, options)
  local path = options and options.health_path or "/v1/sys/health?standbyok=true&sealedcode=200&uninitcode=200"
  return rest.reachable("vault", url, path, options)
end

--- Waits for the server, and makes a client with the token of a Secret of Kubernetes.
---
---     local client = vault.authenticated_client("http://openbao:8200", {secret_ns = "openbao"})
---@param url string
---@param options table? timeout and interval of the wait; secret_namespace (or secret_ns) = "secrets", secret_name = "openbao-root-token", secret_key = "root-token"; k8s: options of assay.k8s; client: options of vault.client.
---@return vault.Client
function M.authenticated_client(url, options)
  local o = options or {}
  M.wait(url, { timeout = o.timeout, interval = o.interval })
  local namespace, name, key = o.secret_namespace or o.secret_ns or "secrets", o.secret_name or "openbao-root-token", o.secret_key or "root-token"
  local token = require("assay.k8s").get_secret(namespace, name, o.k8s)[key]
  if not token then
    rest.fail("vault.missing", ("vault.authenticated_client: the Secret %s/%s has no key %s"):format(namespace, name, key))
  end
  return M.client(url, string.trim(token), o.client)
end

--- Gives a secret, and makes it first if it is not there or lacks a key.
---
---     local data = vault.ensure_credentials(client, "shop/db", "password", function()
---       return {username = "shop", password = crypto.random(32)}
---     end)
---@param client vault.Client
---@param path string
---@param check_key string What the secret must have.
---@param generator fun(): table Gives the fields of a new secret.
---@param mount? string "secrets" unless given.
---@return table data The fields of the secret.
function M.ensure_credentials(client, path, check_key, generator, mount)
  mount = mount or "secrets"
  local secret = client:kv_get(mount, path)
  if secret and secret.data and secret.data[check_key] ~= nil then return secret.data end
  local fields = generator()
  client:kv_put(mount, path, fields)
  return fields
end

--- Gives a secret that must have some keys, or raises with those that it lacks.
---
---     local data = vault.assert_secret(client, "shop/db", {"username", "password"})
---@param client vault.Client
---@param path string
---@param keys string[]
---@param mount? string "secrets" unless given.
---@return table data The fields of the secret.
function M.assert_secret(client, path, keys, mount)
  mount = mount or "secrets"
  local secret = client:kv_get(mount, path)
  if not secret or not secret.data then
    rest.fail("vault.missing", ("vault.assert_secret: there is no secret %s/%s"):format(mount, path))
  end
  local lacks = {}
  for _, key in ipairs(keys or {}) do
    if secret.data[key] == nil then lacks[#lacks + 1] = key end
  end
  if #lacks > 0 then
    rest.fail("vault.missing", ("vault.assert_secret: the secret %s/%s has no %s"):format(mount, path, table.concat(lacks, ", ")))
  end
  return secret.data
end

return M
