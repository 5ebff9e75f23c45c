print(io.read()) --> =first
print(io.read("*L") == "second\n") --> =true
print(io.read("n", "n", "n", "n")) --> =12 31 -35 nil
print(io.read(1), io.read("l"), io.read(0), io.read(2)) --> =x   re
for line in io.lines() do print(line) end
--> =st
--> =more
print(io.read(), io.read("a"), io.read(0), io.read(5), io.read("n")) --> =nil  nil nil nil
print(pcall(io.read, "x")) --> =false io.read: argument 1: bad format: use "l", "L", "n", "a" or a number of bytes
print(pcall(io.read, -1)) --> =false io.read: argument 1: -1 bytes cannot be read
print(io.stdin:read("a") == "", tostring(io.stdin), pcall(io.stdin.write, io.stdin, "x")) --> =true file (standard input) false io.File:write: the file is not for writing
