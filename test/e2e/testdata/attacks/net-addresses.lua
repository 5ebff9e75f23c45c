-- survives
for _, host in ipairs{
  "127.0.0.1", "127.9.9.9", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[::]", "0.0.0.0", "0.1.2.3",
  "169.254.169.254", "[::ffff:a9fe:a9fe]", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "224.0.0.1", "[ff02::1]",
  "[64:ff9b::169.254.169.254]", "[2002:7f00:1::1]", "255.255.255.255",
} do
  local ok, e = pcall(http.get, "http://" .. host .. "/", {timeout = 1})
  assert(not ok, host .. " answered")
  assert(e.code == "policy.denied", host .. ": " .. tostring(e))
  assert(e.hint:find("--allow-net", 1, true), e.hint)
end
for _, scheme in ipairs{"file", "ftp", "gopher", "unix", "data"} do
  local ok, e = pcall(http.get, scheme .. "://192.0.2.1/", {timeout = 1})
  assert(not ok and e.code == "http.url", scheme .. ": " .. tostring(e))
end
print("survived")
