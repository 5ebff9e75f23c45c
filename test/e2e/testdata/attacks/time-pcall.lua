-- error: time limit of 2s exceeded
while true do pcall(function() repeat until false end) end
