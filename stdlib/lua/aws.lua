--- Asks AWS: credentials of a pod's role, Secrets Manager, parameters of Systems Manager, and any service by a signed request.
---
---     local aws = require("assay.aws")
---     local client = aws.client{region = "eu-central-1"}
---     local password = json.parse(client:secret("shop/db")).password
---
--- Without access_key the credentials are those of the environment: AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY and
--- AWS_SESSION_TOKEN, or a role for a token of the pod's service account (AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE). An answer
--- with a bad status raises an error with `code` ("aws.http"), `status` and `body`.

local rest = require("./internal/rest")
local sigv4 = require("./internal/sigv4")

local M = {}

---@alias aws.code
---| "aws.http" # The service answered with a failure; e.status and e.body have it.
---| "aws.answer" # The answer is not what the service answers.
---| "aws.credentials" # There are no credentials.

---@class aws.Options
---@field region? string Such as "eu-central-1"; AWS_REGION or AWS_DEFAULT_REGION unless given.
---@field access_key? string Who asks.
---@field secret_key? string What requests are signed with.
---@field session_token? string Of temporary credentials.
---@field role_arn? string The role of a web identity; AWS_ROLE_ARN unless given.
---@field web_identity_token? string The token for it; what the file AWS_WEB_IDENTITY_TOKEN_FILE has unless given, which needs the level of scripts.
---@field endpoint? string Another server for all services.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class aws.Credentials
---@field access_key string Who asks.
---@field secret_key string What requests are signed with.
---@field session_token string? Of temporary ones.
---@field expires string? When they end, as RFC 3339.

---@class aws.Request
---@field service string What it is signed for: "secretsmanager", "ssm", "execute-api", ...
---@field url? string Whole, with its query encoded; the service's own host unless given.
---@field method? string "POST" unless given.
---@field headers? table<string, string> They are signed.
---@field body? string What to send.

--- An account in a region.
---@class aws.Client
---@field region string The region.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = aws.client{region = "eu-central-1", role_arn = "arn:aws:iam::123456789012:role/shop"}
---@param options aws.Options?
---@return aws.Client
function M.client(options)
  local o = options or {}
  local region = o.region or env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION")
  if not region then error("aws.client: region is required", 2) end
  local r = rest.client("aws", o.endpoint or "https://amazonaws.com",
    rest.without(o, "region", "access_key", "secret_key", "session_token", "role_arn", "web_identity_token", "endpoint"))
  return setmetatable({ rest = r, region = region, options = o }, Client)
end

local function host_url(self, service)
  local suffix = self.region:find("^cn%-") and "amazonaws.com.cn" or "amazonaws.com"
  return self.options.endpoint and self.rest.base or ("https://%s.%s.%s"):format(service, self.region, suffix)
end

local function find(element, name)
  if element.name == name then return element end
  for _, c in ipairs(element.children) do
    local found = find(c, name)
    if found then return found end
  end
end

-- What an answer of STS says, by names.
local function fields(operation, response, name)
  local ok, tree = pcall(xml.parse, response.body)
  local found = ok and find(tree, name)
  if not found then rest.fail("aws.answer", "aws." .. operation .. ": unexpected response format: there is no " .. name) end
  local out = {}
  for _, c in ipairs(found.children) do out[c.name] = c.text end
  return out
end

local function temporary(f)
  return { access_key = f.AccessKeyId, secret_key = f.SecretAccessKey, session_token = f.SessionToken, expires = f.Expiration }
end

-- Credentials for the token of a web identity, which STS is asked for without a signature.
local function assume_with_token(self, role, token)
  local session = "assay-" .. math.floor(time())
  local response = self.rest:at(host_url(self, "sts")):send("POST", "/", {
    form = { Action = "AssumeRoleWithWebIdentity", Version = "2011-06-15", RoleArn = role, RoleSessionName = session, WebIdentityToken = token },
  })
  if response.status ~= 200 then self.rest:refuse("credentials", response) end
  return temporary(fields("credentials", response, "Credentials"))
end

--- Gives the credentials that requests are signed with: those of a role are renewed five minutes before they end.
---
---     local c = client:credentials()
---     local s3 = require("assay.s3").client{endpoint = "https://s3.eu-central-1.amazonaws.com", region = client.region,
---       access_key = c.access_key, secret_key = c.secret_key, session_token = c.session_token}
---     print(#s3:list_buckets())
---@return aws.Credentials
function Client:credentials()
  local o = self.options
  if o.access_key then return { access_key = o.access_key, secret_key = o.secret_key, session_token = o.session_token } end
  if self.kept and time.parse(self.kept.expires) - time() > 300 then return self.kept end
  local role = o.role_arn or env.get("AWS_ROLE_ARN")
  local file = env.get("AWS_WEB_IDENTITY_TOKEN_FILE")
  local key, secret = env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY")
  if not o.role_arn and key and secret then return { access_key = key, secret_key = secret, session_token = env.get("AWS_SESSION_TOKEN") } end
  if role and (o.web_identity_token or file) then
    self.kept = assume_with_token(self, role, o.web_identity_token or string.trim(rest.file("aws", file, "web_identity_token")))
    return self.kept
  end
  rest.fail("aws.credentials", "aws: no credentials: give access_key and secret_key, or set AWS_ACCESS_KEY_ID or AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE")
end

--- Makes a signed request, and gives the answer, whatever its status.
---
---     local r = client:request{service = "execute-api", method = "GET", url = "https://abc.execute-api.eu-central-1.amazonaws.com/prod/orders?state=open"}
---@param request aws.Request
---@return http.Response
function Client:request(request)
  local c = self:credentials()
  local url, query = (request.url or host_url(self, request.service) .. "/"):match("^([^?]*)%??(.*)$")
  local scheme, host = sigv4.split(url)
  local path = url:match("^https?://[^/]+(.*)$")
  if path == "" then path = "/" end
  local params = {}
  for name, value in query:gmatch("([^&=]+)=?([^&]*)") do
    local function plain(text) return (text:gsub("+", " "):gsub("%%(%x%x)", function(x) return string.char(tonumber(x, 16)) end)) end
    params[plain(name)] = plain(value)
  end
  query = sigv4.query(params)
  local headers = {}
  for name, value in pairs(request.headers or {}) do headers[name:lower()] = value end
  local method = request.method or "POST"
  local signed = sigv4.headers({
    method = method, host = host, path = (path:gsub("[^/]+", rest.escape)), query = query, headers = headers, body = request.body,
    service = request.service, region = self.region, access_key = c.access_key, secret_key = c.secret_key, session_token = c.session_token,
  })
  return self.rest:at(scheme .. "://" .. host .. path):send(method, query ~= "" and "?" .. query or "", { headers = signed, body = request.body, follow_redirects = false })
end

-- Calls a service whose protocol is JSON 1.1.
local function json_call(self, operation, service, target, body)
  local response = self:request{
    service = service, body = json.encode(body),
    headers = { ["content-type"] = "application/x-amz-json-1.1", ["x-amz-target"] = target },
  }
  if response.status ~= 200 then
    if response.body:find("ResourceNotFoundException", 1, true) or response.body:find("ParameterNotFound", 1, true) then return nil, response end
    self.rest:refuse(operation, response)
  end
  return self.rest:decode(operation, response), response
end

--- Reads a secret of Secrets Manager.
---
---     local password = json.parse(client:secret("shop/db")).password
---@param id string Its name or ARN.
---@param options {version_id: string?, version_stage: string?}? An older version.
---@return string|nil # Text, or bytes; nil when there is none.
function Client:secret(id, options)
  local o = options or {}
  local answer = json_call(self, "secret", "secretsmanager", "secretsmanager.GetSecretValue",
    { SecretId = id, VersionId = o.version_id, VersionStage = o.version_stage })
  return answer and (answer.SecretString or answer.SecretBinary and base64.decode(answer.SecretBinary))
end

--- Writes a secret of Secrets Manager: a new version, or a new secret.
---
---     client:put_secret("shop/db", json.encode{username = "shop", password = crypto.random(32)})
---@param id string Its name.
---@param value string
---@return boolean created Whether there was none.
function Client:put_secret(id, value)
  local body = { SecretId = id, SecretString = value, ClientRequestToken = crypto.uuid() }
  if json_call(self, "put_secret", "secretsmanager", "secretsmanager.PutSecretValue", body) then return false end
  local made, response = json_call(self, "put_secret", "secretsmanager", "secretsmanager.CreateSecret",
    { Name = id, SecretString = value, ClientRequestToken = crypto.uuid() })
  if not made then self.rest:refuse("put_secret", response) end
  return true
end

--- Lists the secrets of Secrets Manager, without their values.
---
---     for _, s in ipairs(client:secrets()) do print(s.Name, s.LastChangedDate) end
---@return table[]
function Client:secrets()
  local all, following = json.array(), nil
  repeat
    local answer = json_call(self, "secrets", "secretsmanager", "secretsmanager.ListSecrets", json.object({ NextToken = following })) or {}
    for _, s in ipairs(answer.SecretList or {}) do table.insert(all, s) end
    following = answer.NextToken
  until not following
  return all
end

--- Reads a parameter of Systems Manager, decrypted.
---
---     print(client:parameter("/shop/log_level"))
---@param name string
---@return string|nil # nil when there is none.
function Client:parameter(name)
  local answer = json_call(self, "parameter", "ssm", "AmazonSSM.GetParameter", { Name = name, WithDecryption = true })
  return answer and answer.Parameter.Value
end

--- Reads the parameters below a path, decrypted.
---
---     for name, value in pairs(client:parameters("/shop")) do print(name) end
---@param path string
---@return table<string, string> # By their whole names.
function Client:parameters(path)
  local all, following = {}, nil
  repeat
    local answer = json_call(self, "parameters", "ssm", "AmazonSSM.GetParametersByPath",
      { Path = path, Recursive = true, WithDecryption = true, NextToken = following }) or {}
    for _, p in ipairs(answer.Parameters or {}) do all[p.Name] = p.Value end
    following = answer.NextToken
  until not following
  return all
end

--- Writes a parameter, over one that is there.
---
---     client:put_parameter("/shop/token", token, {type = "SecureString"})
---@param name string
---@param value string
---@param options {type: string?, key_id: string?}? type: "String" unless given, "SecureString" or "StringList".
---@return integer version
function Client:put_parameter(name, value, options)
  local o = options or {}
  local answer, response = json_call(self, "put_parameter", "ssm", "AmazonSSM.PutParameter",
    { Name = name, Value = value, Type = o.type or "String", KeyId = o.key_id, Overwrite = true })
  if not answer then self.rest:refuse("put_parameter", response) end
  return answer.Version
end

local function sts(self, operation, form, name)
  form.Version = "2011-06-15"
  local response = self:request{ service = "sts", body = sigv4.query(form), headers = { ["content-type"] = "application/x-www-form-urlencoded" } }
  if response.status ~= 200 then self.rest:refuse(operation, response) end
  return fields(operation, response, name)
end

--- Tells who asks.
---
---     print(client:caller_identity().arn)
---@return {arn: string, account: string, user_id: string}
function Client:caller_identity()
  local f = sts(self, "caller_identity", { Action = "GetCallerIdentity" }, "GetCallerIdentityResult")
  return { arn = f.Arn, account = f.Account, user_id = f.UserId }
end

--- Gets credentials of another role.
---
---     local c = client:assume_role("arn:aws:iam::123456789012:role/deploy", {session = "ci", seconds = 900})
---     local other = aws.client{region = client.region, access_key = c.access_key, secret_key = c.secret_key, session_token = c.session_token}
---@param role_arn string
---@param options {session: string?, seconds: integer?, external_id: string?}? seconds: how long they live, 3600 unless given.
---@return aws.Credentials
function Client:assume_role(role_arn, options)
  local o = options or {}
  return temporary(sts(self, "assume_role", {
    Action = "AssumeRole", RoleArn = role_arn, RoleSessionName = o.session or "assay", DurationSeconds = o.seconds or 3600, ExternalId = o.external_id,
  }, "Credentials"))
end

return M
