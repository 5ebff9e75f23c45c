-- https://docs.aws.amazon.com/secretsmanager/latest/apireference, .../systems-manager/latest/APIReference, .../STS/latest/APIReference

---- secrets
--> POST /
-->:~ Authorization: ^AWS4-HMAC-SHA256 Credential=a/\d{8}/eu-central-1/secretsmanager/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$
-->: X-Amz-Security-Token: t
-->: X-Amz-Target: secretsmanager.GetSecretValue
-->: Content-Type: application/x-amz-json-1.1
-->= {"SecretId":"shop/db","VersionStage":"AWSPREVIOUS"}
--< 200 {"SecretString":"{\"password\":\"p\"}"}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: secretsmanager.GetSecretValue
-->: Content-Type: application/x-amz-json-1.1
-->= {"SecretId":"bin"}
--< 200 {"SecretBinary":"AAE="}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: secretsmanager.GetSecretValue
-->: Content-Type: application/x-amz-json-1.1
-->= {"SecretId":"none"}
--< 400 {"__type":"ResourceNotFoundException"}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: secretsmanager.PutSecretValue
-->~ "ClientRequestToken":"[0-9a-f-]{36}".*"SecretId":"new","SecretString":"v"
--< 400 {"__type":"ResourceNotFoundException"}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: secretsmanager.CreateSecret
-->~ "Name":"new","SecretString":"v"
--< 200 {}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: secretsmanager.ListSecrets
-->: Content-Type: application/x-amz-json-1.1
-->= {}
--< 200 {"SecretList":[{"Name":"a"}],"NextToken":"n"}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: secretsmanager.ListSecrets
-->: Content-Type: application/x-amz-json-1.1
-->= {"NextToken":"n"}
--< 200 {"SecretList":[{"Name":"b"}]}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: secretsmanager.GetSecretValue
-->: Content-Type: application/x-amz-json-1.1
-->= {"SecretId":"x"}
--< 400 {"__type":"AccessDeniedException"}
local c = aws.client{region = "eu-central-1", access_key = "a", secret_key = "s", session_token = "t", endpoint = URL .. "/"}
assert.eq(json.parse(c:secret("shop/db", {version_stage = "AWSPREVIOUS"})).password, "p")
assert.eq(c:secret("bin"), "\0\1")
assert.is_nil(c:secret("none"))
assert.is_true(c:put_secret("new", "v"))
assert.eq(#c:secrets(), 2)
local e = assert.raises(function() c:secret("x") end, "aws.secret: HTTP 400: ")
assert.eq({e.code, e.status}, {"aws.http", 400})

---- parameters
--> POST /
-->:~ Authorization: /ssm/aws4_request
-->: X-Amz-Target: AmazonSSM.GetParameter
-->: Content-Type: application/x-amz-json-1.1
-->= {"Name":"/shop/level","WithDecryption":true}
--< 200 {"Parameter":{"Value":"debug"}}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: AmazonSSM.GetParameter
-->: Content-Type: application/x-amz-json-1.1
-->= {"Name":"none","WithDecryption":true}
--< 400 {"__type":"ParameterNotFound"}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: AmazonSSM.GetParametersByPath
-->: Content-Type: application/x-amz-json-1.1
-->= {"Path":"/shop","Recursive":true,"WithDecryption":true}
--< 200 {"Parameters":[{"Name":"/shop/a","Value":"1"}],"NextToken":"n"}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: AmazonSSM.GetParametersByPath
-->: Content-Type: application/x-amz-json-1.1
-->= {"Path":"/shop","Recursive":true,"WithDecryption":true,"NextToken":"n"}
--< 200 {"Parameters":[{"Name":"/shop/b","Value":"2"}]}
--> POST /
-->:~ Authorization: ^AWS4
-->: X-Amz-Target: AmazonSSM.PutParameter
-->: Content-Type: application/x-amz-json-1.1
-->= {"Name":"/shop/t","Value":"v","Type":"SecureString","Overwrite":true}
--< 200 {"Version":4}
local c = aws.client{region = "eu-central-1", access_key = "a", secret_key = "s", endpoint = URL}
assert.eq(c:parameter("/shop/level"), "debug")
assert.is_nil(c:parameter("none"))
assert.eq(c:parameters("/shop"), {["/shop/a"] = "1", ["/shop/b"] = "2"})
assert.eq(c:put_parameter("/shop/t", "v", {type = "SecureString"}), 4)

---- a web identity, who asks, and another role
--> POST /
-->: Content-Type: application/x-www-form-urlencoded
-->~ ^Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fshop&RoleSessionName=assay-\d+&Version=2011-06-15&WebIdentityToken=jwt$
--< 200 <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>SK</SecretAccessKey><SessionToken>ST</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
--> POST /
-->:~ Authorization: Credential=AK/\d{8}/eu-central-1/sts/aws4_request
-->: X-Amz-Security-Token: ST
-->= Action=GetCallerIdentity&Version=2011-06-15
--< 200 <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:x</Arn><UserId>u</UserId><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
--> POST /
-->:~ Authorization: Credential=AK/
-->= Action=AssumeRole&DurationSeconds=900&RoleArn=arn%3Ar&RoleSessionName=ci&Version=2011-06-15
--< 200 <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A2</AccessKeyId><SecretAccessKey>S2</SecretAccessKey><SessionToken>T2</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
--> POST /
-->:~ Authorization: Credential=AK/
-->= Action=GetCallerIdentity&Version=2011-06-15
--< 200 <html/>
local c = aws.client{region = "eu-central-1", role_arn = "arn:aws:iam::1:role/shop", web_identity_token = "jwt", endpoint = URL}
assert.eq(c:caller_identity(), {arn = "arn:x", account = "1", user_id = "u"})
assert.eq(c:assume_role("arn:r", {session = "ci", seconds = 900}), {access_key = "A2", secret_key = "S2", session_token = "T2", expires = "2099-01-01T00:00:00Z"})
assert.eq(c:credentials().session_token, "ST")
assert.eq(assert.raises(function() c:caller_identity() end, "there is no GetCallerIdentityResult").code, "aws.answer")
assert.eq(assert.raises(function() aws.client{region = "r"}:credentials() end, "aws: no credentials").code, "aws.credentials")
assert.raises(function() aws.client{} end, "region is required")

---- any service
--> GET /prod/a%20b/orders
-->:~ Authorization: /execute-api/aws4_request, SignedHeaders=accept;host;x-amz-date, 
-->? state=open & new
-->? z=
--< 404 no
local c = aws.client{region = "eu-central-1", access_key = "a", secret_key = "s"}
local r = c:request{service = "execute-api", method = "GET", url = URL .. "/prod/a%20b/orders?z=&state=open%20%26+new", headers = {Accept = "text/plain"}}
assert.eq({r.status, r.body}, {404, "no"})

---- script: the tokens of pods are in files
--> POST /
-->~ WebIdentityToken=jwt$
--< 200 <r><Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>SK</SecretAccessKey><SessionToken>ST</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></r>
local file = os.tmpname()
fs.write(file, "jwt\n")
env.set("AWS_WEB_IDENTITY_TOKEN_FILE", file)
env.set("AWS_ROLE_ARN", "arn:r")
assert.eq(aws.client{region = "r", endpoint = URL}:credentials().access_key, "AK")
os.remove(file)
