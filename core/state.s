// This file lets the compiler accept newState, whose body is gopher-lua's.
