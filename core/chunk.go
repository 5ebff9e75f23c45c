package core

import (
	"bytes"
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// maxSource is the largest source text that is compiled.
const maxSource = 1 << 20

// Chunk is a compiled script. VMs share it.
type Chunk struct {
	name  string
	proto *lua.FunctionProto
	names map[string]struct{} // every string in it: what it may call globals by
}

// Name is the name that positions in errors begin with.
func (c *Chunk) Name() string { return c.name }

// SyntaxError is a place in a source text that is not Lua.
type SyntaxError struct {
	File         string
	Line, Column int
	Message      string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Compile compiles source; name is what errors call it. A first line that starts with # is skipped.
// The error is a *SyntaxError where the text is at fault.
func Compile(name string, source []byte) (*Chunk, error) {
	if len(source) > maxSource {
		return nil, fmt.Errorf("%s: source is larger than %d bytes", name, maxSource)
	}
	tree, err := parse.Parse(bytes.NewReader(withoutShebang(source)), name)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	proto, err := lua.Compile(tree, name)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	c := &Chunk{name: name, proto: proto, names: make(map[string]struct{})}
	c.collect(proto)
	return c, nil
}

// withoutShebang blanks the first line of a script that starts with #, and a byte order mark.
func withoutShebang(source []byte) []byte {
	source = bytes.TrimPrefix(source, []byte("\xef\xbb\xbf"))
	if !bytes.HasPrefix(source, []byte("#")) {
		return source
	}
	if end := bytes.IndexByte(source, '\n'); end >= 0 {
		return source[end:]
	}
	return nil
}

func syntaxError(name string, err error) error {
	if parsed, ok := errors.AsType[*parse.Error](err); ok {
		return &SyntaxError{File: name, Line: parsed.Pos.Line, Column: parsed.Pos.Column, Message: "syntax error near '" + parsed.Token + "'"}
	}
	if compiled, ok := errors.AsType[*lua.CompileError](err); ok {
		return &SyntaxError{File: name, Line: compiled.Line, Column: 1, Message: compiled.Message}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// collect gathers the strings of a function and of those inside it.
func (c *Chunk) collect(proto *lua.FunctionProto) {
	for _, constant := range proto.Constants {
		if s, ok := constant.(lua.LString); ok {
			c.names[string(s)] = struct{}{}
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		c.collect(inner)
	}
}
