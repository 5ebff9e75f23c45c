-- error: memory limit of 64 MB exceeded
local chain = {}
while true do chain = {chain, {}, {}} end
