// Package stdio offers Lua's io to scripts, as the table io: the standard streams, and files that stay open.
//
// [New] declares the functions. file.go is what an open file does, input.go how standard input is awaited,
// formats.go what a script asks to read. Opening a file goes through core.Root, so that the policy holds.
package stdio
