-- https://docs.aws.amazon.com/AmazonS3/latest/API; test/e2e has a real server

---- signatures are those of the documentation
-- https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
local sigv4 = require("assay.internal.sigv4")
local function example(t)
  local o = {
    method = "GET", host = "examplebucket.s3.amazonaws.com", path = "/", service = "s3", region = "us-east-1", at = 1369353600,
    access_key = "AKIAIOSFODNN7EXAMPLE", secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  }
  for k, v in pairs(t) do o[k] = v end
  return o
end
local function signature(t) return sigv4.headers(example(t)).authorization:match("Signature=(%x+)$") end
assert.eq(signature{path = "/test.txt", headers = {range = "bytes=0-9"}}, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
assert.eq(signature{method = "PUT", path = "/test%24file.text", body = "Welcome to Amazon S3.", headers = {
  date = "Fri, 24 May 2013 00:00:00 GMT", ["x-amz-storage-class"] = "REDUCED_REDUNDANCY",
}}, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
assert.eq(signature{query = "lifecycle="}, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
assert.eq(signature{query = sigv4.query{prefix = "J", ["max-keys"] = 2}}, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
assert.contains(sigv4.presigned(example{path = "/test.txt"}, {}, 86400), "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")

---- what a client needs
local o = {endpoint = "http://x", region = "r", access_key = "a", secret_key = "s"}
for _, name in ipairs{"endpoint", "region", "access_key", "secret_key"} do
  local without = {}
  for k, v in pairs(o) do if k ~= name then without[k] = v end end
  assert.raises(function() s3.client(without) end, "s3.client: " .. name .. " is required")
end
assert.raises(function() s3.client() end, "s3.client: endpoint is required")
assert.eq(s3.client{endpoint = "http://x:80//", region = "r", access_key = "a", secret_key = "s"}.url, "http://x")
local c = s3.client{endpoint = "https://host:443/base/", region = "r", access_key = "a", secret_key = "s", session_token = "t"}
local url = c:presign("GET", "b", "a b/../c", 60)
assert.contains(url, "https://host/base/b/a%20b/%2E%2E/c?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F")
assert.contains(url, "&X-Amz-Expires=60&X-Amz-Security-Token=t&X-Amz-SignedHeaders=host&X-Amz-Signature=")
local hosted = s3.client{endpoint = "https://s3.x", region = "r", access_key = "a", secret_key = "s", path_style = false}
assert.contains(hosted:presign("PUT", "b", "k", 60), "https://b.s3.x/k?")
assert.raises(function() c:presign("GET", nil, "k", 60) end, "s3.presign: the bucket is a nil")
assert.raises(function() c:presign("GET", "b", "", 60) end, "s3.presign: the key is empty")
assert.raises(function() c:get_object("", "k") end, "the bucket is empty")
assert.raises(function() c:get_object("b") end, "the key is a nil")
assert.raises(function() c:delete_object(nil, "k") end, "the bucket is a nil") -- it would be the bucket k that is deleted
assert.raises(function() c:delete_bucket() end, "the bucket is a nil")
assert.raises(function() c:bucket_exists() end, "the bucket is a nil")
assert.raises(function() c:put_object("b", "k") end, "s3.put_object: a body is expected, got nil") -- it would empty the object

---- buckets
--> PUT /data
-->:~ Authorization: ^AWS4-HMAC-SHA256 Credential=a/\d{8}/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$
-->:~ X-Amz-Date: ^\d{8}T\d{6}Z$
-->: X-Amz-Content-Sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
--< 200
--> PUT /data
-->:~ Authorization: /eu-central-1/s3/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, 
-->: Content-Type: application/xml
-->: X-Amz-Security-Token: t
-->= <CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>
--< 200
--> GET /data
-->:~ Authorization: ^AWS4-
-->? list-type=2
-->? max-keys=0
--< 200
--> GET /data
-->:~ Authorization: ^AWS4-
-->? list-type=2
-->? max-keys=0
--< 404
--> GET /data
-->:~ Authorization: ^AWS4-
-->? list-type=2
-->? max-keys=0
--< 404
--> PUT /data
-->:~ Authorization: ^AWS4-
--< 200
--> GET /
-->:~ Authorization: ^AWS4-
--< 200 <ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>data</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>
--> DELETE /data
-->:~ Authorization: ^AWS4-
--< 204
--> DELETE /data
-->:~ Authorization: ^AWS4-
--< 409 <Error><Code>BucketNotEmpty</Code></Error>
local c = s3.client{endpoint = URL, region = "us-east-1", access_key = "a", secret_key = "s"}
assert.is_true(c:create_bucket("data"))
assert.is_true(s3.client{endpoint = URL, region = "eu-central-1", access_key = "a", secret_key = "s", session_token = "t"}:create_bucket("data"))
assert.is_true(c:bucket_exists("data"))
assert.is_false(c:bucket_exists("data"))
assert.is_true(c:ensure_bucket("data"))
assert.eq(c:list_buckets(), {{name = "data", creation_date = "2026-01-02T03:04:05.000Z"}})
assert.is_true(c:delete_bucket("data"))
local e = assert.raises(function() c:delete_bucket("data") end, "s3.delete_bucket: HTTP 409: ")
assert.eq({e.code, e.status}, {"s3.http", 409})

---- objects
--> PUT /base/data/a%20b/c%2Bd%3Fe%C3%BC.json
-->:~ Authorization: SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-owner, 
-->: Content-Type: application/json
-->: X-Amz-Meta-Owner: me
-->: X-Amz-Content-Sha256: 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
-->= {}
--< 200
--> GET /base/data//x/%2E%2E/y/
-->:~ Authorization: ^AWS4-
--< 200 text
--> GET /base/data/none
-->:~ Authorization: ^AWS4-
--< 404 <Error><Code>NoSuchKey</Code></Error>
--> HEAD /base/data/k
-->:~ Authorization: ^AWS4-
--<: X-Amz-Meta-Owner: me
--< 200
--> HEAD /base/data/none
-->:~ Authorization: ^AWS4-
--< 404
--> DELETE /base/data/k
-->:~ Authorization: ^AWS4-
--< 204
--> PUT /base/other/k
-->:~ Authorization: SignedHeaders=host;x-amz-content-sha256;x-amz-copy-source;x-amz-date, 
-->: X-Amz-Copy-Source: /data/a%20b/%C3%BC%2B
--< 200 <CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>
--> PUT /base/other/k
-->:~ Authorization: ^AWS4-
-->: X-Amz-Copy-Source: /data/k
--< 200 <Error><Code>InternalError</Code></Error>
--> GET /base/data/k
-->:~ Authorization: ^AWS4-
--< 403 <Error><Code>AccessDenied</Code></Error>
local c = s3.client{endpoint = URL .. "/base/", region = "us-east-1", access_key = "a", secret_key = "s"}
assert.is_true(c:put_object("data", "a b/c+d?eü.json", "{}", {content_type = "application/json", headers = {["X-Amz-Meta-Owner"] = "me"}}))
assert.eq(c:get_object("data", "/x/../y/"), "text")
assert.is_nil(c:get_object("data", "none"))
assert.eq(c:head_object("data", "k").headers["x-amz-meta-owner"], "me")
assert.is_nil(c:head_object("data", "none"))
assert.is_true(c:delete_object("data", "k"))
assert.is_true(c:copy_object("data", "a b/ü+", "other", "k"))
local e = assert.raises(function() c:copy_object("data", "k", "other", "k") end, "s3.copy_object: HTTP 200: ")
assert.contains(e.body, "InternalError")
assert.raises(function() c:get_object("data", "k") end, "s3.get_object: HTTP 403: ")

---- lists
--> GET /data
-->:~ Authorization: ^AWS4-
-->? list-type=2
-->? prefix=a b/+&
--< 200 <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated><NextContinuationToken>1/+=</NextContinuationToken><Contents><Key>a &amp; &#x20AC;</Key><Size>5</Size><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;e&quot;</ETag></Contents><Contents><Key> b</Key><Size>0</Size></Contents></ListBucketResult>
--> GET /data
-->:~ Authorization: ^AWS4-
-->? list-type=2
-->? prefix=a b/+&
-->? continuation-token=1/+=
--< 200 <ListBucketResult><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>c</Key><Size>1</Size></Contents></ListBucketResult>
--> GET /data
-->:~ Authorization: ^AWS4-
-->? list-type=2
-->? max-keys=1
-->? continuation-token=t
--< 200 <ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>u</NextContinuationToken></ListBucketResult>
--> GET /data
-->:~ Authorization: ^AWS4-
-->? list-type=2
-->? delimiter=/
-->? encoding-type=url
--< 200 <ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>a+b%01/</Prefix></CommonPrefixes></ListBucketResult>
--> GET /data
-->:~ Authorization: ^AWS4-
-->? list-type=2
--< 200 <html></html>
local c = s3.client{endpoint = URL, region = "us-east-1", access_key = "a", secret_key = "s"}
local list = c:list_objects("data", {prefix = "a b/+&"})
assert.eq(list.objects[1], {key = "a & €", size = 5, last_modified = "2026-01-02T03:04:05.000Z", etag = "e"})
assert.eq({list.objects[2].key, list.objects[3].key, #list.objects}, {" b", "c", 3})
assert.eq({list.is_truncated, list.key_count}, {false, 3})
assert.is_nil(list.next_continuation_token)
list = c:list_objects("data", {max_keys = 1, continuation_token = "t"})
assert.eq({list.is_truncated, list.next_continuation_token, list.key_count}, {true, "u", 0})
assert.eq(c:list_objects("data", {delimiter = "/", encoding_type = "url"}).prefixes, {"a b\1/"})
assert.eq(assert.raises(function() c:list_objects("data") end, "s3.list_objects: unexpected response format: <html>").code, "s3.answer")
