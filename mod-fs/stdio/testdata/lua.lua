-- What Lua's io and os have besides.
print(io.type(io.stdout), io.type(io.open("/dev/null")), io.type("x"), io.type(nil), io.type({})) --> =file file nil nil nil
local f = io.tmpfile()
f:write("hello")
f:seek("set")
print(f:read("a")) --> =hello
io.close(f)
print(io.type(f)) --> =closed file

io.output("out2.txt")
io.write("a\n", "b\n")
io.close()
io.output(io.stdout)
io.input("out2.txt")
print(io.read()) --> =a
for line in io.lines() do print(line) end --> =b
io.input():close()
io.input(io.stdin)
print(pcall(io.input, "none")) --> =false io.input: open none: no such file or directory
print(pcall(io.output, 5)) --> ~false io.output: argument 1 'file': io.File expected, got number

print(os.rename("out2.txt", "out3.txt")) --> =true nil
print(os.rename("out2.txt", "out3.txt")) --> =nil out2.txt: no such file or directory
print(os.remove("out3.txt")) --> =true nil
print(os.remove("out3.txt")) --> =nil out3.txt: no such file or directory
local name = os.tmpname()
print(name ~= os.tmpname(), io.open(name):read("a")) --> =true 
print(os.remove(name)) --> =true nil
