module assay.rs/stdlib

go 1.26.0

require assay.rs/core v0.1.0
