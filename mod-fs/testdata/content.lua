local dir = fs.tempdir()
local f = dir .. "/a/b/c.bin"
local function short(e) return (tostring(e):gsub(dir:gsub("%-", "%%-"), "DIR")) end

-- Any bytes, and folders as needed.
local bytes = "\0\255\r\n" .. ("x"):rep(100000) .. "\0"
fs.write(f, bytes)
assert(fs.read(f) == bytes)
assert.eq(fs.stat(f).size, #bytes)
fs.write(f, "")
assert.eq(fs.read(f), "")
fs.append(f, "one\n")
fs.append(f, "two")
fs.append(dir .. "/new/d", "made")
assert.eq(fs.read(f), "one\ntwo")
assert.eq(fs.read(dir .. "/new/d"), "made")

-- The mode stays, and a link leads to the file.
fs.chmod(f, "0751")
fs.write(f, "again")
print(string.format("%04o", fs.stat(f).mode)) --> =0751

-- What is read is there already: files of the kernel have no size.
assert.gt(#fs.read("/proc/self/status"), 10)

-- Lines: the last one needs no newline, an empty one is one.
fs.write(f, "a\n\nb\r\n" .. ("l"):rep(70000) .. "\nend")
local got = {}
for line in fs.lines(f) do got[#got + 1] = line end
print(#got, got[1], got[2], got[3] == "b\r", #got[4], got[5]) --> =5 a  true 70000 end
fs.write(f, "")
for _ in fs.lines(f) do error("no line in an empty file") end

-- An iterator ends once, and then for good.
local next = fs.lines(dir .. "/new/d")
print(next(), next(), next()) --> =made nil nil

local function code(f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  return e.code, tostring(e)
end
print(code(fs.read, "no/such")) --> =fs.not_found fs.read: open no/such: no such file or directory
print(code(fs.lines, "no/such")) --> =fs.not_found fs.lines: open no/such: no such file or directory
print(short(select(2, code(fs.read, dir)))) --> =fs.read: read DIR: is a directory
print(short(select(2, code(fs.write, dir, "x")))) --> =fs.write: write DIR: is a directory
print((code(fs.append, dir, "x"))) --> =fs.kind
print((code(fs.write, f .. "/x", "x"))) --> =fs.kind
print(code(fs.write, "/dev/full", "x")) --> =fs.full fs.write: write /dev/full: no space left on device
assert.is_false(fs.stat("/dev/full").is_file)
print(pcall(fs.write, f)) --> =false fs.write: argument 2 'content': string expected, got no value
fs.remove(dir)
