-- A chat: what one member sends, all get.
--
--   PORT=8080 assay examples/chat/service.lua
local members, count = {}, 0

local function tell(text)
  for conn in pairs(members) do
    pcall(conn.send, conn, text) -- one that has left is taken out by its own handler
  end
end

local function join(req)
  local name = req.params.name or "somebody"
  return {ws = function(conn)
    members[conn], count = true, count + 1
    conn:send("welcome, " .. name .. ": you are number " .. count)
    local ok, err = pcall(function()
      while true do tell(name .. ": " .. conn:recv()) end
    end)
    members[conn], count = nil, count - 1
    if not ok and err.code ~= "ws.closed" then error(err) end
  end}
end

http.serve(tonumber(env.get("PORT", "0")), {GET = {
  ["/chat"] = join,
  ["/members"] = function() return {json = {count = count}} end,
}}, {host = "127.0.0.1", ready = true, on_listen = function(port) log.info("chat", {port = port}) end})
