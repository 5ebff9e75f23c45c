-- error: time limit of 2s exceeded
while true do pcall(sleep, 3600) end
