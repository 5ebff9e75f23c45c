local f = assert(io.open("out.txt", "w"))
print(tostring(f:write("one\n", 2):write("\nthree"))) --> =file (out.txt)
f:close()
f:close()
print(pcall(f.write, f, "x")) --> =false io.File:write: the file is closed
print(pcall(f.read, f)) --> =false io.File:read: the file is closed

f = io.open("out.txt", "a")
f:write("\nfour\n")
f:close()
for line in io.lines("out.txt") do io.write("[", line, "]") end
io.write("\n")
--> =[one][2][three][four]

f = io.open("out.txt", "r+b")
print(f:read(), f:seek(), f:seek("end"), f:seek("set", 4), f:read("a"):gsub("\n", " ")) --> =one 4 17 4 2 three four  3
f:seek("set")
print(f:read("l")) --> =one
f:write("X")  -- where it was read to
f:seek("set")
print((f:read("a"):gsub("\n", " "))) --> =one X three four 
for _ in f:lines() do error("at the end") end
f:close()

print(io.open("none")) --> =nil none: no such file or directory
print(io.open("no/such", "w")) --> =nil no/such: no such file or directory
print(pcall(io.lines, "none")) --> =false io.lines: open none: no such file or directory
print(pcall(io.open, "out.txt", "rw")) --> =false io.open: argument 2 'mode': unknown mode "rw": use r, w, a, r+, w+ or a+
do
  local g <close> = io.open("out.txt")
  f = g
end
print(pcall(f.read, f)) --> =false io.File:read: the file is closed
local next = io.lines("out.txt")
while next() do end
print(pcall(next)) --> =true nil
print(io.open("out.txt", "w+"):write("ab"):seek("set")) --> =0
do
  local g = io.open("numbers.txt", "w")
  g:write("1 2\n0x10 4.5 rest\nlast")
  g:close()
end
for a, b, line in io.lines("numbers.txt", "n", "*n", "L") do print(a, b, line) end
--> =1	2	
--> =
--> =16	4.5	 rest
--> =
for bytes in io.open("numbers.txt"):lines(4) do io.write("[", (bytes:gsub("\n", "~")), "]") end
io.write("\n")
--> =[1 2~][0x10][ 4.5][ res][t~la][st]
for line, more in io.lines("numbers.txt", "L", 2) do io.write("[", (line:gsub("\n", "~")), "|", tostring(more), "]") end
io.write("\n")
--> =[1 2~|0x][10 4.5 rest~|la][st|nil]
print(pcall(io.lines, "numbers.txt", "n", "x")) --> =false	io.lines: argument 3: bad format: use "l", "L", "n", "a" or a number of bytes
print(pcall(io.stdin.lines, io.stdin, -1)) --> ~argument 1: -1 bytes cannot be read
