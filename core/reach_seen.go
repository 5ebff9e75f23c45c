package core

import "unsafe"

// visited is a set of objects of the heap: a bit for each place where one can begin, in pages that are
// made when an object of theirs is added. It takes a hundredth of the objects' own memory.
type visited map[uintptr]*[pageBits / 64]uint64

const (
	objectAlign = 16 // bytes; what gopher-lua's structures are aligned to, at least
	pageBytes   = 8192
	pageBits    = pageBytes / objectAlign
)

// add tells whether p is new in the set.
func (s visited) add(p unsafe.Pointer) bool {
	at := uintptr(p)
	page := s[at/pageBytes]
	if page == nil {
		page = new([pageBits / 64]uint64)
		s[at/pageBytes] = page
	}
	bit := at % pageBytes / objectAlign
	mask := uint64(1) << (bit % 64)
	if page[bit/64]&mask != 0 {
		return false
	}
	page[bit/64] |= mask
	return true
}
