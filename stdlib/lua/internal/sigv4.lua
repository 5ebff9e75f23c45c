--- Signs requests as services of AWS, and those with their API, want it: Signature Version 4
--- (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).

local rest = require("./rest")

local M = {}

--- The text of a query, sorted and encoded as it is signed; it is sent as it stands here.
---@param params table<string, string|number|boolean|nil>
---@return string
function M.query(params)
  local parts = {}
  for name, value in pairs(params) do parts[#parts + 1] = { rest.escape(name), rest.escape(tostring(value)) } end
  table.sort(parts, function(a, b) return a[1] < b[1] end)
  for i, part in ipairs(parts) do parts[i] = part[1] .. "=" .. part[2] end
  return table.concat(parts, "&")
end

--- The parts of a URL: its scheme, its host without the port that the scheme has anyway, and its path without slashes at
--- the end.
---@param url string
---@return string scheme
---@return string host
---@return string path
function M.split(url)
  local scheme, host, path = url:match("^(https?)://([^/?#]+)([^?#]*)$")
  if not scheme then error("a URL with http or https and no query is expected, got " .. url, 0) end
  host = host:gsub(scheme == "http" and ":80$" or ":443$", "")
  return scheme, host:lower(), (path:gsub("/+$", ""))
end

local function hmac(key, data) return crypto.hmac(key, data, "sha256", true) end

-- What is signed of the headers: the lines, and their names.
local function canonical(headers)
  local names, lines = {}, {}
  for name in pairs(headers) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    lines[i] = name .. ":" .. tostring(headers[name]):gsub("^%s+", ""):gsub("%s+$", ""):gsub("%s+", " ") .. "\n"
  end
  return table.concat(lines), table.concat(names, ";")
end

local function signature(o, stamp, headers, query, hash)
  local lines, names = canonical(headers)
  local day = stamp:sub(1, 8)
  local scope = table.concat({ day, o.region, o.service, "aws4_request" }, "/")
  local request = table.concat({ o.method, o.path, query, lines, names, hash }, "\n")
  local text = table.concat({ "AWS4-HMAC-SHA256", stamp, scope, crypto.hash(request, "sha256") }, "\n")
  local key = hmac(hmac(hmac(hmac("AWS4" .. o.secret_key, day), o.region), o.service), "aws4_request")
  return crypto.hmac(key, text, "sha256"), names, scope
end

---@class sigv4.Request
---@field method string
---@field host string
---@field path string Encoded as it is signed.
---@field query string? As M.query gives it.
---@field headers table<string, string>? Those to sign besides, in lower case.
---@field body string?
---@field service string
---@field region string
---@field access_key string
---@field secret_key string
---@field session_token string?
---@field at number? Seconds since 1970; now unless given.

--- The headers of a request, those that were given among them, and but for host.
---@param o sigv4.Request
---@return table<string, string>
function M.headers(o)
  local stamp = time.format(o.at or time(), "%Y%m%dT%H%M%SZ")
  local headers = rest.without(o.headers)
  headers.host, headers["x-amz-date"], headers["x-amz-security-token"] = o.host, stamp, o.session_token
  local hash = crypto.hash(o.body or "", "sha256")
  if o.service == "s3" then headers["x-amz-content-sha256"] = hash end
  local signed, names, scope = signature(o, stamp, headers, o.query or "", hash)
  headers.host = nil
  headers.authorization = ("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"):format(o.access_key, scope, names, signed)
  return headers
end

--- The query of a URL that carries its own signature.
---@param o sigv4.Request
---@param params table<string, string>
---@param seconds integer How long it is good for.
---@return string
function M.presigned(o, params, seconds)
  local stamp = time.format(o.at or time(), "%Y%m%dT%H%M%SZ")
  local all = rest.without(params)
  all["X-Amz-Algorithm"], all["X-Amz-Date"], all["X-Amz-Expires"], all["X-Amz-SignedHeaders"] = "AWS4-HMAC-SHA256", stamp, seconds, "host"
  all["X-Amz-Credential"] = table.concat({ o.access_key, stamp:sub(1, 8), o.region, o.service, "aws4_request" }, "/")
  all["X-Amz-Security-Token"] = o.session_token
  local query = M.query(all)
  return query .. "&X-Amz-Signature=" .. (signature(o, stamp, { host = o.host }, query, "UNSIGNED-PAYLOAD"))
end

return M
