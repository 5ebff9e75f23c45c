package prelude_test

import (
	"testing"
	"time"

	"assay.rs/core/coretest"
)

// Senders, receivers, closings and cancellations in all orders: nothing is lost, doubled or stuck.
func TestChannelHammer(t *testing.T) {
	kit := coretest.Kit{Timeout: 2 * time.Minute}
	kit.Script(t, "channel.lua", `
		for round = 1, 40 do
			local ch = async.channel(round % 4)
			local senders, receivers, sum, got = {}, {}, 0, 0
			for s = 1, 10 do
				senders[s] = async.spawn(function()
					for i = 1, 20 do
						if i % 7 == s % 7 then sleep(0.0001) end
						ch:send(i)
						sum = sum + i
					end
				end)
			end
			for r = 1, 5 do
				receivers[r] = async.spawn(function() for v in ch.recv do got = got + v end end)
			end
			async.all(senders)
			ch:close()
			async.all(receivers)
			assert.eq(got, sum)
			assert.eq(got, 10 * 210)
		end
		print("held")
		--> =held
	`)
}

// Tasks are cancelled in every state that they can be in.
func TestCancelHammer(t *testing.T) {
	kit := coretest.Kit{Timeout: 2 * time.Minute}
	kit.Script(t, "cancel.lua", `
		local ch, done = async.channel(), 0
		local kinds = {
			function() sleep(10) end,
			function() ch:recv() end,
			function() ch:send(1) end,
			function() async.spawn(sleep, 10).await() end,
			function() async.all({async.spawn(sleep, 10)}) end,
			function() while true do pcall(sleep, 0) end end,
			function() retry(function() error("again") end, {initial = 10}) end,
			function() done = done + 1 end,
		}
		for round = 1, 30 do
			local tasks = {}
			for i = 1, 64 do tasks[i] = async.spawn(kinds[i % #kinds + 1]) end
			if round % 2 == 0 then sleep(0.001) end
			for i = 1, 64 do tasks[i].cancel() end
			for i = 1, 64 do
				local ok, e = pcall(tasks[i].await)
				assert(ok or e.code == "async.cancelled", e)
			end
		end
		print(pcall(ch.recv) == false)
		--> =true
	`)
}
