local dir = fs.tempdir()
local function short(e) return (tostring(e):gsub(dir:gsub("%-", "%%-"), "DIR")) end
local function names(entries)
  local all = {}
  for i, e in ipairs(entries) do all[i] = (e.path or e.name) .. ":" .. e.type end
  return table.concat(all, " ")
end
for _, f in ipairs{"b/two", "b/deep/er/three", "a", ".hidden/x", "c.txt", "b/c.txt", "b/.c.txt"} do fs.write(dir .. "/" .. f, f) end

print(names(fs.list(dir))) --> =.hidden:directory a:file b:directory c.txt:file
print(names(fs.readdir(dir .. "/b"))) --> =.c.txt:file c.txt:file deep:directory deep/er:directory deep/er/three:file two:file
print(names(fs.readdir(dir .. "/b", {depth = 2}))) --> =.c.txt:file c.txt:file deep:directory deep/er:directory two:file
print(names(fs.readdir(dir .. "/b", {depth = 1}))) --> =.c.txt:file c.txt:file deep:directory two:file
print(pcall(fs.readdir, dir, {depth = 0})) --> =false fs.readdir: option 'depth': must be at least 1
print(json == nil and #fs.list(fs.tempdir())) --> =0

local function glob(pattern)
  local found = fs.glob(dir .. "/" .. pattern)
  for i, path in ipairs(found) do found[i] = path:sub(#dir + 2) end
  return table.concat(found, " ")
end
print(glob("*")) --> =a b c.txt
print(glob(".*")) --> =.hidden
print(glob("*.txt")) --> =c.txt
print(glob("[!b]*")) --> =a c.txt
print(glob("[^b]*")) --> =a c.txt
print(glob("[!!]") == glob("[^!]"), glob("\\[!b]*")) --> =true 
print(glob("**/*.txt")) --> =b/c.txt c.txt
print(glob("**")) --> =a b b/c.txt b/deep b/deep/er b/deep/er/three b/two c.txt
print(glob("b/**/three")) --> =b/deep/er/three
print(glob("**/b/**/er/**/three")) --> =b/deep/er/three
print(glob("[ab]")) --> =a b
print(glob("[^a]")) --> =b
print(glob("?")) --> =a b
print(glob("*/")) --> =b
print(glob("b/two")) --> =b/two
print(glob("none/*") == "" and glob("a/*") == "" and glob("none") == "") --> =true
fs.write(dir .. "/x[1]", "")
print(glob("x\\[1]")) --> =x[1]
print(select(2, pcall(fs.glob, "[a")).code) --> =fs.pattern

-- A copy of a file keeps its mode; of a folder, everything below it.
fs.chmod(dir .. "/a", "600")
fs.copy(dir .. "/a", dir .. "/n/e/w")
print(fs.read(dir .. "/n/e/w"), string.format("%o", fs.stat(dir .. "/n/e/w").mode)) --> =a 600
fs.copy(dir .. "/b", dir .. "/copy")
print(names(fs.readdir(dir .. "/copy"))) --> =.c.txt:file c.txt:file deep:directory deep/er:directory deep/er/three:file two:file
print(short(select(2, pcall(fs.copy, dir .. "/b", dir .. "/b/deep/x")).message)) --> =copy DIR/b/deep/x: is a part of what is copied
print(short(select(2, pcall(fs.copy, dir .. "/a", dir .. "/a")).message)) --> =copy DIR/a: is a part of what is copied
assert.eq(fs.read(dir .. "/a"), "a")
print(select(2, pcall(fs.copy, dir .. "/a", dir .. "/b")).code) --> =fs.kind
print(select(2, pcall(fs.copy, dir .. "/none", dir .. "/b")).code) --> =fs.not_found

fs.rename(dir .. "/a", dir .. "/renamed")
print(fs.exists(dir .. "/a"), fs.read(dir .. "/renamed")) --> =false a
print(short(select(2, pcall(fs.rename, dir .. "/a", dir .. "/z")))) --> =fs.rename: rename DIR/a: no such file or directory

fs.mkdir(dir .. "/m/k")
fs.mkdir(dir .. "/m/k")
print(select(2, pcall(fs.mkdir, dir .. "/renamed")).code) --> =fs.kind

fs.remove(dir .. "/b")
print(fs.exists(dir .. "/b")) --> =false
print(select(2, pcall(fs.remove, dir .. "/b")).code) --> =fs.not_found
for _, all in ipairs{"/", ".", "..", "//", "./", ""} do
  print(pcall(fs.remove, all))
end
--> =false fs.remove: remove /: is not a thing to remove
--> =false fs.remove: remove .: is not a thing to remove
--> =false fs.remove: remove ..: is not a thing to remove
--> =false fs.remove: remove //: is not a thing to remove
--> =false fs.remove: remove ./: is not a thing to remove
--> =false fs.remove: remove : is not a thing to remove
fs.remove(dir)
