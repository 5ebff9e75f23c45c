--- Reads and writes buckets and objects of S3, and of servers with its API: MinIO, Ceph, Garage and versitygw.
---
---     local s3 = require("assay.s3")
---     local client = s3.client{
---       endpoint = "http://minio:9000", region = "us-east-1",
---       access_key = env.get("S3_ACCESS_KEY"), secret_key = env.get("S3_SECRET_KEY"),
---     }
---     client:put_object("backups", "2026/dump.sql", fs.read("dump.sql"))
---
--- Keys are any texts: blanks, `+`, `..`, slashes at either end. Requests are signed with Signature Version 4. An answer with a
--- bad status raises an error with `code` ("s3.http"), `status` and `body`.

local rest = require("./internal/rest")
local sigv4 = require("./internal/sigv4")

local M = {}

---@alias s3.code
---| "s3.http" # The server answered with a failure; e.status and e.body have it.
---| "s3.answer" # The answer is not what S3 answers.

---@class s3.Options
---@field endpoint string The server, such as "https://s3.eu-central-1.amazonaws.com".
---@field region string Such as "us-east-1".
---@field access_key string Who asks.
---@field secret_key string What requests are signed with.
---@field session_token? string Of temporary credentials.
---@field path_style? boolean The bucket is in the path; otherwise it is in the name of the host. true unless given.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class s3.ListOptions
---@field prefix? string What keys begin with.
---@field delimiter? string Keys that go on behind it become one of `prefixes`: "/" lists as a folder.
---@field max_keys? integer How many at most, up to 1000; without it, and without continuation_token, all pages are read.
---@field continuation_token? string Where to go on: the next_continuation_token of the page before.
---@field encoding_type? "url" Lets keys have characters that XML does not. They are decoded.

---@class s3.Object
---@field key string Its name.
---@field size integer In bytes.
---@field last_modified string As RFC 3339.
---@field etag string A hash, without quotes.

---@class s3.List
---@field objects s3.Object[] In the order of their keys.
---@field prefixes string[] What keys up to the delimiter are.
---@field is_truncated boolean Whether there is more.
---@field next_continuation_token string? Where to go on.
---@field key_count integer How many there are here.

--- A server, and who asks it.
---@class s3.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = s3.client{endpoint = "http://minio:9000", region = "us-east-1", access_key = key, secret_key = secret}
---@param options s3.Options
---@return s3.Client
function M.client(options)
  local o = options or {}
  for _, name in ipairs({ "endpoint", "region", "access_key", "secret_key" }) do
    if type(o[name]) ~= "string" or o[name] == "" then error("s3.client: " .. name .. " is required", 2) end
  end
  local scheme, host, path = sigv4.split(o.endpoint)
  local url = scheme .. "://" .. host .. path
  local r = rest.client("s3", url, rest.without(o, "endpoint", "region", "access_key", "secret_key", "session_token", "path_style"))
  return setmetatable({ rest = r, url = url, options = o, scheme = scheme, host = host, path = path }, Client)
end

local function encoded(key) return (key:gsub("[^/]+", rest.escape)) end

-- Where an object is: the host, and the path as it is signed. What is sent of it has no segments of dots alone, which clients
-- and proxies would resolve.
local function target(self, bucket, key)
  local host, path = self.host, self.path
  if bucket and self.options.path_style == false then
    host = bucket .. "." .. host
  elseif bucket then
    path = path .. "/" .. rest.escape(bucket)
  end
  if key then
    path = path .. "/" .. encoded(key)
  elseif path == "" or bucket and self.options.path_style == false then
    path = path .. "/"
  end
  return host, path
end

local function plain(path)
  return (path:gsub("[^/]+", function(s) return s:find("^%.%.?$") and s:gsub("%.", "%%2E") or s end))
end

local function signed(self, method, bucket, key, o)
  local host, path = target(self, bucket, key)
  return {
    method = method, host = host, path = path, query = o.query and sigv4.query(o.query), headers = o.headers, body = o.body,
    service = "s3", region = self.options.region,
    access_key = self.options.access_key, secret_key = self.options.secret_key, session_token = self.options.session_token,
  }
end

local function named(operation, what, text, level)
  if type(text) ~= "string" or text == "" then error("s3." .. operation .. ": the " .. what .. " is " .. (text == "" and "empty" or "a " .. type(text)), level or 4) end
end

local function call(self, operation, method, bucket, key, o)
  o = o or {}
  if operation ~= "list_buckets" then named(operation, "bucket", bucket) end
  if o.keyed then named(operation, "key", key) end
  local request = signed(self, method, bucket, key, o)
  local path = plain(request.path) .. (request.query and "?" .. request.query or "")
  local given = { headers = sigv4.headers(request), body = o.body, follow_redirects = false, max_body = o.max_body }
  local response = self.rest:at(self.scheme .. "://" .. request.host):send(method, path, given)
  if o.missing and response.status == 404 then return nil end
  if response.status ~= 200 and response.status ~= 204 and not o.any then self.rest:refuse(operation, response) end
  return response
end

-- What an answer in XML says: by the names of the elements, and in arrays those of many.
local function read(self, operation, response, root)
  local ok, element = pcall(xml.parse, response.body)
  if not ok or element.name ~= root and element.name ~= "Error" then
    rest.fail("s3.answer", ("s3.%s: unexpected response format: %s"):format(operation, ok and "<" .. element.name .. ">" or tostring(element)), response)
  end
  if element.name == "Error" then self.rest:refuse(operation, response) end
  return element
end

local function child(element, name)
  for _, c in ipairs(element.children) do
    if c.name == name then return c end
  end
end

local function text(element, name)
  local c = child(element, name)
  return c and c.text
end

--- Makes a bucket.
---
---     client:create_bucket("backups")
---@param bucket string
---@return boolean # true
function Client:create_bucket(bucket)
  local o = {}
  if self.options.region ~= "us-east-1" then
    o.headers = { ["content-type"] = "application/xml" }
    o.body = xml.encode({
      name = "CreateBucketConfiguration", space = "http://s3.amazonaws.com/doc/2006-03-01/",
      children = { { name = "LocationConstraint", text = self.options.region } },
    })
  end
  call(self, "create_bucket", "PUT", bucket, nil, o)
  return true
end

--- Makes a bucket unless it is there.
---
---     if client:ensure_bucket("backups") then print("made") end
---@param bucket string
---@return boolean created Whether it was made.
function Client:ensure_bucket(bucket)
  if self:bucket_exists(bucket) then return false end
  return self:create_bucket(bucket)
end

--- Deletes a bucket. It must be empty.
---
---     client:delete_bucket("old")
---@param bucket string
---@return boolean # true
function Client:delete_bucket(bucket) return call(self, "delete_bucket", "DELETE", bucket) ~= nil end

--- Lists the buckets.
---
---     for _, b in ipairs(client:list_buckets()) do print(b.name, b.creation_date) end
---@return {name: string, creation_date: string}[] # Times as RFC 3339.
function Client:list_buckets()
  local list = json.array()
  local answer = read(self, "list_buckets", call(self, "list_buckets", "GET"), "ListAllMyBucketsResult")
  for _, b in ipairs((child(answer, "Buckets") or answer).children) do
    if b.name == "Bucket" then list[#list + 1] = { name = text(b, "Name"), creation_date = text(b, "CreationDate") } end
  end
  return list
end

--- Tells whether a bucket is there, and may be listed.
---
---     assert(client:bucket_exists("backups"))
---@param bucket string
---@return boolean
function Client:bucket_exists(bucket)
  return call(self, "bucket_exists", "GET", bucket, nil, { query = { ["list-type"] = 2, ["max-keys"] = 0 }, any = true }).status == 200
end

--- Writes an object, in place of one that is there.
---
---     client:put_object("backups", "a b/c+d.json", json.encode(t), {content_type = "application/json"})
---@param bucket string
---@param key string
---@param body string Up to 5 GB, and in memory.
---@param options {content_type: string?, headers: table<string, string>?}? headers such as x-amz-meta-owner; they are signed.
---@return boolean # true
function Client:put_object(bucket, key, body, options)
  if type(body) ~= "string" then error("s3.put_object: a body is expected, got " .. type(body), 2) end
  local headers = {}
  for name, value in pairs(options and options.headers or {}) do headers[name:lower()] = value end
  headers["content-type"] = options and options.content_type or headers["content-type"]
  call(self, "put_object", "PUT", bucket, key, { keyed = true, body = body, headers = headers })
  return true
end

--- Reads an object.
---
---     local dump = client:get_object("backups", "2026/dump.sql", {max_body = 1e9})
---@param bucket string
---@param key string
---@param options {max_body: integer?}? max_body: how large it may be, in bytes; 16 MB unless given.
---@return string|nil # nil for one that is not there.
function Client:get_object(bucket, key, options)
  local response = call(self, "get_object", "GET", bucket, key, { keyed = true, missing = true, max_body = options and options.max_body })
  return response and response.body
end

--- Reads what is known about an object, without its body.
---
---     local head = client:head_object("backups", "2026/dump.sql")
---     print(head and head.headers["content-length"])
---@param bucket string
---@param key string
---@return {status: integer, headers: table<string, string>}|nil # nil for one that is not there. Names of headers are in lower case.
function Client:head_object(bucket, key)
  local response = call(self, "head_object", "HEAD", bucket, key, { keyed = true, missing = true })
  return response and { status = response.status, headers = response.headers }
end

--- Deletes an object. One that is not there is no error.
---
---     client:delete_object("backups", "2020/dump.sql")
---@param bucket string
---@param key string
---@return boolean # true
function Client:delete_object(bucket, key) return call(self, "delete_object", "DELETE", bucket, key, { keyed = true }) ~= nil end

--- Copies an object within the server.
---
---     client:copy_object("backups", "2026/dump.sql", "archive", "dump.sql")
---@param source_bucket string
---@param source_key string
---@param bucket string
---@param key string
---@return boolean # true
function Client:copy_object(source_bucket, source_key, bucket, key)
  local source = "/" .. rest.escape(source_bucket) .. "/" .. encoded(source_key)
  local response = call(self, "copy_object", "PUT", bucket, key, { keyed = true, headers = { ["x-amz-copy-source"] = source } })
  -- A copy that fails while it runs has begun to answer with 200.
  if response.body ~= "" then read(self, "copy_object", response, "CopyObjectResult") end
  return true
end

local function unquoted(value) return value and (value:gsub('^"', ""):gsub('"$', "")) end

local function page(self, bucket, options, token)
  local o = options or {}
  local query = {
    ["list-type"] = 2, prefix = o.prefix, delimiter = o.delimiter, ["max-keys"] = o.max_keys, ["encoding-type"] = o.encoding_type,
    ["continuation-token"] = token,
  }
  local answer = read(self, "list_objects", call(self, "list_objects", "GET", bucket, nil, { query = query }), "ListBucketResult")
  local function named(value)
    if value and text(answer, "EncodingType") == "url" then
      value = value:gsub("+", " "):gsub("%%(%x%x)", function(x) return string.char(tonumber(x, 16)) end)
    end
    return value
  end
  local list = { objects = json.array(), prefixes = json.array() }
  for _, e in ipairs(answer.children) do
    if e.name == "Contents" then
      table.insert(list.objects, {
        key = named(text(e, "Key")), size = tonumber(text(e, "Size")), last_modified = text(e, "LastModified"), etag = unquoted(text(e, "ETag")),
      })
    elseif e.name == "CommonPrefixes" then
      table.insert(list.prefixes, named(text(e, "Prefix")))
    end
  end
  list.is_truncated = text(answer, "IsTruncated") == "true"
  list.next_continuation_token = text(answer, "NextContinuationToken")
  list.key_count = tonumber(text(answer, "KeyCount")) or #list.objects + #list.prefixes
  return list
end

--- Lists objects: of all pages, or one of at most max_keys.
---
---     for _, o in ipairs(client:list_objects("backups", {prefix = "2026/"}).objects) do print(o.key, o.size) end
---     for _, folder in ipairs(client:list_objects("backups", {delimiter = "/"}).prefixes) do print(folder) end
---@param bucket string
---@param options s3.ListOptions?
---@return s3.List
function Client:list_objects(bucket, options)
  local o = options or {}
  local list = page(self, bucket, o, o.continuation_token)
  if o.max_keys or o.continuation_token then return list end
  while list.is_truncated and list.next_continuation_token do
    local more = page(self, bucket, o, list.next_continuation_token)
    for _, object in ipairs(more.objects) do table.insert(list.objects, object) end
    for _, prefix in ipairs(more.prefixes) do table.insert(list.prefixes, prefix) end
    list.is_truncated, list.next_continuation_token = more.is_truncated, more.next_continuation_token
    list.key_count = list.key_count + more.key_count
  end
  return list
end

--- Makes a URL with which anybody may do one thing for a while.
---
---     print(client:presign("GET", "backups", "2026/dump.sql", 3600))
---@param method string "GET", "PUT", ...
---@param bucket string
---@param key string
---@param seconds integer How long, up to a week.
---@return string url
function Client:presign(method, bucket, key, seconds)
  named("presign", "bucket", bucket, 3)
  named("presign", "key", key, 3)
  local request = signed(self, method, bucket, key, {})
  return self.scheme .. "://" .. request.host .. plain(request.path) .. "?" .. sigv4.presigned(request, {}, seconds)
end

return M
