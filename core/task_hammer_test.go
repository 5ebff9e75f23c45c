package core

import (
	"context"
	"testing"
	"time"
)

// Thousands of tasks wait in every place where gopher-lua itself could not: each computes a sum that
// only holds if no task saw another's stack.
func TestTaskHammer(t *testing.T) {
	const source = `
		local function inPcall(i) local ok, v = pcall(function() sleep(0.0001) return i end) return v end
		local function inSort(i)
			local t = {3, 1, 2}
			table.sort(t, function(a, b) sleep(0.00005) return a < b end)
			return i + t[1] - 1
		end
		local function inIterator(i)
			local n = 0
			for v in function(_, last) sleep(0.00005) if n < 3 then n = n + 1 return n end end do i = i + v - v end
			return i
		end
		local function inCoroutine(i)
			local f = coroutine.wrap(function() sleep(0.00005) local x = coroutine.yield(i) sleep(0.00005) return x end)
			local v = f()
			return f(v)
		end
		local function inMetamethod(i)
			local t = setmetatable({}, {__index = function(_, k) sleep(0.00005) return k end})
			return t[i]
		end
		local function inCallback(i) return (call(function() sleep(0.00005) return i end)) end
		local kinds = {inPcall, inSort, inIterator, inCoroutine, inMetamethod, inCallback}
		local tasks, sum = {}, 0
		for i = 1, N do
			tasks[i] = spawn(function(n)
				local v = kinds[n % #kinds + 1](n)
				sum = sum + v
				return v
			end, i)
		end
		local awaited = 0
		for i = 1, N do
			local v = tasks[i].await()
			assert(v == i, "task " .. i .. " returned " .. tostring(v))
			awaited = awaited + v
		end
		print(sum == awaited, sum)`
	n, want := "3000", "true\t4501500"
	if testing.Short() {
		n, want = "300", "true\t45150"
	}
	assert := Module{Funcs: []Func{Fn2(Doc{Name: "assert", Text: "Asserts.", Needs: Pure, Level: Check},
		Arg("v", Any(), "What."), Opt("message", String(), "", "Why."), ReturnsNothing(),
		func(_ Call, v Value, message string) (None, error) {
			if !v.Truthy() {
				return None{}, NewCode("assert.failed", "").Errorf("%s", message)
			}
			return None{}, nil
		})}}
	got, err := runScript(t, context.Background(), "local N = "+n+source, assert)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

// A task that computes without end lets others run.
func TestComputingTaskIsPreempted(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	got, err := runScript(t, ctx, `
		local stop = false
		local busy = spawn(function() local n = 0 while not stop do n = n + 1 end return "stopped" end)
		for i = 1, 3 do sleep(0.001) end
		stop = true
		print(busy.await())`)
	if err != nil || got != "stopped" {
		t.Errorf("got %q, %v, want the busy task to see stop", got, err)
	}
}

func TestCancelledTask(t *testing.T) {
	got, err := runScript(t, context.Background(), `
		local task = spawn(function() while true do pcall(sleep, 10) end end)
		sleep(0.001)
		task:cancel()
		print(pcall(task.await))`)
	if err != nil || got != "false\tkit.Task:await: context canceled" {
		t.Errorf("got %q, %v", got, err)
	}
}
