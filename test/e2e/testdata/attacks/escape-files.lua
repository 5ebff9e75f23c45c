-- survives
for _, path in ipairs{"/etc/passwd", "/proc/self/environ", "/var/run/secrets/kubernetes.io/serviceaccount/token", "attack.lua"} do
  local ok, e = pcall(http.get, "http://192.0.2.1/", {ca_cert_file = path, timeout = 1})
  assert(not ok and e.code == "policy.denied", path .. ": " .. tostring(e))
end
print("survived")
