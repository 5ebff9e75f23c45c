-- survives
for _, host in ipairs{
  "169.254.170.2", "[fd00:ec2::23]", "168.63.129.16", "192.0.0.192", "[fd20:ce::254]", "[2002:a9fe:a9fe::1]", "[::ffff:0:169.254.169.254]",
  "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "metadata.google.internal", "METADATA.GOOGLE.INTERNAL.",
} do
  local ok, e = pcall(http.get, "http://" .. host .. "/", {timeout = 1})
  assert(not ok, host .. " answered")
  assert(e.code == "policy.denied" or e.code == "http.dns" or e.code == "http.url", host .. ": " .. tostring(e))
end
print("survived")
