-- What assay.s3 does, against the server arg[1] in the region arg[2], with the key arg[3] and the secret arg[4].
local s3 = require("assay.s3")
local client = s3.client{endpoint = arg[1] .. "/", region = arg[2], access_key = arg[3], secret_key = arg[4]}

assert.eq(client:ensure_bucket("first"), true)
assert.eq(client:ensure_bucket("first"), false)
assert.eq(client:bucket_exists("second"), false)
client:create_bucket("second")
assert.eq(client:list_buckets()[2].name, "second")

local keys = {
  "plain", "a b", "a+b", "ü/ö €", "x%20y", "q?x=1&y#z", "a=b", "a:b;c", "it's (1)*!~", "d/e/f.txt", 'a&b<c>"', ".hidden", "a..b", "日本/語",
  "a,b", "a@b$c", "[x]{y}|z^`", "tab\tx", "a\\b",
}
for _, key in ipairs(keys) do
  local body = "body of " .. key
  client:put_object("first", key, body, {content_type = "text/plain", headers = {["x-amz-meta-owner"] = "me"}})
  assert.eq(client:get_object("first", key), body)
  local head = client:head_object("first", key)
  assert.eq({head.headers["content-length"], head.headers["content-type"], head.headers["x-amz-meta-owner"]}, {tostring(#body), "text/plain", "me"})
  client:copy_object("first", key, "second", key .. ".copy")
  assert.eq(client:get_object("second", key .. ".copy"), body)
  assert.eq(http.get(client:presign("GET", "first", key, 60)).body, body)
end
assert.eq(http.put(client:presign("PUT", "first", "signed", 60), "x").status, 200)
assert.eq(client:get_object("first", "signed"), "x")
client:delete_object("first", "signed")

-- What is listed is what was written, in one piece and in pages.
local function names(list, suffix)
  local found = {}
  for i, object in ipairs(list.objects) do found[i] = object.key:sub(1, -1 - #suffix) end
  return found
end
table.sort(keys)
assert.eq(names(client:list_objects("first"), ""), keys)
assert.eq(client:list_objects("first", {encoding_type = "url"}).key_count, #keys)
local paged, token = {}, nil
repeat
  local page = client:list_objects("first", {max_keys = 3, continuation_token = token})
  assert.le(page.key_count, 3)
  for _, name in ipairs(names(page, "")) do table.insert(paged, name) end
  token = page.next_continuation_token
until not page.is_truncated
assert.eq(paged, keys)
assert.eq(client:list_objects("first", {prefix = "a b"}).objects[1].size, #"body of a b")
assert.eq(client:list_objects("first", {delimiter = "/"}).prefixes, {"d/", "ü/", "日本/"})

assert.is_nil(client:get_object("first", "none"))
assert.is_nil(client:head_object("first", "none"))
assert.eq(assert.raises(function() client:delete_bucket("first") end, "HTTP 409").code, "s3.http")
local other = s3.client{endpoint = arg[1], region = arg[2], access_key = arg[3], secret_key = "wrong"}
assert.eq(assert.raises(function() other:list_buckets() end, "SignatureDoesNotMatch").status, 403)
for _, bucket in ipairs({"first", "second"}) do
  for _, object in ipairs(client:list_objects(bucket).objects) do client:delete_object(bucket, object.key) end
end
client:delete_bucket("second")
assert.eq(#client:list_buckets(), 1)
