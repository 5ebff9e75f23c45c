// Runs the extension for VS Code in node, with as much of VS Code's API as it asks for, and prints what it gives.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const Module = require("node:module");

const folder = process.env.FOLDER;
const say = (what, value) => console.log(what, JSON.stringify(value));
const providers = {};
const published = new Map();
const listeners = {};
const plain = (...names) => class { constructor(...args) { names.forEach((n, i) => { this[n] = args[i]; }); } };
class Uri {
  static parse(text) { return Object.assign(new Uri(), { text, fsPath: decodeURIComponent(text.replace("file://", "")) }); }
  toString() { return this.text; }
}
const disposable = { dispose() {} };
const listen = (name) => (f) => { listeners[name] = f; return disposable; };
const files = (pattern) => fs.readdirSync(folder).filter((f) => pattern(f)).map((f) => Uri.parse("file://" + path.join(folder, f)));
const explorer = { items: new Map(), createTestItem: (id, label, uri) => ({ id, label, uri, children: Object.assign(new Map(), { add(t) { t.parent = explorer.items.get(uri.toString()) ?? { id: uri.toString(), uri, children: this }; this.set(t.id, t); } }) }) };
explorer.items.add = (i) => explorer.items.set(i.id, i);
explorer.createRunProfile = (name, kind, run) => { explorer.run = run; };
explorer.createTestRun = () => ({ started() {}, appendOutput() {}, end() {}, passed: (t) => say("passed", t.label), failed: (t, m) => say("failed", [t.label, m.message]), errored: (t, m) => say("errored", [t.label, m.message]) });
const document = (name) => { const text = fs.readFileSync(path.join(folder, name), "utf8"); return { uri: Uri.parse("file://" + path.join(folder, name)), languageId: name.endsWith(".lua") ? "lua" : "yaml", version: 1, getText: () => text }; };
const script = document("script.lua");
const checks = document("checks.yaml");

const vscode = {
  Uri, Range: class { constructor(a, b, c, d) { this.start = { line: a, character: b }; this.end = { line: c, character: d }; } },
  Position: plain("line", "character"), TextEdit: plain("range", "newText"), MarkdownString: plain("value"), Location: plain("uri", "range"),
  Diagnostic: plain("range", "message", "severity"), CompletionItem: plain("label", "kind"), SnippetString: plain("value"), DocumentSymbol: plain("name", "detail", "kind", "range", "selectionRange"),
  Hover: plain("contents", "range"), DocumentHighlight: plain("range", "kind"), FoldingRange: plain("start", "end"), InlayHint: plain("position", "label", "kind"), DocumentLink: plain("range", "target"),
  CodeLens: plain("range", "command"), CodeAction: plain("title", "kind"), CodeActionKind: { QuickFix: "quickfix" }, SemanticTokens: plain("data"), SemanticTokensLegend: plain("types", "modifiers"),
  SymbolInformation: plain("name", "kind", "container", "location"), WorkspaceEdit: class { set(uri, edits) { this[uri] = edits; } }, TestMessage: plain("message"),
  ProcessExecution: plain("process", "args"), Task: plain("definition", "scope", "name", "source", "execution", "matchers"), TaskScope: { Workspace: 2 }, Disposable: { from: () => disposable }, TestRunProfileKind: { Run: 1 },
  languages: new Proxy({}, { get: (_, name) => name === "createDiagnosticCollection" ? () => ({ ...disposable, set: (uri, list) => { published.set(uri.toString(), list); } })
    : name === "match" ? (all, d) => (all.some((s) => s.language === d.languageId) ? 10 : 0) : (...args) => { providers[name] = args.find((a) => a && Object.keys(a).some((k) => k.startsWith("provide"))); return disposable; } }),
  workspace: {
    getConfiguration: () => ({ get: (name) => ({ server: process.env.ASSAY_LSP, program: process.env.ASSAY, catalog: "" })[name] }),
    workspaceFolders: [{ uri: Uri.parse("file://" + folder), name: "all" }], textDocuments: [script, checks], asRelativePath: (u) => path.basename(u.fsPath),
    onDidOpenTextDocument: listen("open"), onDidCloseTextDocument: listen("close"), onDidChangeTextDocument: listen("change"),
    findFiles: async () => files((f) => f.endsWith("_test.lua")), fs: { readFile: async (u) => fs.readFileSync(u.fsPath) }, createFileSystemWatcher: () => ({ onDidCreate() {}, onDidChange() {}, onDidDelete() {} }),
  },
  window: { createOutputChannel: () => ({ appendLine() {}, dispose() {} }), showErrorMessage: (m) => say("error", m), showInformationMessage: (m) => say("info", m) },
  commands: { registerCommand: (name, f) => { listeners[name] = f; return disposable; } },
  tasks: { registerTaskProvider: () => disposable, executeTask: async (t) => say("task", t.execution.args.slice(0, -1)) },
  tests: { createTestController: () => explorer },
};
const load = Module._load;
Module._load = (name, ...more) => (name === "vscode" ? vscode : load(name, ...more));

(async () => {
  const extension = require(process.env.EXTENSION);
  await extension.activate({ subscriptions: [] });
  const token = { onCancellationRequested: () => disposable };
  const items = await providers.registerCompletionItemProvider.provideCompletionItems(script, { line: 1, character: 15 }, token);
  const get = items.find((i) => i.label === "get");
  say("completion", get.insertText.value ?? get.insertText);
  say("resolved", (await providers.registerCompletionItemProvider.resolveCompletionItem(get, token)).documentation.value.includes("http.get(url"));
  say("hover", (await providers.registerHoverProvider.provideHover(script, { line: 0, character: 16 }, token)).contents.value.includes("http.get(url: string"));
  say("script", published.get(script.uri.toString()).map((d) => [d.code, d.severity]));
  say("symbols", (await providers.registerDocumentSymbolProvider.provideDocumentSymbols(checks, token)).map((s) => s.name));
  say("lenses", (await providers.registerCodeLensProvider.provideCodeLenses(checks, token)).map((l) => l.command.title));
  say("hints", (await providers.registerInlayHintsProvider.provideInlayHints(checks, new vscode.Range(0, 0, 99, 0), token)).map((h) => h.label));
  say("fixes", (await providers.registerCodeActionsProvider.provideCodeActions(script, new vscode.Range(1, 0, 1, 30), {}, token)).map((a) => a.title));
  listeners.change({ document: { ...script, version: 2 }, contentChanges: [{ range: new vscode.Range(1, 15, 1, 19), text: "get" }] });
  say("edits", (await providers.registerDocumentFormattingEditProvider.provideDocumentFormattingEdits(script, {}, token)).map((e) => e.newText.split("\n")[1]));
  say("corrected", published.get(script.uri.toString()).map((d) => d.code));
  await listeners["assay.runCheck"](checks.uri.toString(), "web");
  await explorer.resolveHandler();
  await explorer.run({ include: undefined }, token);
  await extension.deactivate();
  // The grammar finds the Lua of a check file, and where it ends.
  const { begin, while: goes } = JSON.parse(fs.readFileSync(path.join(process.env.EXTENSION, "syntaxes/lua-in-yaml.json"))).repository.script;
  const lines = checks.getText().split("\n");
  const first = lines.findIndex((l) => new RegExp(begin).test(l));
  const still = new RegExp(goes.replace("\\1", new RegExp(begin).exec(lines[first])[1]));
  let last = first + 1;
  while (still.test(lines[last])) last++;
  say("grammar", [first, last]);
  const vsce = require("@vscode/vsce");
  const out = path.join(folder, "assay.vsix");
  await vsce.createVSIX({ cwd: process.env.EXTENSION, packagePath: out, dependencies: false });
  say("packed", fs.readFileSync(out).subarray(0, 2).toString());
  process.exit(0);
})().catch((e) => { console.error(e); process.exit(1); });
