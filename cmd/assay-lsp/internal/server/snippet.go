package server

import (
	"strconv"
	"strings"

	"assay.rs/core/spec"
)

const formatSnippet = 2

// snippet is a call with a place for each argument that is needed; the cursor ends behind it, or between the
// parentheses when all of them may be left out. Methods of a text have it as their first parameter.
func snippet(full, label string, f *spec.Func, method bool) string {
	params := f.Params
	if method && strings.HasPrefix(full, "string.") && len(params) > 0 {
		params = params[1:]
	}
	var b strings.Builder
	b.WriteString(label + "(")
	needed := 0
	for _, p := range params {
		if p.Optional || p.Rest || p.Type.Nullable || p.Name == "self" {
			continue
		}
		if needed++; needed > 1 {
			b.WriteString(", ")
		}
		b.WriteString("${" + strconv.Itoa(needed) + ":" + strings.NewReplacer(`\`, `\\`, "$", `\$`, "}", `\}`).Replace(p.Name) + "}")
	}
	if needed == 0 && len(params) > 0 {
		b.WriteString("$1")
	}
	b.WriteString(")$0")
	return b.String()
}

// snipped makes a snippet of an item that is a function, for a client that can, where no call is written yet.
func (s *Server) snipped(c *cursor, item *completionItem) {
	f := s.functionNamed(item.Data)
	if !s.snippets || f == nil || c.at < len(c.Tree.Source) && strings.IndexByte("({\"'[", c.Tree.Source[c.at]) >= 0 || c.at < len(c.Tree.Source) && isWord(c.Tree.Source[c.at]) {
		return
	}
	item.TextEdit.NewText = snippet(item.Data, item.Label, f, item.Kind == itemMethod)
	item.InsertTextFormat = formatSnippet
}
