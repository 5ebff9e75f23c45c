local url, n = arg[1], tonumber(arg[2])
local members = {}
for i = 1, n do
  members[i] = ws.connect(url .. "?name=m" .. i)
  assert.contains(members[i]:recv(30), "welcome, m" .. i)
end
members[1]:send("hello")
local waiting = {}
for i = 1, n do
  waiting[i] = async.spawn(function() return members[i]:recv(60) end)
end
local got = 0
for i = 1, n do
  assert.eq(waiting[i].await()[1], "m1: hello")
  got = got + 1
end
print(got .. " members have got it")
