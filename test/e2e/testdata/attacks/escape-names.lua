-- survives
for _, name in ipairs{"io", "debug", "dofile", "loadfile", "module", "newproxy", "fs", "process", "db"} do
  assert(rawget(_G, name) == nil, name)
end
for _, name in ipairs{"exit", "execute", "getenv", "remove", "rename", "tmpname"} do
  assert(os == nil or os[name] == nil, "os." .. name)
end
for _, name in ipairs{"loadlib", "path", "cpath", "loaders", "searchers"} do
  assert(package == nil or rawget(package, name) == nil, "package." .. name)
end
assert(env.set == nil and env.list == nil and http.serve == nil)
print("survived")
