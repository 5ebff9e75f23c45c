package pattern

// set is a set of bytes.
type set [4]uint64

func (s *set) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }
func (s *set) add(b byte)      { s[b>>6] |= 1 << (b & 63) }

func (s *set) addRange(from, to byte) {
	for b := int(from); b <= int(to); b++ {
		s.add(byte(b))
	}
}

func (s *set) addSet(other set) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s *set) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

func (c *class) asSet() *set {
	var s set
	switch c.kind {
	case anyByte:
		s.invert()
	case oneByte:
		s.add(c.from)
	case oneOf:
		return c.set
	}
	return &s
}

// letterSet is the class of a letter after %, such as %a, as the C locale has it. An upper case letter
// is the complement; a byte that is no class stands for itself.
func letterSet(letter byte) (s set, ok bool) {
	upper := letter >= 'A' && letter <= 'Z'
	if upper {
		letter += 'a' - 'A'
	}
	s, ok = lowerSet(letter)
	if upper {
		s.invert()
	}
	return s, ok
}

func lowerSet(letter byte) (set, bool) {
	const (
		digits = 0x03ff000000000000 // bits of the bytes from 0
		spaces = 0x0000000100003e00
		marks  = 0xfc00fffe00000000
		uppers = 0x0000000007fffffe // bits of the bytes from 64
		lowers = 0x07fffffe00000000
		hexes  = 0x0000007e0000007e
		marks2 = 0x78000001f8000001
	)
	switch letter {
	case 'a':
		return set{0, uppers | lowers}, true
	case 'c':
		return set{0x00000000ffffffff, 1 << 63}, true
	case 'd':
		return set{digits}, true
	case 'g':
		return set{digits | marks, uppers | lowers | marks2}, true
	case 'l':
		return set{0, lowers}, true
	case 'p':
		return set{marks, marks2}, true
	case 's':
		return set{spaces}, true
	case 'u':
		return set{0, uppers}, true
	case 'w':
		return set{digits, uppers | lowers}, true
	case 'x':
		return set{digits, hexes}, true
	case 'z':
		return set{1}, true
	}
	return set{}, false
}
