-- When nobody can go on, the script is told.
local ch = async.channel()
local ok, e = pcall(ch.recv)
print(e, e.hint)
--> =async.Channel:recv: deadlock: every task waits for another one one of them has to send, to close the channel or to end
local a, b
a = async.spawn(function() b.await() end)
b = async.spawn(function() a.await() end)
print(pcall(async.race, {a, b}))
--> =false async.race: deadlock: every task waits for another one
