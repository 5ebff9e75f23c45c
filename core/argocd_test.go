package core_test

import (
	"bytes"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

// Health checks and actions as Argo CD runs them, on this VM too: obj is the resource, hs what the script says of it.
func TestScriptsInTheStyleOfArgoCD(t *testing.T) {
	for name, test := range map[string]struct{ obj, source, want string }{
		"conditions": {
			`{status = {conditions = {{type = "Ready", status = "False", reason = "Failed", message = "no node"}, {type = "Synced", status = "True"}}}}`, `
hs = {}
if obj.status ~= nil then
  if obj.status.conditions ~= nil then
    for i, condition in ipairs(obj.status.conditions) do
      if condition.type == "Ready" and condition.status == "False" then
        hs.status = "Degraded"
        hs.message = condition.message
        return hs
      end
      if condition.type == "Ready" and condition.status == "True" then
        hs.status = "Healthy"
        hs.message = condition.message
        return hs
      end
    end
  end
end
hs.status = "Progressing"
hs.message = "Waiting"
return hs`, "Degraded no node",
		},
		"getn, insert and concat": {
			`{status = {phases = {"Pending", "Bound"}, replicas = 3}, spec = {replicas = 3}}`, `
local messages = {}
if table.getn(obj.status.phases) > 1 then table.insert(messages, "phases: " .. table.getn(obj.status.phases)) end
if obj.spec.replicas == obj.status.replicas then table.insert(messages, string.format("%d of %d", obj.status.replicas, obj.spec.replicas)) end
local hs = {status = "Healthy", message = table.concat(messages, ", ")}
return hs`, "Healthy phases: 2, 3 of 3",
		},
		"find, match and gsub": {
			`{metadata = {name = "web-1", annotations = {["a/b"] = "v1.2.3"}}, status = {message = "rpc error: code = NotFound"}}`, `
hs = {}
if string.find(obj.status.message, "NotFound", 1, true) then
  hs.status = "Missing"
else
  hs.status = "Unknown"
end
local major, minor = string.match(obj.metadata.annotations["a/b"], "^v(%d+)%.(%d+)")
hs.message = (obj.metadata.name:gsub("%-%d+$", "")) .. " " .. major .. "." .. minor
return hs`, "Missing web 1.2",
		},
		"action": {
			`{spec = {template = {metadata = {}}}}`, `
local os = require("os")
if obj.spec.template.metadata == nil then obj.spec.template.metadata = {} end
if obj.spec.template.metadata.annotations == nil then obj.spec.template.metadata.annotations = {} end
obj.spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"] = os.date("!%Y-%m-%dT%XZ", 0)
return {status = "Healthy", message = obj.spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]}`, "Healthy 1970-01-01T00:00:00Z",
		},
		"unpack and pairs": {
			`{status = {loadBalancer = {ingress = {{ip = "10.0.0.1"}}}, counts = {a = 1, b = 2}}}`, `
local first = unpack(obj.status.loadBalancer.ingress)
local sum = 0
for _, n in pairs(obj.status.counts) do sum = sum + n end
local health = {}
if next(obj.status.loadBalancer) ~= nil then health.status = "Healthy" else health.status = "Progressing" end
health["message"] = first.ip .. " " .. sum
return health`, "Healthy 10.0.0.1 3",
		},
	} {
		t.Run(name, func(t *testing.T) {
			rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.CheckPolicy()})
			if err != nil {
				t.Fatal(err)
			}
			chunk, err := core.Compile("health.lua", []byte("local function health(obj) "+test.source+"\nend\nlocal got = health("+test.obj+")\nprint(got.status .. \" \" .. got.message)"))
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			vm := rt.Open(core.Host{Stdout: &out})
			defer vm.Close()
			if err := vm.Run(t.Context(), chunk); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(out.String()); got != test.want {
				t.Errorf("health = %q, want %q", got, test.want)
			}
		})
	}
}
