-- survives
for _, name in ipairs{"PATH", "HOME", "ASSAY_CANARY", "HTTP_PROXY"} do
  assert(env.get(name) == nil, name)
end
print("survived")
