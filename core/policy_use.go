package core

import "net/netip"

// UseKind says what was used.
type UseKind int

// What a script can use.
const (
	UseBuiltin UseKind = iota // a builtin, by its full name
	UseHost                   // a host, by the name or address that was asked for
	UseEnv                    // an environment variable
	UseFile                   // a file, by the path that was asked for
)

// Use is one thing that a script touched, or tried to: [Host.Used] sees it before the policy decides.
type Use struct {
	Kind  UseKind
	Name  string
	To    netip.AddrPort // of a host: what it was resolved to; without an address when it was not
	Write bool           // of a file: it was opened to be changed
}
