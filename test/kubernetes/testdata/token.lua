-- Notes which ConfigMaps a watch tells of: token.lua LOG
local k8s = require("assay.k8s")

k8s.watch("default", "configmap", function(event)
  if event.type == "ADDED" then fs.append(arg[1], event.object.metadata.name .. "\n") end
  return event.object.metadata.name ~= "end"
end)
-- What is asked once goes on, too.
assert.eq(k8s.exists("default", "configmap", "end"), true)
