local secret = "a secret of at least 32 bytes, they say"
local function code(f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  return e.code, e.message
end
local function sign(claims, options) return crypto.jwt_sign(claims, secret, "HS256", options) end
local function verify(claims, options) return crypto.jwt_verify(sign(claims), secret, options) end

-- The claims are as they were: whole numbers without fraction, all 64 bits, order and emptiness of arrays.
local claims = {exp = 4102444800, n = 3.0, f = 1.5, big = int64("9007199254740993"), list = {1, 2}, text = "ä\0"}
local payload = crypto.jwt_decode(sign(claims)).claims
print(payload.exp, payload.n, payload.f, payload.big, #payload.list, payload.text == "ä\0") --> =4102444800 3 1.5 9007199254740993 2 true
print(sign({exp = 1700000000.0, a = {}}):match("%.(.-)%.")) --> =eyJhIjp7fSwiZXhwIjoxNzAwMDAwMDAwfQ
print(sign({}):match("^(.-)%.(.-)%.")) --> =eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 e30

-- The header.
local function header(options) return crypto.jwt_decode(sign({a = 1}, options)).header end
print(header().typ, header().alg, header({kid = "k", typ = "at+jwt"}).kid, header({typ = "at+jwt"}).typ, header({typ = ""}).typ)
--> =JWT HS256 k at+jwt nil
print(header({headers = {x5t = "abc", typ = "own"}}).x5t, header({headers = {typ = "own"}}).typ) --> =abc own
print(code(sign, {}, {headers = {alg = "none"}})) --> =nil option 'headers': alg is the argument 'alg'
print(code(sign, {}, {headers = {crit = {"b64"}}})) --> =nil option 'headers': extensions such as crit are not supported
print(code(sign, {}, {kidd = "x"})) --> =nil unknown option 'kidd': did you mean 'kid'?

-- What verification asks for.
local now = time()
print(verify({sub = "a"}).sub) --> =a
print(code(verify, {exp = now - 10})) --> =crypto.expired the token has expired
print(verify({exp = now - 10}, {leeway = 60}).exp < now) --> =true
print(code(verify, {nbf = now + 100})) --> =crypto.expired the token is not valid yet
print(verify({nbf = now + 100}, {leeway = "2m"}).nbf > now) --> =true
print(verify({aud = "api"}, {aud = "api"}).aud, verify({aud = {"x", "api"}}, {aud = "api"}).aud[2], verify({aud = "b"}, {aud = {"a", "b"}}).aud) --> =api api b
print(code(verify, {aud = "web"}, {aud = "api"})) --> =crypto.claims the token is not for the audience api
print((code(verify, {}, {aud = "api"}))) --> =crypto.claims
print(code(verify, {iss = "x"}, {iss = "y"})) --> =crypto.claims the token is not from the issuer y
print((code(verify, {}, {iss = "y"}))) --> =crypto.claims
print(code(verify, {sub = "x"}, {sub = "y"})) --> =crypto.claims the token is not about the subject y
print(code(verify, {exp = "soon"})) --> =crypto.token the claim exp is no number
print(code(verify, {}, {alg = "HS512"})) --> =crypto.algorithm the token is signed with HS256, not HS512
print(verify({a = 1}, {alg = {"HS512", "HS256"}}).a) --> =1
print(code(verify, {}, {alg = "none"})) --> =crypto.algorithm unsupported algorithm: none
print(code(crypto.jwt_verify, sign({}), secret .. "x")) --> =crypto.signature the signature is not right: another key has made it, or the token was changed
print(code(crypto.jwt_verify, sign({}), "")) --> =crypto.key argument 2 'key': the key is empty

-- What is no token.
for _, text in ipairs{"", "a", "a.b", "a.b.c.d", "e30.e30.", "..", "eyJhbGciOiJIUzI1NiJ9.e30", "eyJhbGciOiJIUzI1NiJ9.e30.=", sign({}) .. "\n"} do
  print(code(crypto.jwt_verify, text, secret))
end
--> =crypto.token a token has 3 parts with dots between, got 1
--> =crypto.token a token has 3 parts with dots between, got 1
--> =crypto.token a token has 3 parts with dots between, got 2
--> =crypto.token a token has 3 parts with dots between, got 4
--> =crypto.token the header names no algorithm
--> =crypto.token the header is no JSON object
--> =crypto.token a token has 3 parts with dots between, got 2
--> =crypto.token the signature is not base64 for URLs without padding
--> =crypto.token there is white space around the token
local function raw(payload) return "eyJhbGciOiJIUzI1NiJ9." .. payload .. "." end
print(code(crypto.jwt_decode, raw("W10"))) --> =crypto.token the payload is no JSON object
print(code(crypto.jwt_decode, raw("MQ"))) --> =crypto.token the payload is no JSON object
print(code(crypto.jwt_decode, raw("_w"))) --> =crypto.token the payload is no JSON object
print(code(crypto.jwt_decode, raw(""))) --> =crypto.token the payload is no JSON object

-- Algorithms and keys that do not go together.
print(code(crypto.jwt_sign, {}, secret)) --> =crypto.algorithm RS256 needs an RSA key, got a secret
print(code(crypto.jwt_sign, {}, secret, "none")) --> =crypto.algorithm unsupported algorithm: none
print(code(crypto.jwt_sign, {}, secret, "hs256")) --> =crypto.algorithm unsupported algorithm: hs256
print(code(crypto.jwt_sign, {}, "HS256", secret)) --> =crypto.key argument 2 'key': HS256 is the name of an algorithm, not a key
print(code(crypto.jwt_sign, {1, 2}, secret, "HS256")) --> =nil argument 1 'claims': a table with names expected
print(code(crypto.jwt_sign, "x", secret, "HS256")) --> =nil argument 1 'claims': a table with names expected
print((code(crypto.jwt_sign, {f = print}, secret, "HS256"))) --> =json.value
