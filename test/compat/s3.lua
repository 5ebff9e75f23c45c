-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- objects
--> PUT /b/k
-->:~ Authorization: ^AWS4-HMAC-SHA256 Credential=a/
-->: Content-Type: text/plain
-->= hello
--< 200
--> GET /b/k
-->:~ Authorization: ^AWS4
--< 200 hello
--> GET /b
-->:~ Authorization: ^AWS4
-->? list-type=2
-->? prefix=k
-->? max-keys=10
--< 200 <ListBucketResult><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>k</Key><Size>5</Size></Contents></ListBucketResult>
--> DELETE /b/k
-->:~ Authorization: ^AWS4
--< 204
local s3 = require("assay.s3")
local c = s3.client({endpoint = URL, region = "us-east-1", access_key = "a", secret_key = "s"})
c:put_object("b", "k", "hello", {content_type = "text/plain"})
assert.eq(c:get_object("b", "k"), "hello")
local list = c:list_objects("b", {prefix = "k", max_keys = 10})
assert.eq({list.objects[1].key, list.objects[1].size, list.is_truncated}, {"k", 5, false})
c:delete_object("b", "k")
