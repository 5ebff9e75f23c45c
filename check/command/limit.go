package command

import (
	"errors"
	"time"
)

// Limit is a time limit on the command line, such as 30s. 0 is no limit.
type Limit time.Duration

func (l *Limit) String() string { return time.Duration(*l).String() }

// Type is the word for the value in the help.
func (l *Limit) Type() string { return "duration" }

// Set reads a limit.
func (l *Limit) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return errors.New("write it like 30s or 1m30s; 0 is no limit")
	}
	*l = Limit(d)
	return nil
}
