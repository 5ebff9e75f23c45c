-- A page that shows whether services are well. It asks them itself, so the page is there at once.
--
--   SERVICES='api=http://api/health,shop=http://shop/health' PORT=8080 assay examples/dashboard/service.lua
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
local page = folder .. "/page.html"
local pause = tonumber(env.get("PAUSE", "5"))

local services = {}
for pair in env.get("SERVICES", ""):gmatch("[^,]+") do
  local name, url = pair:match("^%s*(.-)=(.-)%s*$")
  assert(name, "SERVICES: name=url expected, got " .. pair)
  services[#services + 1] = {name = name, url = url, state = "unknown"}
end

local function ask(service)
  local began = time.monotonic()
  local ok, r = pcall(http.get, service.url, {timeout = 2})
  service.milliseconds = math.floor((time.monotonic() - began) * 1000)
  service.state = ok and r.ok and "up" or "down"
  service.reason = not ok and tostring(r) or not r.ok and "status " .. r.status or nil
  service.asked = time.format(time())
end

local function ask_all()
  local asking = {}
  for i, service in ipairs(services) do asking[i] = async.spawn(ask, service) end
  async.all(asking)
end
async.spawn(ask_all)
async.spawn_interval(pause, ask_all)

http.serve(tonumber(env.get("PORT", "0")), {GET = {
  ["/"] = function()
    return {headers = {["Content-Type"] = "text/html; charset=utf-8"}, body = template.render(page, {services = services, pause = pause})}
  end,
  ["/services"] = function() return {json = json.array(services)} end,
}}, {host = "127.0.0.1", ready = true})
