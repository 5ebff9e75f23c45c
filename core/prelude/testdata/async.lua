-- Results keep their places, nil too.
local h = async.spawn(function(...) return ... end, 1, nil, "three", nil)
local r = h:await()
print(r[1], r[2], r[3])
--> =1 nil three
print(pcall(h.await))
--> =false async handle already awaited
print(pcall(h.await, h))
--> =false async handle already awaited
print(tostring(h), #async.spawn(function() end).await())
--> =async.Handle 0

-- What a task raises is raised where it is awaited, as it was.
print(pcall(async.spawn(function() error("plain", 0) end).await))
--> =false plain
print(select(2, pcall(async.spawn(function() error({code = 7}) end).await)).code)
--> =7
local ok, e = pcall(async.spawn(function() sleep(-1) end).await)
print(e)
--> ~^sleep: argument 1 'seconds': time must not be negative

-- Waiting overlaps, and Lua code does not.
local order = {}
local function step(name, seconds) sleep(seconds) order[#order + 1] = name end
local slow, quick = async.spawn(step, "slow", 0.08), async.spawn(step, "quick", 0.01)
slow.await() quick.await()
print(table.concat(order, " "))
--> =quick slow

-- A cancelled task ends where it waits, and no pcall holds it up.
local after = false
h = async.spawn(function() pcall(sleep, 60) pcall(function() while true do pcall(sleep, 60) end end) after = true end)
sleep(0.01)
h.cancel()
ok, e = pcall(h.await)
print(ok, e.code, e, after)
--> =false async.cancelled async.Handle:await: the task was cancelled false
h:cancel()
local never = async.spawn(function() after = true end)
never:cancel()
print(pcall(never.await))
--> =false async.Handle:await: the task was cancelled
local finished = async.spawn(function() return "done" end)
sleep(0.01)
finished.cancel()
print(finished.await()[1])
--> =done
local me
me = async.spawn(function() return select(2, pcall(me.await)) end)
print(me.await()[1])
--> =a task cannot await itself

-- all: results in the order of the handles; the first failure at once.
local function after_(seconds, v) sleep(seconds) return v, v end
r = async.all({async.spawn(after_, 0.02, "a"), async.spawn(after_, 0.01, "b"), async.spawn(after_, 0)})
print(#r, r[1][1], r[2][2], #r[1])
--> =3 a b 2
print(#async.all({}))
--> =0
local start = time.monotonic()
ok, e = pcall(async.all, {async.spawn(after_, 30, "late"), async.spawn(function() sleep(0.01) error("early", 0) end)})
print(e, time.monotonic() - start < 10)
--> =early true
h = async.spawn(after_, 0, 1)
h.await()
print(pcall(async.all, {h}))
--> =false async.all: argument 1 'handles': item 1: async handle already awaited

-- race: the first to end; the others can still be awaited.
local loser = async.spawn(after_, 0.05, "loser")
print(async.race({loser, async.spawn(after_, 0.01, "winner")})[1], loser.await()[1])
--> =winner loser
print(pcall(async.race, {async.spawn(after_, 30), async.spawn(function() error("failed first", 0) end)}))
--> =false failed first
print(pcall(async.race, {}))
--> =false async.race: argument 1 'handles': at least one handle expected

-- Intervals.
local ticks = 0
h = async.spawn_interval(0.01, function() ticks = ticks + 1 sleep(0.005) if ticks == 3 then error("third", 0) end end)
print(ticks, pcall(h.await))
--> =0 false third
print(ticks)
--> =3
for _, bad in ipairs({0, -1, 0 / 0}) do print(pcall(async.spawn_interval, bad, print)) end
--> =false async.spawn_interval: seconds must be above 0
--> =false async.spawn_interval: argument 1 'seconds': time must not be negative, got -1
--> =false async.spawn_interval: argument 1 'seconds': time must not be NaN

-- Channels.
local ch = async.channel(2)
ch:send("a") ch.send("b")
local sent = {}
local sender = async.spawn(function() for i = 1, 3 do ch.send(i) sent[#sent + 1] = i end ch:close() end)
sleep(0.005)
print(#sent, ch:recv(), ch.recv(), ch.recv(), ch.recv(), ch.recv(), ch.recv(), ch.recv())
--> =0 a b 1 2 3 nil nil
print(pcall(ch.send, 1))
--> =false async.Channel:send: the channel is closed
ch:close()
local direct = async.channel()
sender = async.spawn(function() direct:send("hand to hand") return "sent" end)
print(direct:recv(), sender.await()[1])
--> =hand to hand sent
sender = async.spawn(function() direct:send("nobody takes it") end)
sleep(0.005)
direct:close()
print(pcall(sender.await))
--> =false async.Channel:send: the channel is closed
print(direct:recv())
--> =nil
print(pcall(direct.send, nil))
--> =false async.Channel:send: argument 1 'value': nil cannot be sent: recv gives nil when the channel is closed
print(pcall(async.channel, -1))
--> =false async.channel: argument 1 'capacity': must be between 0 and 1000000

-- A receiver that is cancelled takes nothing away.
ch = async.channel()
local cancelled = async.spawn(function() return ch:recv() end)
sleep(0.005)
cancelled.cancel()
pcall(cancelled.await)
async.spawn(function() ch:send("kept") end)
print(ch:recv())
--> =kept
