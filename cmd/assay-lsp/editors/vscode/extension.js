// The extension: it starts assay-lsp and gives VS Code what that answers.
"use strict";

const vscode = require("vscode");
const { Client } = require("./client");
const { testExplorer } = require("./tests");
const { taskProvider, runTask } = require("./tasks");

const selector = [{ language: "lua" }, { language: "yaml" }];
let client;

function setting(name, resource) {
  return vscode.workspace.getConfiguration("assay", resource).get(name);
}

const at = (document, position) => ({ textDocument: { uri: document.uri.toString() }, position });
const range = (r) => new vscode.Range(r.start.line, r.start.character, r.end.line, r.end.character);
const edit = (e) => new vscode.TextEdit(range(e.range), e.newText);
const markdown = (m) => m && new vscode.MarkdownString(m.value ?? m);
const place = (l) => new vscode.Location(vscode.Uri.parse(l.uri), range(l.range));

function workspaceEdit(e) {
  const all = new vscode.WorkspaceEdit();
  for (const [uri, edits] of Object.entries(e.changes)) all.set(vscode.Uri.parse(uri), edits.map(edit));
  return all;
}

function diagnostic(d) {
  const out = new vscode.Diagnostic(range(d.range), d.message, d.severity - 1);
  Object.assign(out, { code: d.code, source: d.source, tags: d.tags });
  return out;
}

function completion(i) {
  const item = new vscode.CompletionItem(i.label, i.kind - 1);
  item.detail = i.detail;
  item.documentation = markdown(i.documentation);
  item.tags = i.tags;
  item.data = i;
  if (i.textEdit) {
    item.range = range(i.textEdit.range);
    item.insertText = i.insertTextFormat === 2 ? new vscode.SnippetString(i.textEdit.newText) : i.textEdit.newText;
  }
  return item;
}

function symbol(s) {
  const out = new vscode.DocumentSymbol(s.name, "", s.kind - 1, range(s.range), range(s.selectionRange));
  out.children = s.children.map(symbol);
  return out;
}

async function start(context) {
  const diagnostics = vscode.languages.createDiagnosticCollection("assay");
  const log = vscode.window.createOutputChannel("assay");
  const catalog = setting("catalog");
  client = new Client(setting("server"), catalog ? ["--catalog", catalog] : [], {
    notification(method, params) {
      if (method === "textDocument/publishDiagnostics") diagnostics.set(vscode.Uri.parse(params.uri), params.diagnostics.map(diagnostic));
      else if (method === "window/logMessage") log.appendLine(params.message);
      else if (method === "window/showMessage") (params.type === 1 ? vscode.window.showErrorMessage : vscode.window.showInformationMessage)(params.message);
    },
    closed(why) {
      vscode.window.showErrorMessage(`assay-lsp: ${why}. The setting assay.server names it.`);
    },
  });
  const capabilities = { textDocument: { completion: { completionItem: { snippetSupport: true } } } };
  const folders = (vscode.workspace.workspaceFolders ?? []).map((f) => ({ uri: f.uri.toString(), name: f.name }));
  const server = await client.request("initialize", { processId: process.pid, rootUri: null, capabilities, workspaceFolders: folders });
  client.notify("initialized", {});
  const registered = [diagnostics, log, ...documents(), ...features(server.capabilities)];
  context.subscriptions.push(...registered);
  return registered;
}

// documents tells the server what is open and how it changes.
function documents() {
  const ours = (d) => vscode.languages.match(selector, d) > 0;
  const open = (d) => ours(d) && client.notify("textDocument/didOpen", { textDocument: { uri: d.uri.toString(), languageId: d.languageId, version: d.version, text: d.getText() } });
  vscode.workspace.textDocuments.forEach(open);
  return [
    vscode.workspace.onDidOpenTextDocument(open),
    vscode.workspace.onDidCloseTextDocument((d) => ours(d) && client.notify("textDocument/didClose", { textDocument: { uri: d.uri.toString() } })),
    vscode.workspace.onDidChangeTextDocument((e) => {
      if (!ours(e.document) || e.contentChanges.length === 0) return;
      const contentChanges = e.contentChanges.map((c) => ({ range: c.range, text: c.text }));
      client.notify("textDocument/didChange", { textDocument: { uri: e.document.uri.toString(), version: e.document.version }, contentChanges });
    }),
  ];
}

function features(server) {
  const l = vscode.languages;
  const ask = (method, params, token) => client.request(`textDocument/${method}`, params, token);
  const legend = server.semanticTokensProvider.legend;
  return [
    l.registerCompletionItemProvider(selector, {
      provideCompletionItems: async (d, p, token) => ((await ask("completion", at(d, p), token))?.items ?? []).map(completion),
      resolveCompletionItem: async (item, token) => {
        item.documentation = markdown((await client.request("completionItem/resolve", item.data, token))?.documentation);
        return item;
      },
    }, ...server.completionProvider.triggerCharacters),
    l.registerHoverProvider(selector, { provideHover: async (d, p, token) => {
      const h = await ask("hover", at(d, p), token);
      return h && new vscode.Hover(markdown(h.contents), range(h.range));
    } }),
    l.registerSignatureHelpProvider(selector, { provideSignatureHelp: async (d, p, token) => {
      const h = await ask("signatureHelp", at(d, p), token);
      return h && { ...h, signatures: h.signatures.map((s) => ({ ...s, documentation: markdown(s.documentation) })) };
    } }, ...server.signatureHelpProvider.triggerCharacters),
    l.registerDefinitionProvider(selector, { provideDefinition: async (d, p, token) => [(await ask("definition", at(d, p), token)) ?? []].flat().map(place) }),
    l.registerReferenceProvider(selector, { provideReferences: async (d, p, context, token) => ((await ask("references", { ...at(d, p), context }, token)) ?? []).map(place) }),
    l.registerDocumentHighlightProvider(selector, { provideDocumentHighlights: async (d, p, token) => ((await ask("documentHighlight", at(d, p), token)) ?? []).map((h) => new vscode.DocumentHighlight(range(h.range), h.kind - 1)) }),
    l.registerRenameProvider(selector, { provideRenameEdits: async (d, p, newName, token) => {
      const e = await ask("rename", { ...at(d, p), newName }, token);
      return e && workspaceEdit(e);
    } }),
    l.registerDocumentSymbolProvider(selector, { provideDocumentSymbols: async (d, token) => ((await ask("documentSymbol", at(d), token)) ?? []).map(symbol) }),
    l.registerFoldingRangeProvider(selector, { provideFoldingRanges: async (d, _, token) => ((await ask("foldingRange", at(d), token)) ?? []).map((f) => new vscode.FoldingRange(f.startLine, f.endLine)) }),
    l.registerDocumentFormattingEditProvider(selector, { provideDocumentFormattingEdits: async (d, options, token) => ((await ask("formatting", { ...at(d), options }, token)) ?? []).map(edit) }),
    l.registerInlayHintsProvider(selector, { provideInlayHints: async (d, r, token) => ((await ask("inlayHint", { ...at(d), range: r }, token)) ?? []).map((h) => Object.assign(new vscode.InlayHint(new vscode.Position(h.position.line, h.position.character), h.label, h.kind), { paddingLeft: h.paddingLeft })) }),
    l.registerDocumentLinkProvider(selector, { provideDocumentLinks: async (d, token) => ((await ask("documentLink", at(d), token)) ?? []).map((k) => new vscode.DocumentLink(range(k.range), vscode.Uri.parse(k.target))) }),
    l.registerCodeLensProvider(selector, { provideCodeLenses: async (d, token) => ((await ask("codeLens", at(d), token)) ?? []).map((k) => new vscode.CodeLens(range(k.range), k.command)) }),
    l.registerCodeActionsProvider(selector, { provideCodeActions: async (d, r, context, token) => ((await ask("codeAction", { ...at(d), range: r, context: { diagnostics: [] } }, token)) ?? []).map((a) => {
      const action = new vscode.CodeAction(a.title, vscode.CodeActionKind.QuickFix);
      return Object.assign(action, { edit: workspaceEdit(a.edit), diagnostics: a.diagnostics.map(diagnostic) });
    }) }),
    l.registerDocumentSemanticTokensProvider(selector, { provideDocumentSemanticTokens: async (d, token) => new vscode.SemanticTokens(new Uint32Array((await ask("semanticTokens/full", at(d), token))?.data ?? [])) },
      new vscode.SemanticTokensLegend(legend.tokenTypes, legend.tokenModifiers)),
    l.registerWorkspaceSymbolProvider({ provideWorkspaceSymbols: async (query, token) => ((await client.request("workspace/symbol", { query }, token)) ?? []).map((s) => new vscode.SymbolInformation(s.name, s.kind - 1, "", place(s.location))) }),
    vscode.commands.registerCommand("assay.runCheck", (uri, name) => runTask("check", uri, name)),
    vscode.commands.registerCommand("assay.runTest", (uri, name) => runTask("test", uri, name)),
  ];
}

async function activate(context) {
  context.subscriptions.push(vscode.tasks.registerTaskProvider("assay", taskProvider), testExplorer());
  let registered = [];
  const begin = async () => {
    try {
      registered = await start(context);
    } catch (e) {
      vscode.window.showErrorMessage(`assay-lsp: ${e.message}`);
    }
  };
  context.subscriptions.push(vscode.commands.registerCommand("assay.restart", async () => {
    await client?.stop();
    registered.forEach((r) => r.dispose());
    await begin();
  }));
  await begin();
}

const deactivate = () => client?.stop();

module.exports = { activate, deactivate };
