-- Sets of keys: by id, by algorithm, and one after the other.
local a = {kty = "oct", kid = "a", k = "c2VjcmV0LWEsIHdoaWNoIGlzIDMyIGJ5dGVzIGxvbmc"}
local b = {kty = "oct", kid = "b", k = "c2VjcmV0LWIsIHdoaWNoIG11c3QgaGF2ZSA2NCBieXRlcyBzaW5jZSBpdHMgYWxnb3JpdGhtIGlzIEhTNTEyIQ", alg = "HS512"}
local rsa = {kty = "RSA", kid = "r", n = "0vx7agoebGcQ", e = "AQAB"}
local function code(f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  return e.code, e.message
end
local token = crypto.jwt_sign({n = 1}, "secret-a, which is 32 bytes long", "HS256", {kid = "a"})
print(crypto.jwt_verify(token, {keys = {b, a}}).n, crypto.jwt_verify(token, a).n) --> =1 1
print(code(crypto.jwt_verify, token, {keys = {b}})) --> =crypto.key none of the 1 keys is one for HS256 with the id "a"
print(code(crypto.jwt_verify, token, {keys = {}})) --> =crypto.key none of the 0 keys is one for HS256 with the id "a"
print(code(crypto.jwt_verify, token, {keys = {rsa, b}})) --> =crypto.key none of the 2 keys is one for HS256 with the id "a"
local plain = crypto.jwt_sign({n = 2}, "secret-b, which must have 64 bytes since its algorithm is HS512!", "HS512")
print(crypto.jwt_verify(plain, {keys = {rsa, a, b}}).n) --> =2
print(code(crypto.jwt_verify, plain, a)) --> =crypto.key the key is too small for HS512: 256 bits, at least 512 are needed
print(code(crypto.jwt_verify, plain, a, {min_bits = 256})) --> =crypto.signature the signature is not right: another key has made it, or the token was changed
print(code(crypto.jwt_verify, plain, {a = 1})) --> =crypto.key argument 2 'key': the table is neither a JSON Web Key, with "kty", nor a set of them, with "keys"
-- A key that is not for us does no harm; an unreadable one neither, until it is the one that is asked for.
print(crypto.jwt_verify(plain, {keys = {{kty = "OKP", crv = "X25519", x = "AA"}, {kty = "new"}, {kty = "oct", use = "enc", k = "AA"}, b}}).n) --> =2
print(code(crypto.jwt_verify, plain, {kty = "new"})) --> =crypto.key argument 2 'key': the JSON Web Key cannot be used: "kty" is none of RSA, EC, OKP, oct
print(code(crypto.jwt_verify, plain, {kty = "EC", crv = "P-256", x = "AA", y = "AA"})) --> =crypto.key argument 2 'key': the JSON Web Key cannot be used: "x" and "y" are no point of the curve
print(code(crypto.jwt_verify, plain, "-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----")) --> =crypto.key argument 2 'key': the PEM block PUBLIC KEY cannot be read
print(code(crypto.jwt_verify, plain, "-----BEGIN PUBLIC KEY-----\nMA==")) --> =crypto.key argument 2 'key': there is no whole PEM block with a key
print(code(crypto.jwt_verify, plain, 1 == 2)) --> =nil argument 2 'key': string or table expected, got boolean
