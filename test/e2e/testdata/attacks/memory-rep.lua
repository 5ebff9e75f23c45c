-- error: memory limit of 64 MB exceeded|resulting string too large
error((select(2, pcall(string.rep, "xy", 4e9))))
