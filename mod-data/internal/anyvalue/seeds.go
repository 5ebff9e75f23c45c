package anyvalue

// Seeds are bytes that make values of each kind.
func Seeds() [][]byte {
	var seeds [][]byte
	for kind := range byte(9) {
		seeds = append(seeds,
			[]byte{1, 3, 'k', 'e', 'y', kind, 4, 1, 5, 2, 1, 1, 7, 2, 'a', 'b'},
			[]byte{2, 1, 0x80, kind, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0x7f, 2, 0x81, 0x87, kind, 1, 2, 3},
			[]byte{3, 0, 5, 4, 1, kind, 2, 6, 1, 2, 0x8f, 0xc1, kind, 9, 8, 7, 1, 1, 1})
	}
	return seeds
}
