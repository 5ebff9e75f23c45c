module assay.rs/stdlib

go 1.26.0
