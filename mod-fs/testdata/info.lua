local f = fs.tempfile()
local before = time()
fs.write(f, "12345")
local s = fs.stat(f)
print(s.size, s.is_file, s.is_dir, s.is_symlink, string.format("%04o", s.mode)) --> =5 true false false 0600
assert.near(s.modified, before, 5)
if s.created then assert.near(s.created, before, 5) end
local d = fs.stat("/")
print(d.is_dir, d.is_file) --> =true false
print(fs.stat("/dev/null").is_file, fs.stat("/proc/self/exe").is_symlink, fs.stat("/proc/self/exe").is_file) --> =false true true

fs.chmod(f, "4750")
print(string.format("%o", fs.stat(f).mode)) --> =4750
fs.chmod(f, tonumber("640", 8))
print(string.format("%o", fs.stat(f).mode)) --> =640
fs.chmod(f, 420)
print(string.format("%o", fs.stat(f).mode)) --> =644
for _, bad in ipairs{644, -1, 1.5, "rw", "0999", "77777", true} do print(pcall(fs.chmod, f, bad)) end
--> =false fs.chmod: argument 2 'mode': bad mode 644: write octal digits as text, such as "0644"
--> =false fs.chmod: argument 2 'mode': bad mode -1: write octal digits as text, such as "0644"
--> =false fs.chmod: argument 2 'mode': octal digits as text expected, got number
--> =false fs.chmod: argument 2 'mode': bad mode "rw": write octal digits, such as "0644"
--> =false fs.chmod: argument 2 'mode': bad mode "0999": write octal digits, such as "0644"
--> =false fs.chmod: argument 2 'mode': bad mode "77777": write octal digits, such as "0644"
--> =false fs.chmod: argument 2 'mode': octal digits as text expected, got boolean

print(fs.exists(f), fs.exists(f .. "x"), fs.exists(f .. "/x"), fs.exists("/")) --> =true false false true
print(select(2, pcall(fs.stat, "none")).code) --> =fs.not_found

local u = disk.usage(f)
assert.eq(u.total > 0 and u.used >= 0 and u.free >= 0 and u.used + u.free <= u.total, true)
assert.near(u.percent, u.used / (u.used + u.free) * 100, 0.001)
print(pcall(disk.usage, "none")) --> =false disk.usage: open none: no such file or directory
fs.remove(f)
