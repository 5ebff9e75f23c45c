package compile

// Helper is a function that compiled code calls where the machine has no
// instruction, or where the runtime wants a say. Each is an upvalue of the
// chunk, so that no script can name or replace it.
type Helper uint8

// The helpers. Their arguments are the operands in source order; they raise what
// the operator would.
const (
	HelperConcat       Helper = iota // (a, b, ...) -> a .. b .. ..., right to left; 2 to 100 operands
	HelperConcatList                 // (n, {a, b, ...}) -> the same for n operands
	HelperFloorDivide                // (a, b) -> a // b
	HelperAnd                        // (a, b) -> a & b
	HelperOr                         // (a, b) -> a | b
	HelperXor                        // (a, b) -> a ~ b
	HelperShiftLeft                  // (a, b) -> a << b
	HelperShiftRight                 // (a, b) -> a >> b, filled with zeros
	HelperNot                        // (a) -> ~a
	HelperEqual                      // (a, b) -> a == b
	HelperLess                       // (a, b) -> a < b
	HelperLessEqual                  // (a, b) -> a <= b
	HelperGreater                    // (a, b) -> a > b
	HelperGreaterEqual               // (a, b) -> a >= b
	HelperPack                       // (...) -> {n = count, ...}
	HelperUnpack                     // (results) -> ...: what HelperScope kept
	HelperScope                      // (name, value, function, ...) -> code, results: see Standard
	HelperDeclare                    // (value, name): raises unless value is nil
)

// String is the helper's name as tracebacks show it.
func (h Helper) String() string {
	switch h {
	case HelperConcat, HelperConcatList:
		return "(concat)"
	case HelperFloorDivide:
		return "(//)"
	case HelperAnd:
		return "(&)"
	case HelperOr:
		return "(|)"
	case HelperXor, HelperNot:
		return "(~)"
	case HelperShiftLeft:
		return "(<<)"
	case HelperShiftRight:
		return "(>>)"
	case HelperEqual:
		return "(==)"
	case HelperLess:
		return "(<)"
	case HelperLessEqual:
		return "(<=)"
	case HelperGreater:
		return "(>)"
	case HelperGreaterEqual:
		return "(>=)"
	case HelperPack, HelperUnpack:
		return "(vararg)"
	case HelperScope:
		return "(close)"
	case HelperDeclare:
		return "(global)"
	}
	return "(helper)"
}
