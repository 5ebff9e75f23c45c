---- the same table as assay.vault
assert(openbao == require("assay.vault"))
