-- error: memory limit of 64 MB exceeded
local replaced = (("a"):rep(1e6)):gsub("a", ("b"):rep(1e5))
print(#replaced)
