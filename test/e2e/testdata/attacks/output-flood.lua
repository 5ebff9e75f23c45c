-- error: output limit of 16 MB exceeded
while true do print(("x"):rep(100)) end
