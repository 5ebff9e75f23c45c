// Package server is the language server: it answers the requests of LSP 3.18 about scripts and check files.
//
// All it knows comes from module analysis and the catalog. Documents are immutable: a change makes a new one. Requests
// are answered in the order that they come; a cancelled one that waits is answered with RequestCancelled, and one whose
// document has changed since with ContentModified.
//
// Files: server.go is the life of a connection; protocol.go the types of the protocol; text.go positions and changes;
// one file for each feature.
package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"assay.rs/analysis/checkfile"
	"assay.rs/analysis/document"
	"assay.rs/analysis/rules"
	"assay.rs/analysis/settings"
	"assay.rs/analysis/types"
	"assay.rs/cmd/assay-lsp/internal/rpc"
	"assay.rs/core/spec"
	"assay.rs/stdlib/catalog"
)

// Server is one connection.
type Server struct {
	conn     *rpc.Conn
	library  *types.Library
	schema   *checkfile.Schema
	utf8     bool // positions count bytes instead of UTF-16 units
	snippets bool
	pull     bool     // the client asks for diagnostics
	folders  []string // of the workspace

	initialized, stopped bool
	complained           string           // what the client was told of its settings
	documents            map[string]*open // by URI

	mu        sync.Mutex
	cancelled map[string]bool
	changes   map[string]int // of each document, that were read
}

// waiting is a message that was read, with the changes of its document until then.
type waiting struct {
	*rpc.Message

	uri     string
	changes int
}

// open is a document that the client has open.
type open struct {
	*document.Document

	version int
}

// New is a server that knows what the catalog has, and the modules of a host. Of two with the same name the host's counts.
func New(host ...spec.Module) (*Server, error) {
	modules, err := catalog.Modules()
	if err != nil {
		return nil, err
	}
	schema, err := checkfile.ReadSchema(catalog.Schema())
	if err != nil {
		return nil, err
	}
	library := types.NewLibrary(append(host, modules...))
	library.Checks = schema
	return &Server{library: library, schema: schema, documents: make(map[string]*open), cancelled: make(map[string]bool), changes: make(map[string]int)}, nil
}

// Serve answers until the client says exit or its stream ends. It gives the exit code that the protocol asks for: 0
// after a shutdown, else 1.
func (s *Server) Serve(r io.Reader, w io.Writer) (int, error) {
	s.conn = rpc.NewConn(r, w)
	messages := make(chan any, 1024)
	go s.read(messages)
	for m := range messages {
		switch m := m.(type) {
		case *rpc.Error:
			null := json.RawMessage("null")
			if err := s.conn.Write(&rpc.Message{ID: &null, Error: m}); err != nil {
				return 1, err
			}
		case error:
			return 1, m
		case waiting:
			if m.Method == "exit" {
				return s.exitCode(), nil
			}
			if err := s.handle(m); err != nil {
				return 1, err
			}
		}
	}
	return s.exitCode(), nil
}

func (s *Server) exitCode() int {
	if s.stopped {
		return 0
	}
	return 1
}

// read reads messages ahead of those that are being answered, so that cancellations overtake them.
func (s *Server) read(messages chan<- any) {
	defer close(messages)
	for {
		m, err := s.conn.Read()
		var broken *rpc.Error
		switch {
		case errors.As(err, &broken):
			messages <- broken
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			messages <- err
			return
		case m.Method == "$/cancelRequest":
			var params struct {
				ID json.RawMessage `json:"id"`
			}
			if json.Unmarshal(m.Params, &params) == nil {
				s.mu.Lock()
				s.cancelled[string(params.ID)] = true
				s.mu.Unlock()
			}
		default:
			messages <- s.noted(m)
			if m.Method == "exit" {
				return
			}
		}
	}
}

// noted is a message with the state of its document. Changes count from when they are read: they overtake requests.
func (s *Server) noted(m *rpc.Message) waiting {
	var p place
	if !strings.HasPrefix(m.Method, "textDocument/") || json.Unmarshal(m.Params, &p) != nil {
		return waiting{Message: m}
	}
	uri := p.TextDocument.URI
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.Method == "textDocument/didChange" {
		s.changes[uri]++
	}
	return waiting{m, uri, s.changes[uri]}
}

// handle answers a request, or takes note of a notification.
func (s *Server) handle(m waiting) error {
	if m.Method == "" {
		return nil // an answer, and nothing was asked
	}
	if m.ID == nil {
		s.notification(m.Message)
		return nil
	}
	result, err := s.answer(m)
	reply := &rpc.Message{ID: m.ID}
	if err != nil {
		var failure *rpc.Error
		if !errors.As(err, &failure) {
			failure = &rpc.Error{Code: rpc.InternalError, Message: err.Error()}
		}
		reply.Error = failure
		return s.conn.Write(reply)
	}
	reply.Result, err = json.Marshal(result)
	if err != nil {
		return fmt.Errorf("answer %s: %w", m.Method, err)
	}
	return s.conn.Write(reply)
}

func (s *Server) answer(m waiting) (result any, err error) {
	defer func() {
		if r := recover(); r != nil { // a fault of the server ends a request, and not the editor's session
			err = &rpc.Error{Code: rpc.InternalError, Message: fmt.Sprintf("%s: %v", m.Method, r)}
		}
	}()
	s.mu.Lock()
	cancelled := s.cancelled[string(*m.ID)]
	delete(s.cancelled, string(*m.ID))
	modified := s.changes[m.uri] != m.changes
	s.mu.Unlock()
	switch {
	case cancelled:
		return nil, &rpc.Error{Code: rpc.RequestCancelled, Message: "cancelled"}
	case m.Method == "initialize":
		return s.initialize(m.Params)
	case !s.initialized:
		return nil, &rpc.Error{Code: rpc.NotInitialized, Message: "the first request is initialize"}
	case s.stopped:
		return nil, &rpc.Error{Code: rpc.InvalidRequest, Message: "the server is shut down"}
	case m.Method == "shutdown":
		s.stopped = true
		return nil, nil
	}
	if modified {
		return nil, &rpc.Error{Code: rpc.ContentModified, Message: "the document has changed"}
	}
	return s.request(m.Message)
}

func (s *Server) initialize(params json.RawMessage) (any, error) {
	var p initializeParams
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	encoding := "utf-16"
	for _, e := range p.Capabilities.General.PositionEncodings {
		if e == "utf-8" {
			s.utf8, encoding = true, e
		}
	}
	s.snippets = p.Capabilities.TextDocument.Completion.CompletionItem.SnippetSupport
	s.pull = p.Capabilities.TextDocument.Diagnostic != nil
	for _, f := range p.Folders {
		s.folders = append(s.folders, nameOf(f.URI))
	}
	if len(s.folders) == 0 && p.Root != "" {
		s.folders = []string{nameOf(p.Root)}
	}
	s.initialized = true
	return map[string]any{
		"capabilities": map[string]any{
			"positionEncoding":           encoding,
			"textDocumentSync":           map[string]any{"openClose": true, "change": 2},
			"completionProvider":         map[string]any{"triggerCharacters": []string{".", ":", "{", "\"", "'", "$"}, "resolveProvider": true},
			"hoverProvider":              true,
			"signatureHelpProvider":      map[string]any{"triggerCharacters": []string{"(", ",", "{"}},
			"definitionProvider":         true,
			"referencesProvider":         true,
			"documentHighlightProvider":  true,
			"documentSymbolProvider":     true,
			"renameProvider":             true,
			"foldingRangeProvider":       true,
			"documentFormattingProvider": true,
			"codeActionProvider":         map[string]any{"codeActionKinds": []string{"quickfix"}},
			"selectionRangeProvider":     true,
			"documentLinkProvider":       map[string]any{},
			"codeLensProvider":           map[string]any{},
			"executeCommandProvider":     map[string]any{"commands": []string{runCheck, runTest}},
			"inlayHintProvider":          true,
			"workspaceSymbolProvider":    true,
			"diagnosticProvider":         map[string]any{"interFileDependencies": true, "workspaceDiagnostics": false},
			"semanticTokensProvider":     map[string]any{"full": true, "legend": map[string]any{"tokenTypes": tokenTypes(), "tokenModifiers": tokenModifiers()}},
		},
		"serverInfo": map[string]any{"name": "assay-lsp"},
	}, nil
}

func decode(params json.RawMessage, into any) error {
	if err := json.Unmarshal(params, into); err != nil {
		return &rpc.Error{Code: rpc.InvalidParams, Message: "bad parameters: " + err.Error()}
	}
	return nil
}

// notification takes note of what the client does; one that makes no sense is left out.
func (s *Server) notification(m *rpc.Message) {
	defer func() { _ = recover() }() // as in answer; there is nobody to tell
	switch m.Method {
	case "textDocument/didOpen":
		var p openParams
		if decode(m.Params, &p) == nil {
			t := p.TextDocument
			s.keep(t.URI, document.Open(nameOf(t.URI), t.Text), t.Version)
		}
	case "textDocument/didChange":
		var p changeParams
		if decode(m.Params, &p) == nil && s.documents[p.TextDocument.URI] != nil {
			s.keep(p.TextDocument.URI, s.changed(s.documents[p.TextDocument.URI].Document, p.ContentChanges), p.TextDocument.Version)
		}
	case "textDocument/didClose":
		var p struct {
			TextDocument documentID `json:"textDocument"`
		}
		if decode(m.Params, &p) == nil {
			delete(s.documents, p.TextDocument.URI)
			s.publish(publishParams{URI: p.TextDocument.URI, Diagnostics: []diagnostic{}})
		}
	}
}

func (s *Server) keep(uri string, d *document.Document, version int) {
	s.documents[uri] = &open{d, version}
	if s.pull {
		return
	}
	s.publish(publishParams{URI: uri, Version: version, Diagnostics: s.diagnostics(d)})
}

func (s *Server) publish(p publishParams) {
	s.notify("textDocument/publishDiagnostics", p)
}

// request answers what is about a document.
func (s *Server) request(m *rpc.Message) (any, error) {
	switch m.Method {
	case "completionItem/resolve":
		return s.resolve(m.Params)
	case "workspace/symbol":
		return s.workspaceSymbols(m.Params)
	case "workspace/executeCommand":
		return s.run(m.Params)
	}
	handlers := map[string]func(*document.Document, place, json.RawMessage) (any, error){
		"textDocument/completion":          s.completion,
		"textDocument/hover":               s.hover,
		"textDocument/signatureHelp":       s.signatureHelp,
		"textDocument/definition":          s.definition,
		"textDocument/references":          s.references,
		"textDocument/documentHighlight":   s.highlights,
		"textDocument/rename":              s.rename,
		"textDocument/documentSymbol":      s.symbols,
		"textDocument/foldingRange":        s.folding,
		"textDocument/formatting":          s.formatting,
		"textDocument/codeAction":          s.actions,
		"textDocument/selectionRange":      s.selections,
		"textDocument/documentLink":        s.links,
		"textDocument/codeLens":            s.lenses,
		"textDocument/inlayHint":           s.hints,
		"textDocument/diagnostic":          s.pulled,
		"textDocument/semanticTokens/full": s.semanticTokens,
	}
	handler := handlers[m.Method]
	if handler == nil {
		return nil, &rpc.Error{Code: rpc.MethodNotFound, Message: m.Method + " is not supported"}
	}
	var p place
	if err := decode(m.Params, &p); err != nil {
		return nil, err
	}
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		return nil, &rpc.Error{Code: rpc.InvalidParams, Message: p.TextDocument.URI + " is not open"}
	}
	return handler(d.Document, p, m.Params)
}

// nameOf is the path of a file's URI; other URIs are names themselves.
func nameOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return uri
	}
	return filepath.FromSlash(u.Path)
}

func uriOf(name string) string {
	if strings.Contains(name, "://") {
		return name
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(name)}).String()
}

// infer is what is known of a chunk of a document.
func (s *Server) infer(d *document.Document, c *document.Chunk) *types.Info {
	i := types.Infer(c.Tree, c.Bindings, s.library)
	i.Resolve = resolver(d.Name)
	return i
}

// resolver finds modules beside a script.
func resolver(script string) func(string) *types.Module {
	return func(name string) *types.Module {
		if _, text, ok := document.Required(script, name); ok {
			return types.Exports(name, text)
		}
		return nil
	}
}

// complain tells the client what is wrong with its settings, once.
func (s *Server) complain(text string) {
	if s.conn != nil && s.complained != text {
		s.complained = text
		s.notify("window/showMessage", message{messageError, text})
	}
}

// Findings are those of a document.
func (s *Server) Findings(d *document.Document) []rules.Finding {
	findings := rules.Check(d, s.library, resolver(d.Name))
	own, err := settings.For(d.Name)
	if err != nil {
		s.complain(err.Error())
	}
	return own.Adjusted(d.Name, findings)
}
