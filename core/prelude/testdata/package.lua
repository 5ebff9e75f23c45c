-- The libraries of Lua itself.
print(require("string") == string, require("table") == table, require("os") == os, require("math") == math) --> =true true true true
print((pcall(require, "debug")), (pcall(require, "package"))) --> =false false
print(package.path, package.cpath, package.loadlib) --> =nil nil nil

-- What the script gives itself.
package.preload["own.module"] = function(name, how)
  print("made", name, how)
  return { name = name }
end
print(require("own.module").name, require("own.module") == package.loaded["own.module"])
--> =made own.module :preload:
--> =own.module true
package.loaded["own.module"] = nil
print(require("own.module").name)
--> =made own.module :preload:
--> =own.module
package.preload.nothing = function() end
print(require("nothing"), package.loaded.nothing) --> =true true
package.preload.itself = function(name) package.loaded[name] = "set" end
print(require("itself"), require("itself")) --> =set set
package.preload.broken = function() error("no luck") end
print(pcall(require, "broken")) --> ~false.*no luck
package.loaded.other = 7
print(require("other")) --> =7
