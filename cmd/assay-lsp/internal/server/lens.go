package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/document"
	"assay.rs/cmd/assay-lsp/internal/rpc"
	"assay.rs/core/syntax"
)

// The commands of lenses. Their arguments are a URI and the name of a check or test; without a name, all of the file.
const (
	runCheck = "assay.runCheck"
	runTest  = "assay.runTest"
)

type codeLens struct {
	Range   span    `json:"range"`
	Command command `json:"command"`
}

type command struct {
	Title     string   `json:"title"`
	Command   string   `json:"command"`
	Arguments []string `json:"arguments"`
}

// lenses are "run" above each check and each test, and above a file with several.
func (s *Server) lenses(d *document.Document, p place, _ json.RawMessage) (any, error) {
	list := []codeLens{}
	add := func(title, name, arg string, start, end int) {
		args := []string{p.TextDocument.URI}
		if arg != "" {
			args = append(args, arg)
		}
		list = append(list, codeLens{s.span(d, start, end), command{title, name, args}})
	}
	switch {
	case d.Check != nil && s.knows(d.Check):
		for _, e := range d.Check.Entries {
			if e.Parent == -1 && e.Key == "checks" {
				add("run all checks", runCheck, "", e.Start, e.End)
			}
			if isCheckName(d.Check, e) && !strings.Contains(e.Value, "${") {
				add("run check", runCheck, unquoted(e.Value), e.Start, e.End)
			}
		}
	case strings.HasSuffix(d.Name, "_test.lua"):
		c := d.Chunks[0]
		for _, id := range c.Tree.Kids(c.Tree.Root) {
			if n := c.Tree.Node(id); n.Kind == syntax.FunctionStatement || n.Kind == syntax.GlobalFunction {
				start, end := c.Tree.Span(c.Tree.Kids(id)[0])
				full := c.Tree.Source[start:end]
				if name := full[strings.LastIndexAny(full, ".:")+1:]; strings.HasPrefix(name, "test_") {
					add("run test", runTest, name, start, end)
				}
			}
		}
		if len(list) > 1 {
			add("run all tests", runTest, "", 0, 0)
		}
	}
	return list, nil
}

// isCheckName reports whether an entry is the name of a check.
func isCheckName(f *checkfile.File, e checkfile.Entry) bool {
	return e.Key == "name" && e.Value != "" && e.Item > 0 && e.Parent >= 0 && f.Entries[e.Parent].Key == "checks" && f.Entries[e.Parent].Parent == -1
}

// run starts assay, which has to be in the PATH, as a lens asks for. The answer comes at once; what the run printed is
// logged when it has ended, and its last line shown.
func (s *Server) run(params json.RawMessage) (any, error) {
	var asked struct {
		Command   string   `json:"command"`
		Arguments []string `json:"arguments"`
	}
	if err := decode(params, &asked); err != nil {
		return nil, err
	}
	args, err := runArguments(asked.Command, asked.Arguments)
	if err != nil {
		return nil, err
	}
	go func() {
		var out bytes.Buffer
		cmd := exec.CommandContext(context.Background(), "assay", args...) //nolint:gosec // a person clicked on it, and args are ours
		cmd.Dir, cmd.Stdout, cmd.Stderr = filepath.Dir(nameOf(asked.Arguments[0])), &out, &out
		err := cmd.Run()
		kind, text := messageInfo, strings.TrimSpace(out.String())
		if err != nil {
			kind = messageError
		}
		if text == "" && err != nil {
			text = err.Error()
		}
		s.notify("window/logMessage", message{kind, "assay " + strings.Join(args, " ") + "\n" + text})
		s.notify("window/showMessage", message{kind, text[strings.LastIndexByte(text, '\n')+1:]})
	}()
	return nil, nil
}

func runArguments(name string, arguments []string) ([]string, error) {
	if len(arguments) == 0 || len(arguments) > 2 {
		return nil, &rpc.Error{Code: rpc.InvalidParams, Message: name + " takes the URI of a file and perhaps a name"}
	}
	var args []string
	switch name {
	case runCheck:
		args = []string{"check", "--color=never", "--report", "tap=-", "--termination-log="}
	case runTest:
		args = []string{"test"}
	default:
		return nil, &rpc.Error{Code: rpc.InvalidParams, Message: fmt.Sprintf("no command %q", name)}
	}
	if len(arguments) == 2 && name == runCheck {
		args = append(args, "--only="+arguments[1])
	} else if len(arguments) == 2 {
		args = append(args, "--filter=^"+arguments[1]+"$")
	}
	return append(args, nameOf(arguments[0])), nil
}

// Kinds of messages.
const (
	messageError = 1
	messageInfo  = 3
)

type message struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}

func (s *Server) notify(method string, params any) {
	if text, err := json.Marshal(params); err == nil {
		_ = s.conn.Write(&rpc.Message{Method: method, Params: text}) // if it fails, so does reading
	}
}
