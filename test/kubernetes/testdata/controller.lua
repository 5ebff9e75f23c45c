-- A controller that copies ConfigMaps, and writes down when it works at what: controller.lua IDENTITY LOG
local k8s = require("assay.k8s")
local identity, file = arg[1], arg[2]

local function note(what, key) fs.append(file, ("%s %s %s %.6f\n"):format(identity, what, key, time())) end

k8s.controller({
  name = "copier",
  watch = {{kind = "configmap", namespace = "many", label_selector = "copy=yes"}, {kind = "secret", namespace = "many"}},
  workers = 4,
  reconcile = function(object, ctx)
    note("begin", ctx.key)
    ctx:apply({apiVersion = "v1", kind = "Secret", metadata = {name = object.metadata.name, namespace = "many"}, data = {n = base64.encode(object.data.n)}})
    note("end", ctx.key)
  end,
  lease = {namespace = "many", duration = 4, renew = 3, retry = 0.5, identity = identity},
})
