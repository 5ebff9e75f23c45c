mock.clock("2030-01-01T00:00:00Z")
local start, began = time(), os.time()
print(start, os.date("!%F"))                            --> =1893456000 2030-01-01
sleep(3600)
sleep("1h")
print(time() - start, os.time() - began)                --> =7200 7200

-- Timers and sleeps happen in their order.
local seen = {}
local every = async.spawn_interval(60, function() seen[#seen + 1] = "tick at " .. time() - start - 7200 end)
local other = async.spawn(function() sleep(90) seen[#seen + 1] = "other" end)
sleep(190)
every.cancel()
print(table.concat(seen, ", "))
--> =tick at 60, other, tick at 120, tick at 180

-- The waits of retry take no time, and are those that the options say.
local t = time()
local tries = 0
retry(function() tries = tries + 1 assert(tries == 4) end, {initial = 100, factor = 2, strategy = "exponential", jitter = false, max = 1000})
print(time() - t)                                       --> =700

-- Tasks that wait for each other let the clock go on.
local ch = async.channel()
async.spawn(function() for i = 1, 3 do sleep(10) ch:send(i) end ch:close() end)
t = time()
local sum = 0
for v in ch.recv do sum = sum + v end
print(sum, time() - t)                                  --> =6 30

-- A cancelled sleep does not move the clock.
local sleeper = async.spawn(function() sleep(5000) end)
t = time()
sleep(1)
sleeper.cancel()
pcall(sleeper.await)
sleep(1)
print(time() - t)                                       --> =2

print(pcall(mock.clock, "tomorrow"))
--> =false mock.clock: argument 1 'start': "tomorrow" is neither a number of seconds nor a time such as 2006-01-02T15:04:05Z
print(pcall(mock.clock, -1))
--> =false mock.clock: argument 1 'start': seconds within the years 1970 to 9999 expected
