// Package command is the command line that programs with a check mode share: [CheckFlags] and [Run] for
// check files, [LogFlags] for the log, [Interruptible] for signals, [Unstalled] for what must not hold up the end,
// [PrintError] for what goes wrong.
package command
