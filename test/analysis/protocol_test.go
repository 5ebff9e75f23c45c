package analysis

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"assay.rs/test/internal/workspace"
)

// streams are the server's stdin and stdout.
type streams struct {
	io.Reader
	io.WriteCloser
}

// editor takes what the server pushes.
type editor struct {
	protocol.UnimplementedClient
	pushed chan *protocol.PublishDiagnosticsParams
}

func (e *editor) PublishDiagnostics(_ context.Context, p *protocol.PublishDiagnosticsParams) error {
	e.pushed <- p
	return nil
}

// The types and the codec of this client are made from the specification's metaModel.json by others: what they cannot
// read, editors cannot.
func TestTypedClient(t *testing.T) {
	w, err := workspace.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "assay-lsp")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", name, "./cmd/assay-lsp")
	build.Dir = w.Root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, name)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pushed := make(chan *protocol.PublishDiagnosticsParams, 10)
	_, conn, server := protocol.NewClient(ctx, &editor{pushed: pushed}, jsonrpc2.NewStream(streams{out, in}))
	began, err := server.Initialize(ctx, &protocol.InitializeParams{})
	if err != nil || began.Capabilities.PositionEncoding != protocol.PositionEncodingKindUTF16 {
		t.Fatalf("initialize: %+v, %v", began, err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(server.Initialized(ctx, &protocol.InitializedParams{}))
	const text = "checks:\n  - name: a\n    type: script\n    timout: 5s\n    script: |\n      local s = '😀' .. http.gett('http://x')\n      print(s)\n"
	file := uri.URI("file:///tmp/nowhere/checks.yaml")
	must(server.DidOpen(ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: file, LanguageID: "yaml", Version: 1, Text: text}}))
	select {
	case p := <-pushed:
		if len(p.Diagnostics) != 2 || p.Diagnostics[0].Range.Start.Line != 3 || p.Diagnostics[1].Range.Start.Character != 29 {
			t.Errorf("diagnostics = %+v, want the key and the field", p.Diagnostics)
		}
	case <-ctx.Done():
		t.Fatal("no diagnostics")
	}
	document := protocol.TextDocumentIdentifier{URI: file}
	at := protocol.TextDocumentPositionParams{TextDocument: document, Position: protocol.Position{Line: 5, Character: 24}}
	hover, err := server.Hover(ctx, &protocol.HoverParams{TextDocumentPositionParams: at})
	if err != nil || hover == nil {
		t.Errorf("hover = %+v, %v", hover, err)
	}
	for what, ask := range map[string]func() (int, error){
		"symbols": func() (int, error) {
			r, err := server.DocumentSymbol(ctx, &protocol.DocumentSymbolParams{TextDocument: document})
			return some(r), err
		},
		"links": func() (int, error) {
			r, err := server.DocumentLink(ctx, &protocol.DocumentLinkParams{TextDocument: document})
			return 1 + len(r), err
		},
		"folding": func() (int, error) {
			r, err := server.FoldingRanges(ctx, &protocol.FoldingRangeParams{TextDocument: document})
			return 1 + len(r), err
		},
		"lenses": func() (int, error) {
			r, err := server.CodeLens(ctx, &protocol.CodeLensParams{TextDocument: document})
			return len(r), err
		},
		"hints": func() (int, error) {
			r, err := server.InlayHint(ctx, &protocol.InlayHintParams{TextDocument: document, Range: protocol.Range{End: protocol.Position{Line: 99}}})
			return len(r), err
		},
		"tokens": func() (int, error) {
			r, err := server.SemanticTokensFull(ctx, &protocol.SemanticTokensParams{TextDocument: document})
			if err != nil {
				return 0, err
			}
			return len(r.Data), nil
		},
		"actions": func() (int, error) {
			r, err := server.CodeAction(ctx, &protocol.CodeActionParams{TextDocument: document, Range: protocol.Range{End: protocol.Position{Line: 99}}})
			return len(r), err
		},
		"formatted": func() (int, error) {
			r, err := server.Formatting(ctx, &protocol.DocumentFormattingParams{TextDocument: document})
			return len(r), err
		},
		"completed": func() (int, error) {
			r, err := server.Completion(ctx, &protocol.CompletionParams{TextDocumentPositionParams: at})
			return some(r), err
		},
	} {
		if n, err := ask(); err != nil || n == 0 {
			t.Errorf("%s: %d, %v; want some", what, n, err)
		}
	}
	var failure *jsonrpc2.Error
	if _, err := server.Moniker(ctx, &protocol.MonikerParams{TextDocumentPositionParams: at}); !errors.As(err, &failure) || failure.Code != jsonrpc2.MethodNotFound {
		t.Errorf("a method that there is not: %v, want MethodNotFound", err)
	}
	must(server.Shutdown(ctx))
	must(server.Exit(ctx))
	if err := cmd.Wait(); err != nil {
		t.Errorf("exit: %v, want 0", err)
	}
	_ = conn.Close()
}

// some is 1 for an answer that is there.
func some(v any) int {
	if v == nil {
		return 0
	}
	return 1
}

// What is no frame, or holds no message, ends neither in a panic nor without an answer.
func TestMalformedFrames(t *testing.T) {
	w, err := workspace.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	for input, want := range map[string]string{
		"Content-Length: 3\r\n\r\n{]}": `"code":-32700`,
		"Content-Length: 2\r\n\r\n{}":  `"code":-32600`,
		"Content-Length: 52\r\n\r\n" + `{"jsonrpc":"2.0","id":1,"method":"x","params":"\ud8"}`: `"code":-327`,
		"Content-Length: x\r\n\r\n":           "bad Content-Length",
		"GET / HTTP/1.1\r\n\r\n":              "no colon",
		"Content-Length: 99\r\n\r\n{":         "ends inside",
		"Content-Length: 99999999999\r\n\r\n": "bad Content-Length",
	} {
		cmd := exec.CommandContext(t.Context(), "go", "run", "./cmd/assay-lsp")
		cmd.Dir, cmd.Stdin = w.Root, strings.NewReader(input)
		out, _ := cmd.CombinedOutput() // the code is that of a client that went away
		if !strings.Contains(string(out), want) || strings.Contains(string(out), "goroutine ") {
			t.Errorf("%q: %s, want %s", input, out, want)
		}
	}
}
