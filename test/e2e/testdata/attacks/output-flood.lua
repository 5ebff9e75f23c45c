-- error: output limit of 16 MB exceeded|time limit of 2s exceeded
while true do print(("x"):rep(100)) end
