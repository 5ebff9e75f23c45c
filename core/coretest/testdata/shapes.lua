-- What a module's script looks like.
print(shapes.area(2, {height = 3}))   --> =6
print(shapes.square(2).side, shapes.pi)
--> =2 3.14
print(pcall(shapes.area, -1))
--> =false shapes.area: width must not be negative
local _, e = pcall(shapes.area, -1)
assert.eq(e.code, "shapes.negative")
for i = 1, 2 do print(shapes.square(i)) end
--> ~^shapes\.Square$
--> =shapes.Square
shapes.area(1, {hight = 2})           --> !unknown option 'hight': did you mean 'height'?
