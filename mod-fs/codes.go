package fs

import "assay.rs/core"

// errPattern is a pattern that cannot be read.
var errPattern = core.NewCode("fs.pattern", "The pattern is malformed.")

// codes are those of all that touches files.
func codes(more ...*core.Code) []*core.Code { return append(core.FileCodes(), more...) }

// coded is an error of the system with its code.
func coded(err error) error { return core.FileError(err) }
