// Package fs offers files and folders to scripts, as the table fs.
//
// [New] declares the functions. Everything goes through core.Root, so that the policy holds: content.go
// reads and writes, folder.go lists, glob.go finds, copy.go copies, info.go tells what a file is, temp.go
// makes scratch files. The packages disk and stdio, beside this one, are the tables disk and io.
package fs
