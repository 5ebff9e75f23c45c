package core

import "strings"

// Needs is the set of things a builtin may touch. Every builtin states it; the zero value is refused.
type Needs uint16

// What a builtin may touch.
const (
	Pure   Needs = 1 << iota // nothing outside the script
	Net                      // outgoing connections
	Listen                   // incoming connections
	Read                     // files, to read
	Write                    // files, to change
	Env                      // environment variables
	Exec                     // other processes, and this one's end
	Clock                    // the time of day
	Log                      // standard output and the log
	Wait                     // time itself: the task is suspended
)

// AllNeeds is every need there is.
const AllNeeds = Wait<<1 - 1

// gives are the needs whose builtins run without the baton.
const gives = Net | Listen | Read | Write | Exec | Wait

// Names lists the set, in the order of the constants: "net", "read".
func (n Needs) Names() []string {
	var names []string
	for i, name := range [...]string{"pure", "net", "listen", "read", "write", "env", "exec", "clock", "log", "wait"} {
		if n&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

func (n Needs) String() string { return strings.Join(n.Names(), ", ") }

// Level is how much a script is trusted with. A builtin exists at its own level and above.
type Level uint8

// The levels, from the least trusted. The zero value is refused in a declaration.
const (
	Check  Level = iota + 1 // YAML script checks and sandboxed scripts
	Script                  // scripts that somebody runs
)

func (l Level) String() string {
	switch l {
	case Check:
		return "check"
	case Script:
		return "script"
	default:
		return "none"
	}
}
