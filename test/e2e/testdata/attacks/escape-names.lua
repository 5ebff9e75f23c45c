-- survives
for _, name in ipairs{"io", "debug", "package", "dofile", "loadfile", "module", "newproxy", "fs", "process", "db"} do
  assert(rawget(_G, name) == nil, name)
end
for _, name in ipairs{"exit", "execute", "getenv", "remove", "rename", "tmpname"} do
  assert(os == nil or os[name] == nil, "os." .. name)
end
assert(env.set == nil and env.list == nil and http.serve == nil)
print("survived")
