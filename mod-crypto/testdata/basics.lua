print(select(2, pcall(crypto.hash, "x", "md5"))) --> =crypto.hash: unsupported algorithm: md5
print(select(2, pcall(crypto.hash, "x", "md5")).code) --> =crypto.algorithm
print(select(2, pcall(crypto.hmac, "k", "x", "crc32"))) --> =crypto.hmac: unsupported algorithm: crc32
print(pcall(crypto.hash_file, "no/such")) --> =false crypto.hash_file: open no/such: no such file or directory
print(crypto.hash(("\0\255"):rep(100000)):sub(1, 16)) --> =1cce471c2cc6bf53
print(#crypto.random(), #crypto.random(0), #crypto.random_bytes(0), #crypto.random(100000)) --> =32 0 0 100000
print(pcall(crypto.random, -1)) --> =false crypto.random: argument 1 'n': must be from 0 to 16777216, got -1
print(crypto.random() ~= crypto.random(), crypto.uuid() ~= crypto.uuid(), crypto.uuid7() < crypto.uuid7()) --> =true true true
assert.near(tonumber(crypto.uuid7():gsub("%-", ""):sub(1, 12), 16) / 1000, time(), 5)
print(crypto.equal("a", "a"), crypto.equal("a", "ab"), crypto.equal("", "")) --> =true false true

local h = crypto.password_hash("pass\0word", {memory = 64, iterations = 1})
print(h:match("^%$argon2id%$v=19%$m=64,t=1,p=1%$") ~= nil, crypto.password_verify("pass\0word", h), crypto.password_verify("pass", h)) --> =true true false
print(crypto.password_hash("x", {memory = 64}) ~= crypto.password_hash("x", {memory = 64})) --> =true
print(select(2, pcall(crypto.password_hash, "x", {memory = 1}))) --> =crypto.password_hash: memory must be from 8 to 2097152 KiB, got 1
for _, bad in ipairs{"", "x", "$argon2d$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=8,t=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "$2a$05$short"} do
  print(select(2, pcall(crypto.password_verify, "x", bad)))
end
--> =crypto.password_verify: argument 2 'hash': not a hash of argon2id, argon2i or bcrypt
--> =crypto.password_verify: argument 2 'hash': not a hash of argon2id, argon2i or bcrypt
--> =crypto.password_verify: argument 2 'hash': not a hash of argon2id, argon2i or bcrypt
--> =crypto.password_verify: argument 2 'hash': of another version of argon2 than 19
--> =crypto.password_verify: argument 2 'hash': parallelism must be from 1 to 16, got 0
--> =crypto.password_verify: argument 2 'hash': not a hash of argon2id, argon2i or bcrypt
print(select(2, pcall(crypto.x509, "x"))) --> =crypto.x509: there is no PEM block CERTIFICATE
print(select(2, pcall(crypto.x509, "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----")).code) --> =crypto.key
