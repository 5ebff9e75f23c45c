--- The client of OpenBao: assay.vault under another name, since both have one API.
---
---     local openbao = require("assay.openbao")
---     local client = openbao.client("http://openbao:8200", env.get("BAO_TOKEN"))

return require("assay.vault")
